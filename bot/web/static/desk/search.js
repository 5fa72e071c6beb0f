/** Search over conversations: a dialog that answers while one types; Enter or a click opens what was found. */

import { errorText, get } from "../api.js";
import { h, replace, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { LANGUAGES } from "./team.js";
import { languageBadge, locale, t, word } from "./words.js";

const PAUSE_MS = 250;
const names = new Intl.DisplayNames(locale, { type: "language" });

/** @param {(id: string) => void} open */
export function searchDialog(open) {
  const field = h("input", { class: "input", id: "search-words", type: "search", maxlength: 200, autocomplete: "off", placeholder: t("Words, order number, case, name, label…") });
  const language = h("select", { class: "input", id: "search-language" }, h("option", { value: "" }, t("All languages")),
    LANGUAGES.map((code) => h("option", { value: code }, names.of(code))));
  const days = h("select", { class: "input", id: "search-days" }, [["0", t("Any time")], ["1", t("a day")], ["7", t("a week")], ["90", t("{days} days", { days: 90 })]]
    .map(([value, label]) => h("option", { value }, label)));
  const state = h("p", { class: "muted", role: "status" });
  const list = h("ul", { class: "rows found" });
  let timer = 0;
  let asked = 0;

  async function look() {
    const number = (asked += 1);
    const query = new URLSearchParams({ q: field.value.trim(), days: days.value });
    if (language.value) query.set("language", language.value);
    try {
      const { found } = await get(`/api/v1/desk/search?${query}`);
      if (number !== asked) return;
      replace(list, found.map(row));
      state.textContent = found.length ? t("{n} found", { n: found.length }) : t("Nothing found.");
    } catch (error) {
      if (number === asked) state.textContent = errorText(error, t);
    }
  }

  function row(found) {
    const go = () => (dialog.close(), open(found.conversation_id));
    return h("li", null, h("button", { type: "button", class: "queue-row", on: { click: go } },
      h("span", { class: "line" }, h("strong", { class: "name" }, found.customer), languageBadge(found.language), h("span", { class: "badge" }, word("controller", found.controller)),
        h("span", { class: "since muted" }, found.last_text_at && timeElement(found.last_text_at, locale))),
      found.reason_label && h("span", { class: "line reason" }, found.reason_label),
      found.text && h("span", { class: "excerpt muted", lang: found.language }, found.text),
      found.labels.length > 0 && h("span", { class: "line badges" }, found.labels.map((label) => h("span", { class: "badge" }, icon("tag"), label)))));
  }

  const soon = () => (clearTimeout(timer), (timer = setTimeout(look, PAUSE_MS)));
  const first = (event) => (event.preventDefault(), list.querySelector("button")?.click());
  const dialog = h("dialog", { class: "dialog search-dialog", "aria-labelledby": "search-title" },
    h("header", null, h("h2", { id: "search-title" }, t("Search conversations")),
      h("form", { method: "dialog" }, h("button", { class: "icon-button", "aria-label": t("Close this window") }, icon("close")))),
    h("form", { class: "content stack", on: { submit: first, input: soon } },
      h("label", { class: "visually-hidden", for: "search-words" }, t("Search conversations")), field,
      h("div", { class: "row" }, h("label", { class: "visually-hidden", for: "search-language" }, t("Language")), language,
        h("label", { class: "visually-hidden", for: "search-days" }, t("Since when")), days), state),
    h("div", { class: "content results" }, list));
  dialog.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.target !== language && event.target !== days) {
      event.preventDefault();
      const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + step;
      (at < 0 ? field : buttons[Math.min(at, buttons.length - 1)])?.focus();
    }
    event.stopPropagation();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  look();
}
