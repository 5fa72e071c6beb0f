/** Where the customer writes: Enter sends, Shift+Enter begins a new line, a counter near the limit. */

import { button, h, named, replace } from "../dom.js";
import { icon } from "../icons.js";

export const MOST_CHARACTERS = 4000;
const COUNT_FROM = 3600;

export class Composer {
  /**
   * @param {{send: (text: string) => void, changed: (text: string) => void, files: (files: FileList) =>
   *   void}} actions `files`: some were chosen, pasted or taken
   */
  constructor({ send, changed, files }) {
    this.actions = { send, changed, files };
    /** What goes with the message: how many files, and whether one of them is not up yet. */
    this.attached = { count: 0, isBusy: false };
    this.files = h("ul", { class: "files", role: "list", hidden: true });
    this.picker = this.#fileInput({ accept: "image/jpeg,image/png,image/webp,image/heic,application/pdf", multiple: true });
    this.camera = this.#fileInput({ accept: "image/*", capture: "environment" });
    this.attaching = button("icon-button", () => this.picker.click(), icon("attach"));
    this.taking = button("icon-button camera", () => this.camera.click(), icon("camera"));
    this.label = h("label", { class: "visually-hidden", for: "puente-text" });
    this.text = h("textarea", {
      id: "puente-text",
      class: "composer-text",
      rows: 1,
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "puente-counter",
      on: {
        input: () => this.#changed(),
        keydown: (event) => this.#key(event),
        paste: (event) => this.#pasted(event),
      },
    });
    this.counter = h("p", { id: "puente-counter", class: "counter numbers", hidden: true });
    this.button = h("button", { type: "submit", class: "icon-button send", disabled: true }, icon("send"));
    const submit = (event) => (event.preventDefault(), this.#send());
    this.element = h(
      "form",
      { class: "composer", novalidate: true, on: { submit } },
      this.label,
      this.files,
      h("div", { class: "composer-row" }, this.attaching, this.taking, this.text, this.button),
      this.counter,
      this.picker,
      this.camera,
    );
  }

  /** @param {(msgid: string, values?: object) => string} t */
  setTexts(t) {
    this.t = t;
    replace(this.label, t("Your message"));
    this.text.placeholder = t("Write your message…");
    named(this.button, t("Send"));
    named(this.attaching, t("Add a photo or a file"));
    named(this.taking, t("Take a photo"));
    this.#count();
  }

  /** @param {string} text */
  fill(text) {
    this.text.value = text;
    this.#changed();
  }

  /** @param {{count: number, isBusy: boolean}} attached */
  setAttached(attached) {
    this.attached = attached;
    this.#count();
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
    const { count, isBusy } = this.attached;
    this.button.disabled = over || isBusy || !(count || this.text.value.trim());
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

  #fileInput(attrs) {
    const change = () => {
      this.actions.files(input.files);
      input.value = "";
    };
    const input = h("input", { type: "file", hidden: true, tabindex: -1, "aria-hidden": "true", on: { change }, ...attrs });
    return input;
  }

  /** A screenshot or a copied file is attached; text is pasted as ever. */
  #pasted(event) {
    const { files } = event.clipboardData ?? {};
    if (!files?.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    this.actions.files(files);
  }

  #send() {
    if (this.button.disabled) return this.focus();
    const text = this.text.value.trim();
    this.fill("");
    this.actions.send(text);
  }
}
