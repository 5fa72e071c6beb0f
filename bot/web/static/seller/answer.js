/** Answering a case: a resolution, the seller's own text, or "no reply needed"; each is confirmed before it is sent. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { confirmAnswer } from "./confirm.js";
import { languageName, locale, t } from "./words.js";

const MAX_CHARACTERS = 4000;

export class AnswerForm {
  /** @param {{answered: (result: string, found: any) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.found = null;
    this.element = h("section", { class: "block answer", "aria-labelledby": "answer-title" });
    this.counter = h("span", { class: "muted small numbers", "aria-hidden": "true" });
    this.field = h("textarea", { class: "input", id: "answer-text", rows: 4, maxlength: MAX_CHARACTERS, "aria-describedby": "answer-hint",
      on: { input: () => this.#typed(), keydown: (event) => this.#key(event) } });
    this.send = h("button", { class: "button" }, icon("send"), t("Answer with this text"));
  }

  /** The form for a case as it stands; empty when there is nothing to answer any more. @param {any} found */
  show(found) {
    if (this.found?.reference !== found.reference) this.field.value = recall(found.reference);
    this.found = found;
    this.#typed();
    if (found.standing === "over") return replace(this.element);
    const late = found.standing === "late";
    const content = [this.#resolutions(), this.#text(), this.#noReply()];
    return replace(this.element,
      late ? h("details", null, h("summary", null, icon("chevron-right"), h("h3", { id: "answer-title" }, found.late ? t("Answer once more") : t("Answer late"))),
        h("p", { class: "note amber small" }, icon("info"), t("The time is over. Your answer is kept and marked as late; our decision stands unless our team changes it.")), content)
        : [h("h3", { id: "answer-title" }, icon("edit"), t("Your answer")), content]);
  }

  isFocused() {
    return document.activeElement === this.field;
  }

  focus() {
    const folded = this.element.querySelector("details");
    if (folded) folded.open = true;
    if (this.field.isConnected) this.field.focus();
  }

  /** Choose the resolution with this number, as on its button. @param {number} number */
  choose(number) {
    const choice = this.found?.standing !== "over" && this.element.isConnected && this.found?.resolutions[number - 1];
    if (choice) this.#confirmResolution(choice);
  }

  #resolutions() {
    const { resolutions } = this.found;
    if (!resolutions.length) return null;
    return h("div", { class: "resolutions", role: "group", "aria-label": t("Resolutions") }, resolutions.map((choice, index) =>
      h("button", { type: "button", class: "button resolution", on: { click: () => this.#confirmResolution(choice) } },
        h("span", null, choice.label), index < 9 && h("kbd", { "aria-hidden": "true" }, index + 1))));
  }

  #text() {
    return h("form", { class: "field own-text", on: { submit: (event) => (event.preventDefault(), this.#confirmText()) } },
      h("label", { for: "answer-text" }, this.found.resolutions.length ? t("Or in your own words") : t("In your own words")),
      this.field,
      h("p", { class: "hint", id: "answer-hint" }, howItIsShown(this.found.told_in)),
      h("div", { class: "row apart" }, this.send, this.counter));
  }

  #noReply() {
    return h("p", { class: "no-reply" }, h("button", { type: "button", class: "button quiet", on: { click: () => this.#confirmNoReply() } }, t("No reply needed")),
      h("span", { class: "muted small" }, t("when nothing is left to answer; it is recorded with your name.")));
  }

  #confirmResolution(choice) {
    this.#confirm({ title: choice.label, told: choice.told, needs: choice.needs, withNote: true, body: { resolution: choice.name } });
  }

  #confirmText() {
    const text = this.field.value.trim();
    if (!text) return this.field.focus();
    this.#confirm({ title: t("Answer with this text"), told: this.found.in_own_words, text, body: { text } });
  }

  #confirmNoReply() {
    this.#confirm({ title: t("No reply needed"), told: this.found.no_reply, body: { no_reply_needed: true } });
  }

  async #confirm(what) {
    if (document.querySelector("dialog[open]")) return;
    const found = this.found;
    const done = await confirmAnswer(found, { needs: [], ...what });
    if (!done) return;
    forget(found.reference);
    if (this.found === found || this.found?.reference === found.reference) {
      this.field.value = "";
      this.actions.answered(done.result, done.case);
    }
  }

  #typed() {
    const { length } = this.field.value;
    this.counter.textContent = length > MAX_CHARACTERS * 0.8 ? `${length} / ${MAX_CHARACTERS}` : "";
    this.send.disabled = !this.field.value.trim();
    if (this.found) remember(this.found.reference, this.field.value);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#confirmText();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.field.blur();
    }
  }
}

/** How a seller's own words reach the customer. @param {string} language the customer's */
export function howItIsShown(language) {
  const name = languageName(language);
  return language === locale
    ? t("The customer reads your text in chat, marked as a quotation.")
    : t("The customer reads {language}. A text in {language} is shown to them as your quotation; a text in another language is conveyed by a colleague of customer service.", { language: name });
}

const key = (reference) => `case-answer:${reference}`;

/** What was begun survives a reload of the page. */
function recall(reference) {
  try {
    return sessionStorage.getItem(key(reference)) ?? "";
  } catch {
    return "";
  }
}

function remember(reference, text) {
  try {
    if (text) sessionStorage.setItem(key(reference), text);
    else sessionStorage.removeItem(key(reference));
  } catch {
    // no storage: the text lives as long as the page
  }
}

const forget = (reference) => remember(reference, "");
