/**
 * The list of what was said: grows at its end, stays where the reader is, and shows what is still on its way.
 */

import { button, h, noteServerTime, replace } from "../dom.js";
import { icon } from "../icons.js";
import { filesElement } from "./attachments.js";
import { markChosen } from "./cards.js";
import { bubble, groupElement, messageElement, metaParts, noticeElement, senderName } from "./entries.js";

const NEAR_END_PX = 80;

export class LogView {
  /** @param {{retry: (key: string) => void, discard: (key: string) => void}} actions */
  constructor({ retry, discard }) {
    this.actions = { retry, discard };
    this.entries = h("div", { class: "entries" });
    this.outgoing = h("div", { class: "group customer outgoing", hidden: true });
    this.typing = h("div", { class: "typing", hidden: true });
    this.greeting = h("div", { class: "greeting" });
    // The live region outside announces; the log itself keeps silent, so that nothing is said twice.
    this.element = h(
      "div",
      { class: "log", role: "log", "aria-live": "off", tabindex: 0 },
      this.greeting,
      this.entries,
      this.outgoing,
      this.typing,
    );
    this.sticks = true;
    this.element.addEventListener("scroll", () => (this.sticks = this.isAtEnd()), { passive: true });
    // The composer grows, the keyboard comes up: who was at the end stays at the end.
    new ResizeObserver(() => this.sticks && this.toEnd()).observe(this.element);
    this.clear();
  }

  /** Forget what is shown: another conversation, or another language. */
  clear() {
    this.shown = 0;
    this.group = null;
    this.agent = "";
    this.greeted = new Set();
    /** Groups of the customer whose tick may still change. */
    this.ticked = new Set();
    this.entries.replaceChildren();
  }

  /**
   * Bring the list up to date.
   * @param {import("./conversation.js").Conversation} conversation
   * @param {{pending: any[], seen: number, typing: string, scene: import("./cards.js").Scene}} view
   */
  update(conversation, { pending, seen, typing, scene }) {
    const follow = this.isAtEnd();
    const isFirstLook = this.shown === 0;
    const news = conversation.entries.filter((entry) => entry.seq > this.shown);
    const drawn = news.map((entry) => this.#add(entry, seen, scene));
    this.#updateTicks(seen, scene);
    markChosen(this.entries, new Set([...conversation.chosen, ...pending.map((item) => item.payload)]));
    this.#showOutgoing(pending, scene);
    this.#showTyping(typing, scene);
    if (follow) this.toEnd();
    if (follow && !isFirstLook) this.#keepInSight(drawn.find(Boolean));
  }

  /** News longer than the window are read from their beginning. */
  #keepInSight(element) {
    if (element && this.element.scrollTop > element.offsetTop) this.element.scrollTop = element.offsetTop - 8;
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.sticks = true;
    const isEmpty = this.shown === 0 && this.outgoing.hidden;
    this.element.scrollTop = isEmpty ? 0 : this.element.scrollHeight;
  }

  /** Draw one entry; returns the element that is new in the list, if any. */
  #add(entry, seen, scene) {
    this.shown = entry.seq;
    noteServerTime(entry.created_at);
    if (entry.type === "assigned" && entry.body.agent) this.agent = entry.body.agent;
    if (entry.type !== "message") {
      const notice = noticeElement(entry, scene);
      if (notice) this.entries.append(notice);
      if (notice) this.group = null;
      return notice;
    }
    const before = this.group;
    const message = messageElement(entry, scene);
    this.group = this.#groupFor(entry, scene);
    this.group.element.lastElementChild.before(message);
    this.group.entry = entry;
    this.#writeMeta(this.group, seen, scene);
    return this.group === before ? message : this.group.element;
  }

  #groupFor(entry, scene) {
    const name = senderName(entry.actor, entry.body.agent ?? this.agent, scene.t);
    if (this.group?.element.dataset.sender === `${entry.actor}/${name}`) return this.group;
    const element = groupElement(entry.actor, name, !this.greeted.has(entry.actor), scene);
    this.greeted.add(entry.actor);
    this.entries.append(element);
    return { element, entry, seen: false };
  }

  #writeMeta(group, seen, scene) {
    group.seen = group.entry.seq <= seen;
    replace(group.element.lastElementChild, metaParts(group.entry, group.seen, scene));
    if (group.entry.actor === "customer") this.ticked.add(group);
  }

  #updateTicks(seen, scene) {
    for (const group of this.ticked) {
      if (!group.seen && group.entry.seq <= seen) this.#writeMeta(group, seen, scene);
      if (group.seen && group !== this.group) this.ticked.delete(group);
    }
  }

  #showOutgoing(pending, scene) {
    const shows = JSON.stringify([scene.locale, pending.map(({ key, state, error }) => [key, state, error])]);
    if (this.outgoingShows === shows) return; // drawing anew would take the focus from "try again"
    this.outgoingShows = shows;
    this.outgoing.hidden = pending.length === 0;
    replace(
      this.outgoing,
      pending.map((item) => this.#outgoingMessage(item, scene)),
    );
  }

  #outgoingMessage(item, scene) {
    const { t } = scene;
    const state =
      item.state === "waiting"
        ? h("p", { class: "meta" }, icon("clock"), t("Sending…"))
        : h(
            "p",
            { class: "meta problem" },
            h("span", null, icon("warning"), " ", ...problemTexts(item, t)),
            button("link-button", () => this.actions.retry(item.key), t("Try again")),
            button("link-button", () => this.actions.discard(item.key), t("Discard")),
          );
    const files = item.files && filesElement(item.files, scene);
    return h("div", { class: "message" }, item.text && bubble(item, scene), files, state);
  }

  #showTyping(typing, { t }) {
    if (this.typing.dataset.who === typing) return;
    this.typing.dataset.who = typing;
    this.typing.hidden = !typing;
    // A colleague who was asked in has a name of their own.
    const name = typing === "agent" ? this.agent || t("Customer service") : typing;
    const text = typing === "bot" ? t("The assistant is writing…") : t("{name} is writing…", { name });
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    replace(this.typing, typing && [dots, h("span", { class: "muted small" }, text)]);
  }
}

/** A refusal has its reason; what is only late says so, and what the server asks for (to wait, say). */
function problemTexts({ state, error }, t) {
  return state === "failed"
    ? [t("Not sent."), " ", error]
    : [t("Not sent yet."), " ", error || t("We keep trying.")];
}
