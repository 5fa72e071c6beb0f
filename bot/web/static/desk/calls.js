/** A customer who wants to be called: when, the number, and what an agent can do about it. */

import { formatDateTime, formatTime, h, now, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { languageBadge, locale, t } from "./words.js";

/** @typedef {"take" | "put-back" | "done" | "not-reached"} CallMove */

/** Nearer than this a weekday says which day is meant. */
const NEAR_MS = 5 * 86_400_000;
const weekdays = new Intl.DateTimeFormat(locale, { weekday: "short", hour: "2-digit", minute: "2-digit" });
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
    h("div", { class: "line" }, h("strong", { class: "name" }, call.customer), languageBadge(call.language), callBadge(call),
      call.wrote_at && h("span", { class: "since muted" }, timeElement(call.wrote_at, locale))),
    h("a", { class: "phone numbers", href: `tel:${call.phone}` }, icon("phone"), call.phone),
    call.reason_label && h("span", { class: "muted" }, call.reason_label),
    call.wrote && h("span", { class: "excerpt muted", lang: call.language }, call.wrote),
    call.tries > 0 && h("span", { class: "muted" }, t("Tried without success: {count}", { count: call.tries })),
    call.taken_by && !call.mine && h("div", { class: "line" }, h("span", { class: "badge" }, icon("person"), t("{agent} is calling", { agent: call.taken_by }))),
    h("div", { class: "line" }, moves,
      actions.open && h("button", { type: "button", class: "button small", dataset: { row: `call:${call.id}:open`, id: call.conversation_id },
        on: { click: () => actions.open(call.conversation_id) } }, t("Open the chat"))),
  ];
}

/** When the customer is to be called; amber while it is time, red once it is over. */
export function callBadge(call) {
  const times = `${dayAndTime(call.window_start)}–${formatTime(call.window_end, locale)}`;
  const tone = call.overdue ? "red" : Date.parse(call.window_start) <= now() ? "amber" : "";
  return h("span", { class: `badge numbers ${tone}`, title: formatDateTime(call.window_start, locale) }, icon("phone"),
    call.overdue ? `${times} · ${t("overdue")}` : times);
}

/** Until when a customer is to have a mail; red once that is over. @param {string} by */
export function mailBadge(by) {
  const left = Date.parse(by) - now();
  const time = Math.abs(left) < NEAR_MS ? weekdays.format(Date.parse(by)) : dayAndTime(by);
  const text = t("Answer by mail by {time}", { time });
  return h("span", { class: `badge numbers ${left <= 0 ? "red" : ""}`, title: formatDateTime(by, locale) }, icon("mail"),
    left <= 0 ? `${text} · ${t("overdue")}` : text);
}

/** "10:00" of today, "Mon, 23 Nov, 10:00" of another day. */
function dayAndTime(iso) {
  const isToday = new Date(iso).toDateString() === new Date(now()).toDateString();
  return `${isToday ? "" : `${days.format(Date.parse(iso))}, `}${formatTime(iso, locale)}`;
}
