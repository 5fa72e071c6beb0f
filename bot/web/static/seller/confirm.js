/** The step before an answer goes out: the value it needs, and in plain words what the customer will be told. */

import { ApiError, errorText, post } from "../api.js";
import { formatDate, h, money, replace } from "../dom.js";
import { icon } from "../icons.js";
import { howItIsShown } from "./answer.js";
import { languageName, locale, t } from "./words.js";

const NOTE_CHARACTERS = 4000;

/**
 * Ask, send, and resolve with the server's answer {result, case}; null when the seller changed their mind. What goes
 * wrong is told in the dialog, and sending again is the same answer (`client_id`), not a second one.
 * @param {any} found the case
 * @param {{title: string, told: {customer: string, seller: string}, needs: string[], text?: string, withNote?: boolean, body: any}} what
 * @returns {Promise<{result: string, case: any} | null>}
 */
export function confirmAnswer(found, what) {
  return new Promise((resolve) => new Confirmation(found, what, resolve));
}

class Confirmation {
  constructor(found, what, resolve) {
    this.found = found;
    this.what = what;
    this.attempt = { content: "", id: "" };
    this.done = null;
    this.amount = what.needs.includes("amount_cents") ? this.#amountField() : null;
    this.date = what.needs.includes("date") ? this.#dateField() : null;
    this.note = what.withNote ? h("textarea", { class: "input", id: "confirm-note", rows: 2, maxlength: NOTE_CHARACTERS, on: { input: () => this.#preview() } }) : null;
    this.preview = h("div", { class: "preview", "aria-live": "polite" });
    this.problem = h("p", { class: "note red", role: "alert", hidden: true });
    this.submit = h("button", { class: "button primary", form: "confirm-form" }, this.#late() ? t("Send late answer") : t("Send answer"));
    this.dialog = this.#dialog();
    this.#preview();
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      resolve(this.done);
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    (this.amount ?? this.date ?? this.submit).focus();
  }

  #late() {
    return this.found.standing === "late";
  }

  #dialog() {
    const close = () => this.dialog.close();
    return h("dialog", { class: "dialog confirm", "aria-labelledby": "confirm-title" },
      h("header", null, h("h2", { id: "confirm-title" }, this.what.title),
        h("button", { type: "button", class: "icon-button", "aria-label": t("Close this window"), on: { click: close } }, icon("close"))),
      h("form", { class: "content stack", id: "confirm-form", novalidate: true, on: { submit: (event) => (event.preventDefault(), this.#send()) } },
        this.amount && field("confirm-amount", t("Amount the customer gets back, in euros"), this.amount, t("More than nothing, less than {whole}.", { whole: money(this.found.whole_cents ?? 0, locale) })),
        this.date && field("confirm-date", t("Arrives by"), this.date, t("Within the next 90 days.")),
        this.preview,
        this.note && h("details", null, h("summary", null, icon("chevron-right"), t("Add a note in your own words")),
          h("div", { class: "field" }, h("label", { class: "visually-hidden", for: "confirm-note" }, t("Add a note in your own words")), this.note,
            h("p", { class: "hint" }, howItIsShown(this.found.told_in)))),
        this.problem),
      h("footer", null, h("button", { type: "button", class: "button quiet", on: { click: close } }, t("Back")), this.submit));
  }

  #amountField() {
    return h("input", { class: "input numbers", id: "confirm-amount", inputmode: "decimal", autocomplete: "off", required: true, maxlength: 12,
      "aria-describedby": "confirm-amount-hint", on: { input: () => this.#typed() } });
  }

  #dateField() {
    const { first, last } = this.found.dates;
    return h("input", { class: "input", id: "confirm-date", type: "date", min: first, max: last, required: true,
      "aria-describedby": "confirm-date-hint", on: { input: () => this.#typed() } });
  }

  /** What the customer will read, in their language and, where that is another one, in the seller's. */
  #preview() {
    const { told, text } = this.what;
    const language = this.found.told_in;
    const other = language !== locale;
    if (this.#late()) {
      replace(this.preview, h("p", { class: "note amber" }, icon("info"),
        t("The time is over. Your answer is kept and marked as late; our decision stands unless our team changes it.")), this.#quotation());
    } else if (text && other) { // how they read it depends on the language it is written in
      replace(this.preview, h("p", { class: "preview-title" }, t("Your answer")), this.#quotation(), h("p", { class: "hint" }, howItIsShown(language)));
    } else {
      replace(this.preview,
        h("p", { class: "preview-title" }, other ? t("The customer reads, in {language}:", { language: languageName(language) }) : t("The customer reads:")),
        h("div", { class: "bubble" }, h("p", { lang: language }, this.#filled(told.customer, language)), !other && this.#quotation()),
        other && h("p", { class: "muted small" }, t("In your language:"), " ", this.#filled(told.seller, locale)));
    }
  }

  /** The seller's own words. */
  #quotation() {
    const text = this.what.text ?? this.note?.value.trim();
    return text ? h("blockquote", { class: "words own" }, text) : null;
  }

  /** A value was typed: what was wrong with it is no longer said. */
  #typed() {
    this.#tell("");
    for (const input of [this.amount, this.date]) input?.removeAttribute("aria-invalid");
    this.#preview();
  }

  /** @param {string} sentence @param {string} language */
  #filled(sentence, language) {
    const cents = this.amount && centsOf(this.amount.value);
    return sentence
      .replace("{amount}", cents ? money(cents, language) : "…")
      .replace("{date}", this.date?.value ? formatDate(`${this.date.value}T12:00:00Z`, language) : "…");
  }

  /** The answer's body, or null when a value is missing; then the field says so. */
  #body() {
    const body = { ...this.what.body };
    const note = this.note?.value.trim();
    if (note) body.text = note;
    if (this.amount) {
      const cents = centsOf(this.amount.value);
      const whole = this.found.whole_cents ?? 0;
      if (!cents || cents >= whole) return this.#refuse(this.amount, t("Please give an amount between 0.01 and less than {whole}.", { whole: money(whole, locale) }));
      body.amount_cents = cents;
    }
    if (this.date) {
      const { first, last } = this.found.dates;
      if (!this.date.value || this.date.value < first || this.date.value > last) return this.#refuse(this.date, t("Please give a day within the next 90 days."));
      body.date = this.date.value;
    }
    return body;
  }

  /** @param {HTMLInputElement} input @param {string} text */
  #refuse(input, text) {
    input.setAttribute("aria-invalid", "true");
    this.#tell(text);
    input.focus();
    return null;
  }

  #tell(text) {
    replace(this.problem, icon("warning"), h("span", null, text));
    this.problem.hidden = !text;
  }

  async #send() {
    if (this.submit.getAttribute("aria-busy") === "true") return;
    const body = this.#body();
    if (!body) return;
    const content = JSON.stringify(body);
    if (content !== this.attempt.content) this.attempt = { content, id: newId() };
    this.submit.setAttribute("aria-busy", "true");
    this.#tell("");
    try {
      this.done = await post(`/api/v1/seller/cases/${encodeURIComponent(this.found.reference)}/answer`, { ...body, client_id: this.attempt.id });
      this.dialog.close();
    } catch (error) {
      const reasons = error instanceof ApiError ? Object.values(error.fields) : [];
      this.#tell(reasons[0] ?? errorText(error, t));
    } finally {
      this.submit.removeAttribute("aria-busy");
    }
  }
}

function field(id, label, input, hint) {
  return h("div", { class: "field" }, h("label", { for: id }, label), input, h("p", { class: "hint", id: `${id}-hint` }, hint));
}

/** Euro cents of "12,50", "12.5" or "12"; null for anything else. @param {string} text */
export function centsOf(text) {
  const match = /^\s*(\d{1,7})(?:[.,](\d{1,2}))?\s*€?\s*$/.exec(text);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
