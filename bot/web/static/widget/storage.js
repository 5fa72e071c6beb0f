/** What the widget keeps in the shop's browser storage: shared by all tabs, kept over a reload. */

/**
 * Keys of one Puente: "conversation", "seen", and "out:…" for each message not sent yet. Without storage:
 * memory.
 */
export class Storage {
  /** @param {string} host of Puente: two Puentes on one page's origin do not mix */
  constructor(host) {
    this.prefix = `puente:${host}:`;
    this.local = usable("localStorage");
    this.session = usable("sessionStorage");
    /** What the browser refused to keep (it is full): it lives as long as the page. */
    this.refused = new Memory();
  }

  /** @param {string} key */
  get(key) {
    try {
      const { prefix } = this;
      return JSON.parse(this.refused.getItem(prefix + key) ?? this.local.getItem(prefix + key) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {any} value null removes */
  set(key, value) {
    const text = value === null ? null : JSON.stringify(value);
    this.refused.removeItem(this.prefix + key);
    if (!write(this.local, this.prefix + key, text)) this.refused.setItem(this.prefix + key, text);
  }

  /** All [key, value] whose key begins with `start`, in order of their keys. */
  all(start) {
    const keys = new Set([...Object.keys(this.local), ...Object.keys(this.refused)]);
    return [...keys]
      .filter((key) => key.startsWith(this.prefix + start))
      .sort()
      .map((key) => key.slice(this.prefix.length))
      .map((key) => [key, this.get(key)])
      .filter(([, value]) => value);
  }

  /** Text of this tab only: the draft, whether the panel is open. */
  getOfTab(key) {
    return this.session.getItem(this.prefix + key);
  }

  /** @param {string} key @param {string | null} value null removes */
  setOfTab(key, value) {
    write(this.session, this.prefix + key, value);
  }

  /** Call `handler(key)` when another tab changed something; key "" when all was cleared. */
  onChange(handler) {
    globalThis.addEventListener("storage", ({ key }) => {
      if (key === null) handler("");
      else if (key.startsWith(this.prefix)) handler(key.slice(this.prefix.length));
    });
  }
}

/** Whether the browser took it. */
function write(store, key, text) {
  try {
    if (text === null) store.removeItem(key);
    else store.setItem(key, text);
    return true;
  } catch (error) {
    console.warn("the chat could not store", key, error);
    return false;
  }
}

/** The browser's storage, or a stand-in for this page when the browser refuses it. */
function usable(name) {
  try {
    const store = globalThis[name];
    store.setItem("puente:probe", "1");
    store.removeItem("puente:probe");
    return store;
  } catch {
    return new Memory();
  }
}

class Memory {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, text) {
    this[key] = text;
  }

  removeItem(key) {
    delete this[key];
  }
}
