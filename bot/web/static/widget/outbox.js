/**
 * Messages on their way: kept in the browser until the server has numbered them, sent one by one in order,
 * each under an id of ours that stays the same however often it is sent. Survives a reload; several tabs
 * share it and one of them sends.
 */

import { exclusively } from "./session.js";

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

/**
 * @typedef {{key: string, client_id: string, text: string, payload?: string, after: number, at: string,
 *   guide?: object, files?: object[], state: "waiting" | "trouble" | "failed", error?: string}} Outgoing
 *   `text` is what the reader sees, of a pressed button its title; `guide`: what was
 *   chosen step by step; `after`: the last entry known when it was
 *   written; "trouble": not sent yet and tried again by itself; "failed": refused
 */

/** The payload of the button that stands in every chat: it is issued in none, and needs no reading. */
export const PERSON = "person";

export class Outbox {
  /**
   * @param {{storage: import("./storage.js").Storage, send: (item: Outgoing) => Promise<number>,
   *   onChange: () => void, onSent: (item: Outgoing, seq: number) => void, describe: (error: any) =>
   *   string}} options `send` resolves with the number the server gave
   */
  constructor({ storage, send, onChange, onSent, describe }) {
    this.storage = storage;
    this.send = send;
    this.onChange = onChange;
    this.onSent = onSent;
    this.describe = describe;
    this.running = false;
    this.hurry = () => {};
    storage.onChange((key) => (key.startsWith("out:") || key === "") && this.onChange());
    globalThis.addEventListener("online", () => this.hurry());
  }

  /** @returns {Outgoing[]} oldest first */
  items() {
    return this.storage.all("out:").map(([key, item]) => ({ ...item, key }));
  }

  /** @param {{text: string, payload?: string, guide?: object, files?: object[], after: number}} message */
  add({ text, payload, guide, files, after }) {
    const key = `out:${this.#nextPlace()}-${randomId().slice(0, 8)}`;
    const item = {
      client_id: randomId(),
      text,
      payload,
      guide,
      files,
      after,
      at: new Date().toISOString(),
      state: "waiting",
    };
    this.storage.set(key, item);
    this.onChange();
    this.run();
  }

  /** Send a refused or late message again, now. */
  retry(key) {
    this.#mark(key, { state: "waiting", error: undefined });
    this.hurry();
    this.run();
  }

  /** The conversation is another one from now on: numbers and buttons of the old one mean nothing in it. */
  moveToNewConversation() {
    for (const { key, ...item } of this.items())
      this.storage.set(key, { ...item, after: 0, payload: item.payload === PERSON ? PERSON : undefined });
  }

  /** Give a message up. */
  discard(key) {
    this.storage.set(key, null);
    this.onChange();
  }

  /** Send what waits; harmless to call at any time. */
  async run() {
    if (this.running || !this.#next()) return;
    this.running = true;
    try {
      await exclusively("puente-outbox", () => this.#sendAll());
    } finally {
      this.running = false;
    }
    if (this.#next()) this.run();
  }

  async #sendAll() {
    let failures = 0;
    for (let item = this.#next(); item; item = this.#next()) {
      try {
        const seq = await this.send(item);
        failures = 0;
        this.storage.set(item.key, null);
        this.onSent(item, seq);
        this.onChange();
      } catch (error) {
        const passing = error?.isPassing ?? false;
        this.#mark(item.key, { state: passing ? "trouble" : "failed", error: this.describe(error) });
        if (passing)
          await this.#pause(error.retryAfter * 1000 || PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]);
      }
    }
  }

  /** A place behind all others, whatever this computer's clock says: it may stand still or be set back. */
  #nextPlace() {
    const last = this.storage.all("out:").at(-1)?.[0].slice(4, 19) ?? 0;
    return String(Math.max(Date.now(), Number(last) + 1)).padStart(15, "0");
  }

  #next() {
    return this.items().find((item) => item.state !== "failed");
  }

  #mark(key, change) {
    const item = this.storage.get(key);
    if (!item) return;
    this.storage.set(key, { ...item, ...change });
    this.onChange();
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.hurry = () => (clearTimeout(timer), resolve(undefined));
    });
  }
}

/** 128 random bits; also where `crypto.randomUUID` is missing (pages without TLS). */
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
