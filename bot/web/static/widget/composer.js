/** Where the customer writes: Enter sends, Shift+Enter begins a new line, a counter near the limit. */

import { h, named, replace } from "../dom.js";
import { icon } from "../icons.js";

export const MOST_CHARACTERS = 4000;
const COUNT_FROM = 3600;

export class Composer {
  /** @param {{send: (text: string) => void, changed: (text: string) => void}} actions */
  constructor({ send, changed }) {
    this.actions = { send, changed };
    this.label = h("label", { class: "visually-hidden", for: "puente-text" });
    this.text = h("textarea", {
      id: "puente-text",
      class: "composer-text",
      rows: 1,
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "puente-counter",
      on: { input: () => this.#changed(), keydown: (event) => this.#key(event) },
    });
    this.counter = h("p", { id: "puente-counter", class: "counter numbers", hidden: true });
    this.button = h("button", { type: "submit", class: "icon-button send", disabled: true }, icon("send"));
    const submit = (event) => (event.preventDefault(), this.#send());
    this.element = h(
      "form",
      { class: "composer", novalidate: true, on: { submit } },
      this.label,
      h("div", { class: "composer-row" }, this.text, this.button),
      this.counter,
    );
  }

  /** @param {(msgid: string, values?: object) => string} t */
  setTexts(t) {
    this.t = t;
    replace(this.label, t("Your message"));
    this.text.placeholder = t("Write your message…");
    named(this.button, t("Send"));
    this.#count();
  }

  /** @param {string} text */
  fill(text) {
    this.text.value = text;
    this.#changed();
  }

  focus() {
    this.text.focus();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #changed() {
    this.#count();
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
    this.actions.changed(this.text.value);
  }

  #count() {
    const length = [...this.text.value].length;
    const over = length > MOST_CHARACTERS;
    this.button.disabled = over || !this.text.value.trim();
    this.counter.hidden = length < COUNT_FROM;
    this.counter.classList.toggle("over", over);
    this.text.setAttribute("aria-invalid", String(over));
    if (length < COUNT_FROM) return this.counter.replaceChildren();
    const left = MOST_CHARACTERS - length;
    replace(
      this.counter,
      over
        ? this.t("{count} characters too many. Please send it in two messages.", { count: -left })
        : this.t("{count} characters left", { count: left }),
    );
  }

  #send() {
    if (this.button.disabled) return this.focus();
    const text = this.text.value.trim();
    this.fill("");
    this.actions.send(text);
  }
}
