/** One case: what is asked, in whose words, about which order line; how it may be answered; what happened. */

import { formatDate, h, money, replace, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { AnswerForm } from "./answer.js";
import { stateBadge } from "./cases.js";
import { emptyState, productLine, showError, showLoading } from "./states.js";
import { exactly, languageName, locale, t } from "./words.js";

export class CasePane {
  /**
   * @param {HTMLElement} root
   * @param {{back: () => void, next: () => void, answered: (result: string, found: any) => void, retry: () => void}} actions
   */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.form = new AnswerForm({ answered: (result, found) => this.#answered(result, found) });
    this.clear();
  }

  clear() {
    this.shown = "";
    this.reference = "";
    replace(this.root, emptyState("case", t("Choose a case"), t("j and k move through the list, Enter opens.")));
  }

  showLoading() {
    this.shown = "";
    showLoading(this.root, 5);
  }

  showError(error) {
    this.shown = "";
    showError(this.root, error, this.actions.retry);
    if (this.root.querySelector(".state")) this.root.prepend(this.#backButton());
  }

  /** Show a case, or what is new about it; `result` is set right after an answer. @param {any} found @param {string} [result] */
  show(found, result = "") {
    const content = JSON.stringify({ ...found, now: "" });
    if (!result && content === this.shown) return;
    const again = found.reference === this.reference;
    const scrolled = again ? this.root.scrollTop : 0;
    const writing = again && this.form.isFocused();
    const thanks = result ? confirmation(result, found, this.actions.next) : again ? this.thanks : null;
    this.thanks = thanks;
    this.shown = content;
    this.reference = found.reference;
    this.root.setAttribute("aria-busy", "false");
    replace(this.root, h("article", { class: "case" },
      this.#head(found), thanks, ending(found, Boolean(thanks)), words(found), about(found), lookedUp(found), this.form.show(found), history(found.history)));
    this.root.scrollTop = result ? 0 : scrolled;
    if (writing) this.form.focus();
    if (result) /** @type {HTMLElement} */ (thanks).focus();
  }

  /** @param {string} result @param {any} found */
  #answered(result, found) {
    this.show(found, result);
    this.actions.answered(result, found);
  }

  #backButton() {
    return h("button", { type: "button", class: "button quiet back", on: { click: this.actions.back } }, icon("chevron-left"), t("All cases"));
  }

  #head(found) {
    const open = found.group === "open";
    return h("header", { class: "case-head" }, this.#backButton(),
      h("div", { class: "row" }, stateBadge(found), h("span", { class: "reference numbers" }, found.reference), h("span", { class: "muted" }, found.title)),
      h("h2", { class: "ask", tabindex: -1 }, found.asks),
      h("p", { class: "muted small" }, t("Asked"), " ", timeElement(found.opened_at, locale),
        open && [" · ", t("your time ends on {moment}", { moment: exactly(found.answer_by) })]));
  }
}

function section(title, iconName, ...content) {
  return h("section", { class: "block" }, h("h3", null, icon(iconName), title), content);
}

function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.map(({ label, value }) => h("div", null, h("dt", null, label), h("dd", null, value))));
}

function words(found) {
  const { text, language } = found.words;
  return section(t("In the customer's own words"), "quote",
    h("blockquote", { class: "words", lang: language }, text),
    h("p", { class: "muted small" }, t("Original in {language}; contact data is hidden.", { language: languageName(language) })),
    found.details.length > 0 && facts(found.details),
    found.files.length > 0 && h("ul", { class: "evidence", role: "list" }, found.files.map((file) => h("li", null, evidence(file, found.reference)))));
}

/** A file of the customer's; opened in a tab of its own. */
function evidence(file, reference) {
  const href = `/api/v1/seller/cases/${encodeURIComponent(reference)}/attachments/${encodeURIComponent(file.id)}`;
  const shown = file.preview ? h("img", { src: `${href}?preview=1`, alt: "", loading: "lazy" }) : icon("attach");
  return h("a", { href, target: "_blank", rel: "noopener" }, shown, " ", file.name);
}

function about(found) {
  const { product, line } = found;
  if (!product && !line) return null;
  return section(line ? t("The order line") : t("The product"), "box",
    h("div", { class: "card padded line-card" },
      product && productLine(product, line && h("span", { class: "badge accent" }, line.state_label)),
      line && facts(line.facts)));
}

function lookedUp(found) {
  if (!found.looked_up.length) return null;
  return section(t("What we have looked up already"), "search", facts(found.looked_up));
}

/** How the case ended: the seller's answer, or our decision with its reason. @param {any} found */
function ending(found, justAnswered) {
  const { decision, answer } = found;
  if (decision) {
    return h("div", { class: "note red ending" }, icon("warning"), h("div", null,
      h("p", null, h("strong", null, t("You did not answer in time, so we decided: {decision}", { decision: decision.resolution_label }))),
      decision.because && h("p", null, t("The reason: {reason}", { reason: decision.because })),
      h("p", { class: "small" }, found.told_at ? t("The customer has been told.") : t("A colleague of customer service will tell the customer."), " (",
        timeElement(decision.at, locale), ")")));
  }
  if (!answer || justAnswered) return null;
  return h("div", { class: "note ending" }, icon("check"), h("div", null,
    h("p", null, h("strong", null, t("Your answer")), " ", timeElement(answer.at, locale), answer.by && ` · ${answer.by}`),
    said(answer),
    h("p", { class: "small muted" }, found.told_at ? t("The customer has been told.") : t("A colleague of customer service is passing it on to the customer."))));
}

/** What an answer or a decision said. @param {any} event */
function said(event) {
  return [
    event.resolution_label && h("p", null, event.resolution_label, amountOf(event), event.date && ` · ${formatDate(`${event.date}T12:00:00Z`, locale)}`),
    event.no_reply_needed && h("p", null, t("No reply needed")),
    event.text && h("blockquote", { class: "words own" }, event.text),
  ];
}

function amountOf(event) {
  return event.amount_cents && event.type !== "decided" ? ` · ${money(event.amount_cents, locale)}` : "";
}

/** The calm confirmation after an answer. @param {string} result @param {any} found @param {() => void} next */
function confirmation(result, found, next) {
  const late = result === "late";
  const text = late
    ? t("Your answer came after the time was over. It is kept and marked as late; our decision stands unless our team changes it.")
    : found.told_at ? t("The customer can read it now, in their language.") : t("A colleague of customer service passes it on to the customer in their language.");
  return h("div", { class: `note thanks ${late ? "amber" : "good"}`, role: "status", tabindex: -1 }, icon("check"), h("div", null,
    h("p", null, h("strong", null, late ? t("Your late answer is kept") : t("Thank you, your answer has been sent"))),
    h("p", null, text),
    h("p", { class: "row" }, h("button", { type: "button", class: "button small", on: { click: next } }, t("Next open case"), icon("chevron-right")))));
}

/** @type {Record<string, string>} */
const EVENTS = {
  opened: t("The case was opened"),
  answered: t("You answered"),
  late_answer: t("You answered late"),
  expired: t("The time was over"),
  decided: t("We decided"),
  conveyed: t("A colleague passed the answer on to the customer"),
  closed: t("The case was closed"),
  facts: t("The customer added something"),
  evidence: t("The customer sent files"),
  withdrawn: t("The customer withdrew the case"),
  objected: t("The customer objected to the end"),
};

function history(events) {
  return h("section", { class: "block" }, h("details", null, h("summary", null, icon("chevron-right"), h("h3", null, t("History"), " ", h("span", { class: "count" }, events.length))),
    h("ol", { class: "history" }, events.map((event) => h("li", null,
      h("p", null, h("strong", null, EVENTS[event.type] ?? event.type), " ", h("span", { class: "muted" }, exactly(event.at), event.by && ` · ${event.by}`)),
      said(event), event.because && h("p", { class: "muted" }, event.because))))));
}
