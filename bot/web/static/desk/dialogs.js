/** Asking before something that cannot be taken back: one dialog with a button per choice. */

import { h } from "../dom.js";
import { t } from "./words.js";

/**
 * Ask; resolves with the choice's value, or null when the agent changed their mind. The first choice has the focus.
 * @param {string} title
 * @param {string} text
 * @param {Array<{value: string, label: string, key?: string}>} choices `key` chooses too
 * @returns {Promise<string | null>}
 */
export function ask(title, text, choices) {
  return new Promise((resolve) => {
    const choose = (value) => () => dialog.close(value);
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "ask-title" },
      h("header", null, h("h2", { id: "ask-title" }, title)),
      h("p", { class: "content" }, text),
      h("footer", null,
        h("button", { type: "button", class: "button quiet", on: { click: choose("") } }, t("Cancel")),
        [...choices].reverse().map(({ value, label, key }) => h("button",
          { type: "button", class: `button${value === choices[0].value ? " primary" : ""}`, dataset: { value }, on: { click: choose(value) } },
          label, key && h("kbd", null, key)))));
    dialog.addEventListener("keydown", (event) => {
      const chosen = choices.find(({ key }) => key === event.key);
      if (chosen) dialog.close(chosen.value);
      event.stopPropagation();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(".primary").focus();
  });
}
