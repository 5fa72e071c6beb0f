/** The case log's words and its clock: texts in the seller's language, time left by the server's time. */

import { duration, formatDateTime, h, noteServerTime } from "../dom.js";
import { icon } from "../icons.js";
import { loadTexts } from "../texts.js";

export const locale = document.documentElement.lang;

export const { t } = await loadTexts("caselog", locale);

const names = new Intl.DisplayNames(locale, { type: "language" });

/** The name of a language. @param {string} code */
export const languageName = (code) => names.of(code) ?? code;

/** A small mark of a language: its code, its name for hover and for assistive technology. @param {string} code */
export function languageBadge(code) {
  return h("span", { class: "badge language", title: languageName(code) }, h("span", { "aria-hidden": "true" }, code.toUpperCase()),
    h("span", { class: "visually-hidden" }, languageName(code)));
}

/** Time of the server minus time of this computer, in ms: deadlines are counted by the server's clock, wherever this one stands. */
let ahead = 0;

/** Learn the server's time from an answer that just came. @param {string} iso */
export function setServerTime(iso) {
  ahead = Date.parse(iso) - Date.now();
  noteServerTime(iso);
}

/** The server's now, in ms. */
export const serverNow = () => Date.now() + ahead;

/** "Tuesday, 3 March, 10:00": an instant in the reader's time zone. @param {string} iso */
export const exactly = (iso) => formatDateTime(iso, locale);

/**
 * The time left until `answer_by` as a badge that `tickClocks` moves: amber when little is left, red when it is over.
 * @param {{answer_by: string, soon_at: string}} found
 */
export function timeLeft(found) {
  const text = h("time", { datetime: found.answer_by, class: "numbers" });
  const badge = h("span", { class: "badge time-left", title: exactly(found.answer_by), dataset: { due: found.answer_by, soon: found.soon_at } },
    icon("clock"), text);
  tick(badge);
  return badge;
}

/** Move all clocks under `root`. @param {ParentNode} root */
export function tickClocks(root) {
  for (const badge of root.querySelectorAll("[data-due]")) tick(/** @type {HTMLElement} */ (badge));
}

/** @param {HTMLElement} badge */
function tick(badge) {
  const left = Date.parse(badge.dataset.due) - serverNow();
  const soon = serverNow() >= Date.parse(badge.dataset.soon);
  const shown = left <= 0 ? t("Time is over") : left < 60_000 ? t("Less than a minute") : t("{time} left", { time: duration(left, locale) });
  const place = badge.querySelector("time");
  if (place.textContent !== shown) place.textContent = shown;
  badge.classList.toggle("amber", soon && left > 0);
  badge.classList.toggle("red", left <= 0);
}
