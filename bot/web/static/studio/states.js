/** How a list looks while it is loading, when it is empty, and when it could not be read. */

import { errorText } from "../api.js";
import { h, toast } from "../dom.js";
import { icon } from "../icons.js";

/** Say what was done; the newest word replaces the one before, so that quick keys pile nothing up. */
export function say(text, options) {
  document.querySelector(".toasts")?.replaceChildren();
  toast(text, options);
}

/** @param {string} label */
export const loading = (label) =>
  h("div", { class: "skeletons", role: "status", "aria-busy": "true", "aria-label": label }, [1, 2, 3, 4].map(() => h("div", { class: "skeleton" })));

/** @param {any} symbol @param {string} title @param {string} [advice] */
export const empty = (symbol, title, advice) =>
  h("div", { class: "state" }, icon(symbol), h("strong", null, title), advice && h("p", null, advice));

/** @param {unknown} error @param {(msgid: string) => string} t @param {() => void} again */
export const failed = (error, t, again) =>
  h("div", { class: "state error", role: "alert" }, icon("warning"), h("p", null, errorText(error, t)),
    h("button", { class: "button", type: "button", on: { click: again } }, icon("retry"), t("Try again")));

/** An example with its annotations marked: `[text](entity)` and `[text]{…}`. @param {string} text */
export function annotated(text) {
  return text.split(/(\[[^\[\]]+\](?:\([^()]+\)|\{[^{}]*\}))/).map((part, index) => {
    const match = index % 2 ? part.match(/^\[(.+)\][({](.+)[)}]$/) : null;
    return match ? h("mark", { title: match[2] }, match[1]) : part;
  });
}

/** The sentence to show for an error; a field's own reason says more than "a field is wrong". */
export const sentence = (error, t) => Object.values(error?.fields ?? {})[0] ?? errorText(error, t);
