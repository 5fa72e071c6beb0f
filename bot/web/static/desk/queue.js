/** The left pane: who waits, what is mine, call-backs, what others and the bot are doing. */

import { errorText } from "../api.js";
import { duration, h, now, replace, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { callParts, mailBadge } from "./calls.js";
import { peopleList } from "./team.js";
import { languageBadge, locale, t, waitingClock } from "./words.js";

/** Reasons that are nobody's wish: a colleague had the chat, or the bot broke down. */
const ALERTS = new Set(["agent_silent", "agent_gone", "taken_away", "bot_failed"]);

/** A case that has less than this left until the promise to the customer is marked. */
const SOON_MS = 12 * 3_600_000;

/** After this long a customer is for everybody, whatever their language and topic. */
const FOR_EVERYBODY_MS = 180_000;

/** @type {Array<{key: "waiting" | "elsewhere" | "mine" | "invited" | "others" | "bot", title: string, empty: string | null}>} */
const LISTS = [
  { key: "waiting", title: t("Waiting now"), empty: t("Nobody is waiting. Well done.") },
  { key: "elsewhere", title: t("Waiting, other languages or topics"), empty: null },
  { key: "mine", title: t("Mine"), empty: t("You have no chat. Take one from the queue.") },
  { key: "invited", title: t("You were asked in"), empty: null },
  { key: "others", title: t("With colleagues"), empty: null },
  { key: "bot", title: t("With the bot now"), empty: null },
];

export class QueuePane {
  /**
   * @param {HTMLElement} root
   * @param {{open: (id: string) => void, changeCall: (id: number, move: import("./calls.js").CallMove) => void, retry: () => void}} actions
   */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.openId = "";
    this.queue = null;
    this.showLoading();
  }

  showLoading() {
    const row = () => h("div", { class: "row-skeleton" }, h("div", { class: "skeleton" }), h("div", { class: "skeleton short" }));
    replace(this.root, h("p", { class: "visually-hidden" }, t("Loading…")), row(), row(), row(), row());
    this.root.setAttribute("aria-busy", "true");
  }

  /** The queue could not be read; what was shown before stays, unless there was nothing. @param {unknown} error */
  showError(error) {
    if (this.queue) return;
    const again = h("button", { type: "button", class: "button", on: { click: this.actions.retry } }, icon("retry"), t("Try again"));
    replace(this.root, h("div", { class: "state error", role: "alert" }, icon("warning"), h("p", null, errorText(error, t)), again));
  }

  /** What came of the lists: all of them, or some. @param {any} lists @param {number} me */
  take(lists, me) {
    const now_ = { ...this.queue, ...lists };
    if (lists.held) now_.others = lists.held.filter((row) => row.agent_id !== me);
    if (lists.callbacks) now_.callbacks = lists.callbacks.map((call) => ({ ...call, mine: call.taken_by_id === me }));
    this.me = now_.people.find((one) => one.id === me);
    const all = [...(lists.waiting ?? [...now_.waiting, ...(now_.elsewhere ?? [])])];
    now_.waiting = all.filter((row) => fits(row, this.me));
    now_.elsewhere = all.filter((row) => !fits(row, this.me));
    this.show(now_, me);
    return all;
  }

  /** @param {any} queue @param {number} me */
  show(queue, me) {
    this.queue = queue;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.("[data-row]");
    const key = this.root.contains(focused) ? focused.dataset.row : "";
    const [waiting, elsewhere, mine, invited, ...rest] = LISTS;
    const more = queue.waiting_count - queue.waiting.length - queue.elsewhere.length;
    const sections = [this.#list(waiting), more > 0 && h("p", { class: "empty muted" }, t("{n} more wait", { n: more })),
      this.#list(elsewhere), this.#list(mine), this.#list(invited), this.#callbacks(queue.callbacks),
      peopleList(queue.people, me), ...rest.map((l) => this.#list(l))];
    replace(this.root, sections);
    this.root.setAttribute("aria-busy", "false");
    if (key) this.root.querySelector(`[data-row="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  }

  /** Mark the conversation that is open. @param {string} id */
  markOpen(id) {
    this.openId = id;
    for (const row of this.rows()) row.setAttribute("aria-current", String(row.dataset.id === id));
  }

  /** @returns {HTMLElement[]} */
  rows() {
    return [...this.root.querySelectorAll("button[data-row]")];
  }

  /** The conversation of the row that is focused, else "". */
  focusedId() {
    const row = /** @type {HTMLElement | null} */ (document.activeElement);
    return row && this.root.contains(row) ? (row.dataset.id ?? "") : "";
  }

  /** Move the focus through the rows; from nowhere it starts at the open one. @param {1 | -1} step */
  move(step) {
    const rows = this.rows();
    if (!rows.length) return;
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const open = rows.findIndex((row) => row.dataset.id === this.openId);
    const from = at >= 0 ? at : open;
    const to = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step));
    rows[to].focus();
  }

  /** @param {typeof LISTS[number]} list */
  #list({ key, title, empty }) {
    const rows = this.queue[key];
    if (!rows.length && empty === null) return null;
    const content = rows.length
      ? h("ul", { class: "rows" }, rows.map((row) => h("li", null, this.#row(row, key))))
      : h("p", { class: "empty muted" }, empty);
    return h("section", null, heading(title, rows.length), content);
  }

  #row(row, list) {
    const attrs = {
      type: "button",
      class: `queue-row${row.customer_waits && list === "mine" ? " unanswered" : ""}`,
      dataset: { row: `${list}:${row.conversation_id}`, id: row.conversation_id },
      "aria-current": String(row.conversation_id === this.openId),
      on: { click: () => this.actions.open(row.conversation_id) },
    };
    const label = row.reason_label ?? row.handoff_label;
    const waits = (list === "waiting" || list === "elsewhere") && !row.answer_by;
    const since = waits ? waitingClock(row.waiting_since) : row.last_text_at && timeElement(row.last_text_at, locale);
    const why = row.handoff_label && row.handoff_label !== label ? h("span", { class: `why${ALERTS.has(row.handoff_reason) ? " badge amber" : ""}` }, row.handoff_label) : null;
    return h("button", attrs,
      h("span", { class: "line" }, h("strong", { class: "name" }, row.customer), languageBadge(row.language), h("span", { class: "since muted" }, since)),
      label && h("span", { class: "line reason" }, label),
      row.last_text && h("span", { class: "excerpt muted", lang: row.language }, row.last_text),
      h("span", { class: "line badges" }, row.answer_by && mailBadge(row.answer_by), why, list === "others" && h("span", { class: "badge" }, icon("person"), row.agent),
        (row.labels ?? []).map((label) => h("span", { class: "badge" }, icon("tag"), label)),
        list === "mine" && row.customer_waits && h("span", { class: "badge accent" }, t("Waits for your reply")), caseBadge(row.case)));
  }

  #callbacks(callbacks) {
    if (!callbacks.length) return null;
    return h("section", null, heading(t("Call-backs"), callbacks.length),
      h("ul", { class: "rows" }, callbacks.map((callback) => h("li", { class: "callback" }, callParts(callback, { change: this.actions.changeCall, open: this.actions.open })))));
  }
}

/** Whether a waiting chat is for this agent: their languages and topics, or nobody took it for long. */
function fits(row, me) {
  if (!me || now() - Date.parse(row.waiting_since) > FOR_EVERYBODY_MS) return true;
  const speaks = !me.languages.length || me.languages.includes(row.language);
  return speaks && (!me.skills.length || !row.skill || me.skills.includes(row.skill));
}

function heading(title, count) {
  return h("h2", { class: "list-title" }, title, " ", h("span", { class: "count" }, count));
}

/** A case in short: its reference, and the time left until the customer must know. */
function caseBadge(found) {
  if (!found) return null;
  const left = Date.parse(found.promised_by) - now();
  const open = found.told_at === null && found.state !== "closed";
  const tone = open && left < SOON_MS ? "amber" : "";
  const time = open ? ` · ${left > 0 ? duration(left, locale) : t("overdue")}` : "";
  return h("span", { class: `badge ${tone}`, title: found.state_label }, icon("case"), `${found.reference}${time}`);
}
