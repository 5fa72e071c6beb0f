/** A customer who wants to be called: when, the number, and what an agent can do about it. */

import { formatDateTime, formatTime, h, now } from "../dom.js";
import { icon } from "../icons.js";
import { languageBadge, locale, t } from "./words.js";

/** @typedef {"take" | "put-back" | "done" | "not-reached"} CallMove */

const days = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" });

/**
 * The parts of a call-back. Until somebody has taken it, only taking is offered: two agents must not call at once.
 * @param {any} call
 * @param {{change: (id: number, move: CallMove) => void, open?: (id: string) => void}} actions
 */
export function callParts(call, actions) {
  const button = (/** @type {CallMove} */ move, iconName, text, tone = "") =>
    h("button", { type: "button", class: `button small ${tone}`, dataset: { row: `call:${call.id}:${move}` },
      on: { click: (event) => ((event.currentTarget.disabled = true), actions.change(call.id, move)) } }, icon(iconName), text);
  const moves = call.mine
    ? [button("done", "check", t("Reached")), button("not-reached", "close", t("Not reached")), button("put-back", "retry", t("Put back"))]
    : !call.taken_by && [button("take", "phone", t("I will call"), "primary")];
  return [
    h("div", { class: "line" }, h("strong", { class: "name" }, call.customer), languageBadge(call.language), whenBadge(call)),
    h("a", { class: "phone numbers", href: `tel:${call.phone}` }, icon("phone"), call.phone),
    call.reason_label && h("span", { class: "muted" }, call.reason_label),
    call.tries > 0 && h("span", { class: "muted" }, t("Tried without success: {count}", { count: call.tries })),
    call.taken_by && !call.mine && h("div", { class: "line" }, h("span", { class: "badge" }, icon("person"), t("{agent} is calling", { agent: call.taken_by }))),
    h("div", { class: "line" }, moves,
      actions.open && h("button", { type: "button", class: "button small", dataset: { row: `call:${call.id}:open`, id: call.conversation_id },
        on: { click: () => actions.open(call.conversation_id) } }, t("Open the chat"))),
  ];
}

/** When the customer is to be called; amber while it is time, red once it is over. */
function whenBadge(call) {
  const start = Date.parse(call.window_start);
  const isToday = new Date(start).toDateString() === new Date(now()).toDateString();
  const times = `${isToday ? "" : `${days.format(start)}, `}${formatTime(call.window_start, locale)}–${formatTime(call.window_end, locale)}`;
  const tone = call.overdue ? "red" : start <= now() ? "amber" : "";
  return h("span", { class: `badge numbers ${tone}`, title: formatDateTime(call.window_start, locale) }, icon("clock"),
    call.overdue ? `${times} · ${t("overdue")}` : times);
}
