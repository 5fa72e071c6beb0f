/** Asking before something that cannot be taken back, and choosing one of several: dialogs for the keyboard. */

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
  const choose = (dialog, value) => () => dialog.close(value);
  return opened(title, (dialog) => [
    h("p", { class: "content" }, text),
    h("footer", null,
      h("button", { type: "button", class: "button quiet", on: { click: choose(dialog, "") } }, t("Cancel")),
      [...choices].reverse().map(({ value, label, key }) => h("button",
        { type: "button", class: `button${value === choices[0].value ? " primary" : ""}`, dataset: { value }, on: { click: choose(dialog, value) } },
        label, key && h("kbd", null, key)))),
  ], choices);
}

/**
 * Let the agent pick one of a longer list; resolves with its value or null. `groups` are [title, options].
 * @param {string} title @param {string} text @param {string} action what the button says
 * @param {Array<[string, Array<{value: string, label: string, disabled?: boolean}>]>} groups
 */
export function pick(title, text, action, groups) {
  const option = ({ value, label, disabled }) => h("option", { value, disabled }, label);
  const choose = (event) => event.key === "Enter" && (event.preventDefault(), event.currentTarget.form.requestSubmit());
  const select = h("select", { class: "input", id: "pick", on: { keydown: choose } }, groups.map(([name, options]) =>
    name ? h("optgroup", { label: name }, options.map(option)) : options.map(option)));
  return opened(title, (dialog) => [
    h("form", { class: "content stack", method: "dialog", on: { submit: (event) => (event.preventDefault(), dialog.close(select.value)) } },
      h("label", { for: "pick" }, text), select,
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button quiet", on: { click: () => dialog.close("") } }, t("Cancel")),
        h("button", { class: "button primary" }, action))),
  ]);
}

/**
 * A form of the caller's own; `content(dialog)` gives its parts, closing the dialog with a value ends it.
 * @returns {Promise<string | null>}
 */
export function opened(title, content, choices = []) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "ask-title" }, h("header", null, h("h2", { id: "ask-title" }, title)));
    dialog.append(...content(dialog).filter(Boolean));
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
    (dialog.querySelector("select, input, textarea") ?? dialog.querySelector(".primary"))?.focus();
  });
}
