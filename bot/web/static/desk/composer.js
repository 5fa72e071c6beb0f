/** Where an agent writes: the reply, canned replies, and which case it tells the customer about. */

import { errorText } from "../api.js";
import { h, replace, toast } from "../dom.js";
import { icon } from "../icons.js";
import { drafts } from "./replies.js";
import { canTranslate, languageName, translateDraft } from "./translations.js";
import { t } from "./words.js";

const MOST_CHARACTERS = 4000;
const TYPING_EVERY_MS = 3000;

export class Composer {
  /**
   * @param {{send: (text: string, conveys: string[]) => void, typing: (on: boolean) => void, leave: () => void}} actions
   */
  constructor(actions) {
    this.actions = actions;
    this.id = "";
    this.typedAt = 0;
    this.canned = h("ul", { class: "canned-list", id: "canned-list", hidden: true });
    this.cannedButton = h("button", { type: "button", class: "button small", "aria-expanded": "false", "aria-controls": "canned-list",
      on: { click: () => this.toggleCanned() } }, t("Canned replies"), icon("chevron-down"));
    this.field = h("textarea", { class: "input", id: "reply", rows: 2, maxlength: MOST_CHARACTERS, placeholder: t("Write a reply…"),
      on: { input: () => this.#typed(), keydown: (event) => this.#key(event), blur: () => this.#typing(false) } });
    this.translateButton = h("button", { type: "button", class: "button small", hidden: true, on: { click: () => this.#translate() } }, icon("globe"), t("Translate"));
    this.left = h("span", { class: "muted small numbers", "aria-live": "polite" });
    this.conveys = h("div", { class: "conveys" });
    this.sendButton = h("button", { class: "button primary", title: t("Send (Enter)") }, icon("send"), h("span", null, t("Send")));
    const submit = (event) => (event.preventDefault(), this.#send());
    this.element = h("form", { class: "composer", on: { submit, keydown: (event) => this.#cannedKey(event) } },
      this.conveys, h("label", { class: "visually-hidden", for: "reply" }, t("Your reply to the customer")), this.canned,
      this.field, h("div", { class: "row apart" }, h("div", { class: "row" }, this.cannedButton, this.translateButton, this.left), this.sendButton));
  }

  /** Write in a conversation. @param {any} found its package */
  open(found) {
    if (this.id !== found.conversation_id) {
      this.id = found.conversation_id;
      this.field.value = drafts.get(this.id);
      this.toggleCanned(false);
      this.#fit();
    }
    this.field.lang = found.language;
    this.translateButton.hidden = !canTranslate(found);
    this.translateButton.title = t("Translate into {language}", { language: languageName(found.language) });
    replace(this.canned, found.canned.map((reply) => h("li", null,
      h("button", { type: "button", on: { click: () => this.insert(reply.text) } },
        h("strong", null, reply.title), h("span", { class: "muted", lang: found.language }, reply.text)))));
    this.#showConveys(found.cases.filter((one) => one.waits_to_be_told));
  }

  focus() {
    this.field.focus();
  }

  /** Put a text where the cursor is. @param {string} text */
  insert(text) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    const gap = from > 0 && !/\s$/.test(value.slice(0, from)) ? " " : "";
    this.field.setRangeText(gap + text, from, to, "end");
    this.toggleCanned(false);
    this.field.focus();
    this.#typed();
  }

  /** @param {boolean} [show] */
  toggleCanned(show = this.canned.hidden) {
    this.canned.hidden = !show;
    this.cannedButton.setAttribute("aria-expanded", String(show));
    if (show) this.canned.querySelector("button")?.focus();
  }

  /** Put what was written into the customer's language, to be read before it is sent. */
  async #translate() {
    const text = this.field.value.trim();
    if (!text) return this.field.focus();
    this.translateButton.disabled = true;
    try {
      const found = await translateDraft(text, this.field.lang);
      if (this.field.value.trim() === text) this.field.value = found;
      this.#typed();
    } catch (error) {
      toast(errorText(error, t), { kind: "red" });
    }
    this.translateButton.disabled = false;
    this.field.focus();
  }

  #showConveys(cases) {
    const same = [...this.conveys.querySelectorAll("input")].map((box) => box.value).join() === cases.map((one) => one.reference).join();
    if (same) return;
    replace(this.conveys, cases.map((one) => h("label", { class: "note amber" },
      h("input", { type: "checkbox", value: one.reference, checked: true }),
      h("span", null, t("With this reply the customer learns what became of case {reference}", { reference: one.reference })))));
  }

  #send() {
    const text = this.field.value.trim();
    if (!text) return;
    const conveys = [...this.conveys.querySelectorAll("input:checked")].map((box) => box.value);
    this.field.value = "";
    drafts.set(this.id, "");
    this.#fit();
    this.#typing(false);
    this.actions.send(text, conveys);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.canned.hidden) {
      this.field.blur();
      this.actions.leave();
    }
  }

  /** @param {KeyboardEvent} event */
  #cannedKey(event) {
    if (this.canned.hidden) return;
    const buttons = [...this.canned.querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      this.toggleCanned(false);
      this.field.focus();
    } else if (step && at >= 0) buttons[(at + step + buttons.length) % buttons.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #typed() {
    drafts.set(this.id, this.field.value);
    this.#fit();
    const left = MOST_CHARACTERS - this.field.value.length;
    this.left.textContent = left < 300 ? t("{n} characters left", { n: left }) : "";
    if (!this.field.value) this.#typing(false);
    else if (Date.now() - this.typedAt > TYPING_EVERY_MS) this.#typing(true);
  }

  /** @param {boolean} on */
  #typing(on) {
    if (!on && !this.typedAt) return;
    this.typedAt = on ? Date.now() : 0;
    this.actions.typing(on);
  }

  /** As high as the text, within the limits of the style sheet. */
  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + this.field.offsetHeight - this.field.clientHeight}px`;
  }
}
