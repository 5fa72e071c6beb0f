/** The conversation that is open: its package, its stream, replies on their way, and what the agent does with it. */

import { get, post } from "../api.js";
import { noteServerTime } from "../dom.js";
import { ConversationStream, Signals } from "../stream.js";
import { Replies } from "./replies.js";
import { Viewers } from "./team.js";
import { t } from "./words.js";

const RELOAD_MS = 250;
const EARLIER = 200;

export class OpenConversation {
  /**
   * @param {string} id
   * @param {{onPackage: (found: any, first: boolean) => void, onEntries: (entries: any[]) => void, onReset: () => void, onTyping: (text: string) => void,
   *   onViewers: (text: string) => void, onPending: (items: any[]) => void, onState: (state: string) => void, onError: (error: unknown) => void,
   *   explain: (error: unknown) => string}} options
   */
  constructor(id, options) {
    this.id = id;
    this.url = `/api/v1/desk/conversations/${id}`;
    this.options = options;
    this.stopped = false;
    this.found = null;
    this.lastSeq = 0;
    this.viewers = new Viewers(() => options.onViewers(this.viewers.text()));
    this.signals = new Signals({ self: "agent", onChange: () => options.onTyping(this.#typingText()) });
  }

  /** Load the package, show it, and follow what comes. */
  async start() {
    await this.reload();
    if (!this.found || this.stopped || this.stream) return;
    this.replies = new Replies(this.id, {
      onChange: () => this.options.onPending(this.replies?.items ?? []),
      onSent: (seq) => this.stream?.expect(seq),
      explain: this.options.explain,
    });
    this.options.onPending(this.replies.items);
    this.stream = new ConversationStream({
      after: this.lastSeq,
      read: (after, wait, signal) => get(`${this.url}/events?after=${after}&wait=${wait}`, { signal, timeout: wait + 15 }),
      socketUrl: () => new URL(`${this.url}/stream`, location.href),
      hello: (after) => ({ after }),
      onEntries: (entries) => this.#arrived(entries),
      onReset: this.options.onReset,
      onSignal: (signal) => this.signals.hear(signal),
      onFrame: (frame) => frame.staff && this.viewers.hear(frame.staff),
      onState: this.options.onState,
      onRefused: this.options.onError,
    }).start();
    this.#tellSeen();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.stream?.stop();
    this.replies?.stop();
    this.signals.onChange = () => {};
    this.viewers.stop();
  }

  /** Read the package again; entries come by the stream. */
  async reload() {
    try {
      const found = await get(this.url);
      if (this.stopped) return;
      noteServerTime(found.now);
      const first = this.found === null;
      this.found = found;
      if (first) this.lastSeq = found.events[found.events.length - 1]?.seq ?? 0;
      this.options.onPackage(found, first);
    } catch (error) {
      if (!this.stopped) this.options.onError(error);
    }
  }

  /** Read the package again soon; many wishes for it are one. */
  reloadSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reload(), RELOAD_MS);
  }

  /** Entries before number `first`. @param {number} first */
  async earlier(first) {
    const { events } = await get(`${this.url}/events?after=${Math.max(0, first - 1 - EARLIER)}&wait=0`);
    return events.filter((entry) => entry.seq < first);
  }

  claim() {
    return this.#change("claim", {});
  }

  /** @param {"bot" | "queue"} to */
  release(to) {
    return this.#change("release", { to, seen: this.lastSeq });
  }

  close() {
    return this.#change("close", { seen: this.lastSeq });
  }

  /** One of the desk's moves: "leave", "invite" … @param {string} move @param {any} [body] */
  act(move, body = {}) {
    return post(`${this.url}/${move}`, body);
  }

  /** @param {string} text */
  async addNote(text) {
    const { notes } = await post(`${this.url}/notes`, { text });
    return notes;
  }

  /** @param {boolean} on */
  sendTyping(on) {
    post(`${this.url}/signals`, { typing: on }).catch(() => {}); // best effort
  }

  async #change(what, body) {
    await post(`${this.url}/${what}`, body);
    await this.reload();
  }

  #arrived(entries) {
    this.lastSeq = entries[entries.length - 1].seq;
    this.options.onEntries(entries);
    this.replies?.arrived(entries);
    if (entries.some((entry) => entry.type === "message")) this.signals.setTyping("");
    if (entries.some((entry) => entry.type !== "message" || entry.actor !== "customer")) this.reloadSoon();
    this.#tellSeen();
  }

  /** The customer learns that a person reads along, when that person has the chat and the page in front. */
  #tellSeen() {
    if (!this.found?.mine || document.visibilityState !== "visible") return;
    post(`${this.url}/signals`, { seen: this.lastSeq }).catch(() => {}); // best effort
  }

  #typingText() {
    const who = this.signals.typing;
    if (!who) return "";
    if (who === "bot") return t("The bot is preparing an answer…");
    return t("{name} is typing…", { name: who === "customer" ? this.found.customer.first_name : who });
  }
}
