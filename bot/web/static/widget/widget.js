/** The chat, put together: session, stream, outbox and view. Loaded by `loader.js`. */

import { errorText } from "../api.js";
import { safeUrl } from "../dom.js";
import { ConversationStream, Signals } from "../stream.js";
import { loadTexts } from "../texts.js";
import { Conversation } from "./conversation.js";
import { GuideState } from "./guide-state.js";
import { Outbox } from "./outbox.js";
import { isGone, Session } from "./session.js";
import { Storage } from "./storage.js";
import { View } from "./view.js";

const TYPING_EVERY_MS = 3000;
/** A line that is back sooner was never worth a word. */
const TELL_BROKEN_AFTER_MS = 1500;

/**
 * Bring the chat to life in the loader's shadow root.
 * @param {{root: ShadowRoot, host: HTMLElement, button: HTMLButtonElement, badge: HTMLElement, base: URL,
 *   locale: string, context: {page: string, product_id: string | null, order_id: string | null}}} place
 */
export async function mount(place) {
  const storage = new Storage(place.base.host);
  const locale = storage.get("conversation")?.locale ?? place.locale;
  const [texts, topics] = await Promise.all([
    loadTexts("widget", locale, place.base),
    loadTexts("guide", locale, place.base),
    addStyles(place.root, place.base),
  ]);
  const widget = new Widget(place, storage, texts, topics);
  widget.begin();
  return widget;
}

class Widget {
  constructor(place, storage, texts, topics) {
    this.place = place;
    this.storage = storage;
    this.conversation = new Conversation();
    this.signals = new Signals({ self: "customer", onChange: () => this.update() });
    this.session = new Session({ ...place, storage, onReplaced: () => this.#changeConversation(), onLeft: () => this.#leaveNothing() });
    this.outbox = new Outbox({
      storage,
      send: (item) => this.#send(item),
      onChange: () => this.update(),
      onSent: (item, seq) => this.#sent(item, seq),
      describe: (error) => (error?.isPassing ? error.message : errorText(error, this.texts.t)),
    });
    /** Messages with a number whose entry has not come yet. */
    this.numbered = [];
    this.reconnecting = false;
    this.isLoading = false;
    this.typedAt = 0;
    this.guide = new GuideState(storage.getOfTab("guide"), (kept) => storage.setOfTab("guide", kept));
    const actions = {
      close: () => this.close(),
      send: (text) => this.#sayWithFiles(text),
      press: ({ title, payload }) => this.say(title, payload),
      retry: (key) => this.outbox.retry(key),
      discard: (key) => this.#discard(key),
      typing: (text) => this.#typed(text),
      files: (files) => this.#attach(files),
      guide: (topic) => this.showGuide(topic),
      own: () => this.showOwn(),
    };
    this.view = new View(place.root, actions, {
      state: this.guide,
      load: (query) => this.#loadGuide(query),
      send: (way) => this.#sendGuided(way),
      close: () => this.hideGuide(),
    });
    this.#useTexts(texts, topics);
  }

  /** Go on with what was going on. */
  begin() {
    this.view.composer.fill(this.storage.getOfTab("draft") ?? "");
    this.place.button.setAttribute("aria-controls", "puente-panel");
    document.addEventListener("visibilitychange", () => this.#look());
    this.storage.onChange((key) => key === "seen" && this.update());
    this.#follow();
    if (this.guide.isOpen) this.view.showGuide(true);
    if (this.storage.getOfTab("files")) this.#attach([]).then(() => this.files.draw(this.texts.t), console.warn);
    this.session.identify();
    this.outbox.run();
  }

  /** A mail's link leads back into its conversation. @param {string} key */
  async comeBack(key) {
    await this.session.comeBack(key);
    this.open();
  }

  /** @param {{text?: string}} [options] `text`: put into the empty composer, for the customer to go on */
  open({ text } = {}) {
    if (text && !this.view.composer.text.value.trim()) this.view.composer.fill(text);
    this.#show(true);
    this.#look();
  }

  close() {
    if (!this.view.isOpen) return;
    this.#show(false);
    this.place.button.focus();
  }

  toggle() {
    if (this.view.isOpen) this.close();
    else this.open();
  }

  /** The shop's customer has signed in or out. */
  async customerChanged() {
    await this.session.identify();
    if (this.guide.isOpen) this.view.showGuide(true);
  }

  /** Lead through the steps, from `topic` on when it is given; pressed again, back to the chat. */
  showGuide(topic) {
    if (this.guide.isOpen && !topic) return this.hideGuide();
    if (topic) this.guide.chooseTopic(topic);
    this.guide.show(true);
    this.view.showGuide(true);
  }

  /** What is the customer's own, in the place of the log; pressed again, back to the chat. */
  async showOwn() {
    this.hideGuide();
    const { OwnView } = await import("./own.js");
    this.own ??= new OwnView({
      call: (path, options) => this.session.call(path, options),
      storage: this.storage,
      close: () => this.view.showOwn(null),
      erased: () => this.#erased(),
      isBegun: () => Boolean(this.session.current),
      privacy: this.place.privacy ? safeUrl(this.place.privacy) : null,
    });
    if (this.view.ownIsOpen) return this.view.showOwn(null);
    this.view.showOwn(this.own.element);
    await this.own.open(this.view.scene);
  }

  #erased() {
    this.view.showOwn(null);
    this.#leaveNothing();
    this.session.forget();
    this.view.tellAtBeginning(this.texts.t("This conversation and what we knew of you from it are erased. You can begin anew."));
    this.update();
  }

  hideGuide() {
    if (!this.guide.isOpen) return;
    this.guide.show(false);
    this.view.showGuide(false);
  }

  /** Say something, or press one of the bot's buttons. @param {object[]} [files] uploaded before */
  say(text, payload, files) {
    this.hideGuide();
    this.outbox.add({ text, payload, files, after: this.conversation.after });
    this.view.log.toEnd();
  }

  /** Show the present state. */
  update() {
    if (!this.texts) return;
    this.#wait();
    const { conversation, signals } = this;
    this.numbered = conversation.pending(this.numbered);
    this.view.update(conversation, {
      pending: [...this.numbered, ...conversation.pending(this.outbox.items())],
      seen: Math.max(signals.seen, conversation.readUpTo),
      typing: signals.typing,
      reconnecting: this.reconnecting,
      productId: this.place.context.product_id,
      isLoading: this.isLoading,
    });
    this.#showUnread();
  }

  /** While a person is waited for, what is known of that stands at the foot. */
  async #wait() {
    const waits = this.conversation.controller === "queue";
    if (waits === Boolean(this.waits)) return;
    this.waits = waits;
    if (!waits) return this.waiting?.stop();
    const { WaitingView } = await import("./waiting.js");
    this.waiting ??= new WaitingView(
      (path, options) => this.session.call(path, options),
      (text) => this.view.announceText(text),
    );
    this.view.waiting = this.waiting.element;
    this.view.footShows = "";
    if (this.waits) this.waiting.start(this.view.scene, this.conversation.reason);
    this.update();
  }

  /** What goes on just now: somebody writes, somebody has read, the queue has moved. */
  #hear(signal) {
    if (!signal.waiting) this.signals.hear(signal);
    else if (this.waits) this.waiting?.hear(signal.waiting);
  }

  /** Tell the shop's page: no words, only that something happened. */
  #tell(type, detail = {}) {
    dispatchEvent(new CustomEvent(`puente:${type}`, { detail }));
  }

  #show(open) {
    if (open !== this.view.isOpen) this.#tell(open ? "open" : "close");
    this.view.show(open);
    this.place.button.setAttribute("aria-expanded", String(open));
    this.place.host.toggleAttribute("data-open", open);
    this.storage.setOfTab("open", open ? "1" : null);
    this.#showUnread();
  }

  /** What is in front of the customer's eyes counts as seen, in all tabs. */
  #look() {
    const { after } = this.conversation;
    if (
      !this.view.isOpen ||
      document.visibilityState !== "visible" ||
      after <= (this.storage.get("seen") ?? 0)
    )
      return;
    this.storage.set("seen", after);
    this.#signal({ seen: after });
    this.#showUnread();
  }

  #showUnread() {
    const { button, badge } = this.place;
    const { t } = this.texts;
    const unread = this.view.isOpen ? 0 : this.conversation.unread(this.storage.get("seen") ?? 0);
    if (unread !== this.unread) this.#tell("unread", { count: (this.unread = unread) });
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    const name = this.view.isOpen ? t("Close the chat") : t("Open the chat with customer service");
    button.setAttribute(
      "aria-label",
      unread ? `${name}. ${t("New messages: {count}", { count: unread })}` : name,
    );
    button.title = name;
  }

  #follow() {
    this.stream?.stop();
    this.stream = null;
    this.isLoading = Boolean(this.session.current);
    this.update();
    if (!this.session.current) return;
    const { session } = this;
    const stream = new ConversationStream({
      read: (after, wait, signal) =>
        session.call(`events?after=${after}&wait=${wait}`, { signal, timeout: wait ? wait + 3 : 10 }),
      socketUrl: () => session.url("stream"),
      hello: (after) => ({ token: session.current?.token, after }),
      onEntries: (entries) => this.#take(entries),
      onReset: () => {
        this.storage.set("seen", null);
        this.#forgetEntries();
      },
      onSignal: (signal) => this.#hear(signal),
      onState: (state) => this.#lineChanged(state),
      onRefused: () => session.current && session.forget(),
    });
    this.stream = stream.start();
  }

  /** Nothing of a customer who has gone is sent for, or shown to, the next one. */
  #leaveNothing() {
    for (const { key } of this.outbox.items()) this.outbox.discard(key);
    this.files?.take();
    this.view.composer.fill("");
  }

  /** Another conversation, or none: in this tab, or found out from another. */
  #changeConversation() {
    this.#forgetEntries();
    this.#follow();
    if (this.guide.isOpen && this.guide.tree) this.view.showGuide(true);
  }

  /** What was said is read anew from the beginning. */
  #forgetEntries() {
    this.conversation = new Conversation();
    this.numbered = [];
    this.outbox.moveToNewConversation();
    this.view.log.clear();
    this.isLoading = true;
  }

  #take(entries) {
    const isNews = !this.isLoading;
    this.isLoading = false;
    this.conversation.take(entries);
    if (entries.some(({ actor, type }) => type === "message" && actor !== "customer"))
      this.signals.setTyping("");
    const { locale } = this.conversation;
    if (locale && locale !== this.texts.locale) this.#speak(locale);
    this.update();
    if (isNews) this.#tellNews(entries);
    this.#look();
  }

  #tellNews(entries) {
    this.view.announce(entries, this.conversation.agent);
    const news = entries.filter(({ actor, type }) => actor !== "customer" && type === "message");
    const looks = this.view.isOpen && document.visibilityState === "visible" && document.hasFocus();
    if (news.length && !looks) {
      import("./sound.js").then(({ sound }) => sound(this.storage, news.at(-1).seq), console.warn);
    }
    for (const { type, actor, seq, body } of entries) {
      if (type === "message") this.#tell("message", { from: actor, seq });
      if (type === "case") this.#tell("case", { reference: body.reference, state: body.state });
      if (type === "handoff") this.#tell("handoff");
    }
  }

  #lineChanged(state) {
    clearTimeout(this.lineTimer);
    if (state === "online") {
      this.reconnecting = false;
      this.isLoading = false;
      this.outbox.hurry();
      this.update();
    } else if (state === "reconnecting") {
      this.lineTimer = setTimeout(() => {
        this.reconnecting = true;
        this.isLoading = false;
        this.update();
      }, TELL_BROKEN_AFTER_MS);
    }
  }

  /** Bring one message to the server. */
  async #send(item) {
    return this.#reach(async (session) => {
      const { client_id, payload, text, guide, files } = this.storage.get(item.key) ?? item;
      const said = guide ?? (payload ? { payload } : text ? { text } : {});
      const body = { client_id, ...said, ...(files && { attachments: files.map(({ id }) => id) }) };
      return (await session.call(guide ? "guide" : "messages", { method: "POST", body })).seq;
    });
  }

  /** The tree and a page of the customer's order lines. */
  async #loadGuide(query) {
    await this.#reach(async (session) => {
      this.guide.belongTo(session.current.customer);
      this.guide.tree = await session.call(`guide?${new URLSearchParams(query)}`);
    });
  }

  /** What was chosen step by step is a message like any other: kept until it has arrived. */
  #sendGuided(way) {
    const { guide } = this;
    const chosen = guide.choices(way);
    const about = guide.line && `${this.texts.t("Order {id}", { id: guide.line.order_id })} · ${guide.line.title}`;
    const said = [about, guide.path.at(-1).title].filter(Boolean).join(": ");
    guide.finish();
    this.view.showGuide(false);
    this.outbox.add({
      text: [said, chosen.text].filter(Boolean).join("\n"),
      guide: chosen,
      after: this.conversation.after,
    });
    this.view.log.toEnd();
  }

  #sent(item, seq) {
    this.numbered.push({ ...item, seq, state: "waiting" });
    this.stream?.expect(seq);
    if (this.conversation.controller === "bot" && this.conversation.after <= seq)
      this.signals.setTyping("bot");
  }

  /** A button whose press is given up can be pressed again: the list is drawn anew. */
  #discard(key) {
    this.view.log.clear();
    this.outbox.discard(key);
  }

  #sayWithFiles(text) {
    const files = this.files?.take();
    this.say(text, undefined, files?.length ? files : undefined);
  }

  /** Upload what was chosen, pasted, dropped or photographed. @param {Iterable<File>} chosen */
  async #attach(chosen) {
    const files = [...chosen];
    const list = await this.#fileList();
    list.add(files, this.texts.t);
  }

  async #fileList() {
    const { Files } = await import("./files.js");
    this.files ??= new Files({
      call: (path, options) => this.#reach((session) => session.call(path, options)),
      storage: this.storage,
      element: this.view.composer.files,
      onChange: () => this.#filesChanged(),
    });
    return this.files;
  }

  #filesChanged() {
    const { chosen, isBusy } = this.files;
    this.view.composer.setAttached({ count: chosen.length, isBusy });
  }

  /** Do something of the conversation; one that is gone is begun anew. */
  async #reach(work, isSecondTry = false) {
    try {
      await this.session.ensure();
      return await work(this.session);
    } catch (error) {
      if (isSecondTry || !isGone(error)) throw error;
      return this.#reach(work, true);
    }
  }

  #typed(text) {
    this.storage.setOfTab("draft", text || null);
    const { controller } = this.conversation;
    if (controller === "bot" || controller === "closed" || !this.session.current) return;
    if (text && Date.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = text ? Date.now() : 0;
    this.#signal({ typing: Boolean(text) });
  }

  /** Best effort: nobody is told when it fails. */
  #signal(body) {
    if (!this.session.current) return;
    this.session.call("signals", { method: "POST", body, timeout: 5 }).catch(() => {});
  }

  /** The conversation goes on in another language: so does everything around it. */
  async #speak(locale) {
    this.session.speak(locale);
    const { base } = this.place;
    this.#useTexts(...(await Promise.all([loadTexts("widget", locale, base), loadTexts("guide", locale, base)])));
    if (this.guide.isOpen) this.view.showGuide(true);
    if (this.view.ownIsOpen) this.own.open(this.view.scene);
    if (this.waits) this.waiting?.start(this.view.scene);
    this.update();
  }

  #useTexts(texts, topics) {
    this.texts = texts;
    const press = ({ title, payload }) => this.say(title, payload);
    const fileLink = (id) => this.session.call(`attachments/${id}/link`);
    this.view.setScene({ t: texts.t, topics, locale: texts.locale, base: this.place.base, press, fileLink });
    this.files?.draw(texts.t);
  }
}

/**
 * The chat's styles, as sheets of the shadow root: no inline styles, whatever the shop's content policy
 * says. A rem is what the reader has set in the browser, not what the shop's page makes of it.
 */
async function addStyles(root, base) {
  const rem = readersFontSize(root);
  const sheets = await Promise.all(
    ["static/base.css", "static/widget/widget.css"].map(async (path) => {
      const answer = await fetch(new URL(path, base), { credentials: "omit" });
      if (!answer.ok) throw new Error(`${path}: status ${answer.status}`);
      const css = (await answer.text()).replace(/([\d.]+)rem\b/g, (_, amount) => `${Number(amount) * rem}px`);
      return new CSSStyleSheet().replace(css);
    }),
  );
  root.adoptedStyleSheets = [...sheets.slice(0, 1), ...root.adoptedStyleSheets, ...sheets.slice(1)];
}

/** The browser's own font size in px. @param {ShadowRoot} root */
function readersFontSize(root) {
  const probe = document.createElement("span");
  probe.style.fontSize = "medium";
  root.append(probe);
  const size = parseFloat(getComputedStyle(probe).fontSize) || 16;
  probe.remove();
  return size;
}
