/** Replies on their way: sent in order, again with the same id when no answer came, kept across a reload. */

import { ApiError, post } from "../api.js";

const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];

/** @typedef {{client_id: string, text: string, conveys: string[], failed: string, seq: number}} Pending */

export class Replies {
  /**
   * @param {string} conversationId
   * @param {{onChange: () => void, onSent: (seq: number) => void, explain: (error: unknown) => string}} options
   */
  constructor(conversationId, { onChange, onSent, explain }) {
    this.conversationId = conversationId;
    this.key = `desk-replies:${conversationId}`;
    this.options = { onChange, onSent, explain };
    this.stopped = false;
    this.busy = false;
    /** @type {Pending[]} */
    this.items = restore(this.key);
    this.#work();
  }

  /** @param {string} text @param {string[]} conveys references of cases the customer learns about by it */
  add(text, conveys) {
    this.items.push({ client_id: newId(), text, conveys, failed: "", seq: 0 });
    this.#changed();
    this.#work();
  }

  /** Try a refused reply again. @param {string} clientId */
  retry(clientId) {
    const item = this.items.find((item) => item.client_id === clientId);
    if (item) item.failed = "";
    this.#changed();
    this.#work();
  }

  /** Take a reply back that was refused; returns its text. @param {string} clientId */
  takeBack(clientId) {
    const item = this.items.find((item) => item.client_id === clientId);
    this.items = this.items.filter((other) => other !== item);
    this.#changed();
    return item?.text ?? "";
  }

  /** What the log has now needs no bubble of its own. @param {import("../stream.js").Entry[]} entries */
  arrived(entries) {
    const mine = entries.filter((entry) => entry.type === "message" && entry.actor === "agent");
    for (const entry of mine) {
      const item = this.items.find((item) => item.seq === entry.seq || (!item.seq && !item.failed && item.text === entry.body.text));
      if (item) item.seq = entry.seq;
    }
    const seqs = new Set(mine.map((entry) => entry.seq));
    this.items = this.items.filter((item) => !seqs.has(item.seq));
    this.#changed();
  }

  /** The conversation was left; what is unsent stays kept. */
  stop() {
    this.stopped = true;
  }

  async #work() {
    if (this.busy) return;
    this.busy = true;
    let failures = 0;
    for (let item = this.#next(); item && !this.stopped; item = this.#next()) {
      try {
        const { client_id, text, conveys } = item;
        const { seq } = await post(`/api/v1/desk/conversations/${this.conversationId}/messages`, { client_id, text, conveys });
        item.seq = seq;
        failures = 0;
        this.options.onSent(seq);
      } catch (error) {
        if (error instanceof ApiError && error.isPassing) {
          await pause(error.retryAfter * 1000 || BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)]);
        } else item.failed = this.options.explain(error);
      }
      this.#changed();
    }
    this.busy = false;
  }

  #next() {
    return this.items.find((item) => !item.seq && !item.failed);
  }

  #changed() {
    keep(this.key, this.items.filter((item) => !item.seq));
    if (!this.stopped) this.options.onChange();
  }
}

/** Text an agent has begun to write, per conversation. */
export const drafts = {
  get: (id) => read(`desk-draft:${id}`) ?? "",
  set: (id, text) => keep(`desk-draft:${id}`, text),
};

/** @param {string} key @returns {Pending[]} */
function restore(key) {
  const found = read(key);
  return Array.isArray(found) ? found.map((item) => ({ ...item, seq: 0 })) : [];
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    if (value.length) sessionStorage.setItem(key, JSON.stringify(value));
    else sessionStorage.removeItem(key);
  } catch {
    // No storage: a reload forgets, the page goes on.
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
