/** The desk's words: texts, reasons, codes, times and people, in the agent's language. Loaded once. */

import { formatDateTime, formatTime, h, now } from "../dom.js";
import { loadTexts } from "../texts.js";

export const locale = document.documentElement.lang;

/** The agent's language without its country: "en" of "en-GB". */
export const language = locale.slice(0, 2);

const [desk, reasons] = await Promise.all([loadTexts("desk", locale), loadTexts("reasons", locale)]);

export const { t } = desk;

/** The text of a code: an `outcome`, a `case` state, a `handoff`. Unknown codes are shown as they are. */
export function word(kind, code) {
  return desk.has(`${kind}.${code}`) ? t(`${kind}.${code}`) : code;
}

/** A contact reason's label. */
export function reasonLabel(reason) {
  return reasons.t(reason);
}

/** Why a chat came to the queue: one of the desk's own codes, or a contact reason. */
export function handoffLabel(reason) {
  return desk.has(`handoff.${reason}`) ? t(`handoff.${reason}`) : reasonLabel(reason);
}

const daysAndTimes = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** When something was said: the time, with the day before it when that was not today. @param {string} iso */
export function saidAt(iso) {
  const today = new Date(now()).toDateString() === new Date(iso).toDateString();
  const text = today ? formatTime(iso, locale) : daysAndTimes.format(new Date(iso));
  return h("time", { class: "muted", datetime: iso, title: formatDateTime(iso, locale) }, text);
}

const names = new Intl.DisplayNames(locale, { type: "language" });

/** A small mark of a language: its code, its name for hover and for assistive technology. */
export function languageBadge(code) {
  return h("span", { class: "badge language", title: names.of(code) }, h("span", { "aria-hidden": "true" }, code.toUpperCase()),
    h("span", { class: "visually-hidden" }, names.of(code)));
}

/** How long something lasts already: "0:42", "12:05", "1:02 h". @param {string} iso */
export function elapsed(iso) {
  const seconds = Math.max(0, Math.floor((now() - Date.parse(iso)) / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)} h`;
}

/** After this long a customer in the queue waits too long. */
const LONG_WAIT_MS = 120_000;

/** A clock that counts up; `tickClocks` moves it. @param {string} iso */
export function waitingClock(iso) {
  const clock = h("time", { class: "waiting numbers", datetime: iso, dataset: { since: iso }, title: formatTime(iso, locale) });
  showWaiting(clock);
  return clock;
}

/** Move all clocks under `root`. @param {ParentNode} root */
export function tickClocks(root) {
  for (const clock of root.querySelectorAll("time[data-since]")) showWaiting(/** @type {HTMLTimeElement} */ (clock));
}

/** @param {HTMLTimeElement} clock */
function showWaiting(clock) {
  const since = clock.dataset.since;
  const text = elapsed(since);
  if (clock.textContent !== text) clock.textContent = text;
  clock.classList.toggle("long", now() - Date.parse(since) > LONG_WAIT_MS);
}
