/** The middle pane: the conversation, who has it, and what the agent can do with it. */

import { errorText } from "../api.js";
import { formatDateTime, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { callBadge, mailBadge } from "./calls.js";
import { Composer } from "./composer.js";
import { bubble, entryElement } from "./entries.js";
import { canTranslate } from "./translations.js";
import { languageBadge, locale, t, waitingClock } from "./words.js";

/** Closer than this to the end counts as reading along. */
const NEAR_END_PX = 80;

export class ChatPane {
  /**
   * @param {HTMLElement} root
   * @param {Record<"claim" | "giveBack" | "close" | "passOn" | "invite" | "leaveChat" | "block" | "unblock" | "takeAway" | "translate" |
   *   "leave" | "earlier" | "reload", () => void> &
   *   {send: (text: string, conveys: string[]) => void, typing: (on: boolean) => void,
   *    retry: (id: string) => void, takeBack: (id: string) => string}} actions
   */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.composer = new Composer(actions);
    this.head = h("header", { class: "chat-head" });
    this.log = h("ol", { class: "log" });
    this.pending = h("ol", { class: "log pending" });
    this.typing = h("p", { class: "typing muted", role: "status" });
    this.viewers = h("p", { class: "viewers muted small", role: "status" });
    this.foot = h("footer", { class: "chat-foot" });
    this.scroller = h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": t("Conversation") });
    this.sticks = true;
    this.translates = false;
    this.scroller.addEventListener("scroll", () => (this.sticks = this.#isAtEnd()), { passive: true });
    // The place to write comes and grows: who was at the end stays at the end.
    new ResizeObserver(() => this.#resized()).observe(this.scroller);
    this.showNothing();
  }

  showNothing() {
    replace(this.root, h("div", { class: "state" }, icon("chat"), h("p", null, t("Choose a conversation on the left.")),
      h("p", { class: "small" }, h("kbd", null, "j"), " ", h("kbd", null, "k"), " ", t("to move"), ", ", h("kbd", null, "Enter"), " ", t("to open"))));
  }

  showLoading() {
    const line = (kind) => h("div", { class: `bubble-skeleton ${kind}` }, h("div", { class: "skeleton" }));
    replace(this.root, h("p", { class: "visually-hidden", role: "status" }, t("Loading…")), line("left"), line("right"), line("left"));
  }

  /** @param {unknown} error */
  showError(error) {
    const again = h("button", { type: "button", class: "button", on: { click: this.actions.reload } }, icon("retry"), t("Try again"));
    replace(this.root, h("div", { class: "state error", role: "alert" }, icon("warning"), h("p", null, errorText(error, t)), again));
  }

  /** Show a conversation from its package. @param {any} found */
  show(found) {
    this.people = { conversation: found.conversation_id, customer: found.customer.first_name, language: found.language, agentAt: (seq) => this.#agentAt(seq) };
    this.assigned = [];
    this.translates = false;
    this.log = h("ol", { class: "log" });
    replace(this.pending);
    this.typing.textContent = "";
    this.viewers.textContent = "";
    this.update(found);
    this.add(found.events); // before it is in the page: what was said already is not announced
    replace(this.scroller, h("div", { role: "log", "aria-label": t("Messages") }, this.log), this.pending, this.typing);
    replace(this.root, this.head, this.viewers, this.scroller, this.foot);
    this.#offerEarlier();
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Who has it now, and what can be done. @param {any} found */
  update(found) {
    const button = (text, key, action) =>
      h("button", { type: "button", class: "button small", title: key ? `${text} (${key})` : text, "aria-keyshortcuts": key || null, on: { click: action } }, text);
    const { actions } = this;
    const translate = canTranslate(found) && h("button", { type: "button", class: "button small", "aria-pressed": String(this.translates), on: { click: () => this.#toggleTranslations() } },
      icon("globe"), t("Translate"));
    const supervises = document.getElementById("main").dataset.supervises === "yes";
    const buttons = found.mine ? [button(t("Give back"), "g", actions.giveBack), button(t("Pass on"), "t", actions.passOn),
      button(t("Ask in"), "i", actions.invite), button(t("Block"), "b", actions.block), button(t("Close"), "x", actions.close)]
      : [found.invited && button(t("Leave"), "", actions.leaveChat),
        supervises && found.controller === "agent" && button(t("Back to the queue"), "", actions.takeAway)];
    replace(this.head,
      h("div", { class: "who-is" }, h("h2", null, found.customer.first_name), languageBadge(found.language), holder(found),
        found.guests.map((guest) => h("span", { class: "badge" }, icon("plus"), guest.name)),
        found.blocked_until && h("span", { class: "badge red" }, icon("lock"), t("Blocked until {time}", { time: formatDateTime(found.blocked_until, locale) }),
          h("button", { type: "button", class: "linklike", on: { click: actions.unblock } }, t("Unblock")))),
      h("div", { class: "row" }, buttons, translate));
    this.#showFoot(found);
  }

  /** Append entries; stays at the end when the reader was there. @param {import("../stream.js").Entry[]} entries */
  add(entries) {
    const atEnd = this.#isAtEnd();
    this.#noteAssigned(entries);
    for (const entry of entries) {
      const element = entryElement(entry, this.people);
      if (element) this.log.append(element);
    }
    if (atEnd) this.toEnd();
  }

  /** Put earlier entries before the others, without moving what is read. @param {import("../stream.js").Entry[]} entries */
  addEarlier(entries) {
    this.#noteAssigned(entries);
    const height = this.scroller.scrollHeight;
    this.log.prepend(...entries.map((entry) => entryElement(entry, this.people)).filter(Boolean));
    this.#offerEarlier();
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
  }

  /** Replies that are not in the log yet. @param {import("./replies.js").Pending[]} items */
  showPending(items) {
    const atEnd = this.#isAtEnd();
    replace(this.pending, items.map((item) => {
      const state = item.failed ? null : h("span", null, t("sending…"));
      const parts = [h("p", { class: "text" }, item.text), item.failed && this.#failure(item)];
      return bubble("agent", t("You"), null, parts, state);
    }));
    if (atEnd) this.toEnd();
  }

  /** @param {string} text */
  showTyping(text) {
    const atEnd = this.#isAtEnd();
    this.typing.textContent = text;
    if (atEnd) this.toEnd();
  }

  /** From now on what is said in the other language has its translation below it, or not any more. */
  #toggleTranslations() {
    this.translates = !this.translates;
    this.head.querySelector("[aria-pressed]")?.setAttribute("aria-pressed", String(this.translates));
    if (this.translates) this.actions.translate();
    else for (const one of this.log.querySelectorAll(".translation")) one.remove();
  }

  /** Who else looks at this chat. @param {string} text */
  showViewers(text) {
    this.viewers.textContent = text;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Toasts are shown over the log's beginning (desk.css): never over what an agent writes in or presses. */
  #resized() {
    if (this.sticks) this.toEnd();
    const { top, left, width, height } = this.scroller.getBoundingClientRect();
    const { style } = document.body;
    for (const [name, px] of Object.entries({ top, left, width, height })) style.setProperty(`--log-${name}`, `${px}px`);
    document.body.classList.toggle("log-shown", height > 0);
  }

  #showFoot(found) {
    if (found.mine || found.invited) {
      this.composer.open(found);
      if (!this.foot.contains(this.composer.element)) replace(this.foot, this.composer.element);
      return;
    }
    const text = found.controller === "agent" ? t("{agent} has this chat. You can read along.", { agent: found.agent })
      : found.controller === "closed" ? t("This chat is closed. It opens again when the customer writes.") : t("Take the chat to reply.");
    const attrs = { type: "button", class: "button primary", title: `${t("Take the chat")} (c)`, "aria-keyshortcuts": "c" };
    const claim = h("button", { ...attrs, on: { click: this.actions.claim } }, t("Take the chat"));
    replace(this.foot, h("div", { class: "claim-bar" }, h("span", { class: "muted" }, text), isFree(found) && claim));
  }

  #failure(item) {
    const back = () => this.composer.insert(this.actions.takeBack(item.client_id));
    return h("div", { class: "note red", role: "alert" }, h("span", null, item.failed),
      h("button", { type: "button", class: "button small", on: { click: () => this.actions.retry(item.client_id) } }, t("Try again")),
      h("button", { type: "button", class: "button small", on: { click: back } }, t("Take back")));
  }

  #offerEarlier() {
    this.log.querySelector(".earlier")?.remove();
    const first = Number(/** @type {HTMLElement | null} */ (this.log.querySelector("[data-seq]"))?.dataset.seq ?? 1);
    if (first <= 1) return;
    this.log.prepend(h("li", { class: "earlier" }, h("button", { type: "button", class: "button small quiet", on: { click: this.actions.earlier } }, t("Show earlier messages"))));
  }

  #noteAssigned(entries) {
    for (const { type, seq, body } of entries) if (type === "assigned" && body.agent) this.assigned.push([seq, body.agent]);
    this.assigned.sort((a, b) => a[0] - b[0]);
  }

  /** The agent who had the chat at entry `seq`. */
  #agentAt(seq) {
    return this.assigned.filter(([at]) => at < seq).pop()?.[1];
  }

  #isAtEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END_PX;
  }
}

const isFree = (found) => found.controller === "queue" || found.controller === "bot";

function holder(found) {
  if (found.mine) return h("span", { class: "badge accent" }, icon("person"), t("With you"));
  if (found.controller === "agent") return h("span", { class: "badge" }, icon("person"), t("With {agent}", { agent: found.agent }));
  if (found.controller === "bot") return h("span", { class: "badge" }, icon("bot"), t("With the bot"));
  if (found.controller === "closed") return h("span", { class: "badge" }, icon("check"), t("Closed"));
  if (found.answer_by) return mailBadge(found.answer_by);
  const call = found.handoff_reason === "request_callback" && found.callbacks[0];
  return call ? callBadge(call) : h("span", { class: "badge amber" }, icon("clock"), t("Waiting"), " ", waitingClock(found.waiting_since));
}
