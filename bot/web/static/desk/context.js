/** The right pane: all that is known, so that the customer says nothing twice. */

import { errorText } from "../api.js";
import { duration, formatDate, h, money, now, replace, safeUrl, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { callParts } from "./calls.js";
import { languageBadge, locale, t } from "./words.js";

const SOON_MS = 6 * 3_600_000;
const NOTE_CHARACTERS = 2000;

export class ContextPane {
  /**
   * @param {HTMLElement} root
   * @param {{addNote: (text: string) => Promise<boolean>, open: (id: string) => void, insert: (text: string) => void,
   *   askSeller: () => void, decideCase: (reference: string) => void, changeLabels: () => void, correctReason: () => void,
   *   changeCall: (id: number, move: import("./calls.js").CallMove) => void, readAudit: ((id: string) => Promise<any>) | null}} actions
   */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.opened = new Map();
    this.noteField = h("textarea", { class: "input", id: "note", rows: 2, maxlength: NOTE_CHARACTERS, placeholder: t("Only the team sees this…"),
      on: { keydown: (event) => this.#noteKey(event) } });
    this.noteForm = h("form", { class: "stack", on: { submit: (event) => (event.preventDefault(), this.#addNote()) } },
      h("label", { class: "visually-hidden", for: "note" }, t("Write a note")), this.noteField,
      h("button", { class: "button small" }, icon("note"), t("Keep the note")));
    this.notes = h("ul", { class: "notes" });
  }

  clear() {
    replace(this.root);
  }

  showLoading() {
    replace(this.root, [1, 2, 3].map(() => h("div", { class: "context-skeleton" }, h("div", { class: "skeleton short" }), h("div", { class: "skeleton" }))));
  }

  /** @param {any} found the package */
  show(found) {
    const scrolled = this.root.scrollTop;
    if (this.id !== found.conversation_id) this.noteField.value = "";
    this.id = found.conversation_id;
    this.showNotes(found.notes);
    const writing = document.activeElement === this.noteField;
    replace(this.root,
      this.#reason(found),
      found.cases.map((one) => this.#case(one, found.mine)),
      found.callbacks.map((one) => this.#callback(one)),
      this.#customer(found),
      !found.shop_available && h("p", { class: "muted", role: "status" }, t("The shop's data cannot be seen now. What is missing here may exist.")),
      found.order && this.#order(found.order),
      !found.order && found.recent_orders.length > 0 && this.#recentOrders(found.recent_orders),
      found.product && this.#product(found.product),
      found.guided.length > 0 && this.#guided(found.guided, found.language),
      found.mine && (found.order || found.recent_orders.length > 0) && h("div", { class: "block" }, h("button", { type: "button", class: "button small",
        title: `${t("Ask the seller")} (s)`, "aria-keyshortcuts": "s", on: { click: this.actions.askSeller } }, icon("case"), t("Ask the seller"))),
      this.#steps(found.steps),
      section(t("Notes"), "note", [this.notes, this.noteForm]),
      found.others.length > 0 && this.#others(found.others),
      this.actions.readAudit && this.#audit(found.conversation_id));
    this.root.scrollTop = scrolled;
    if (writing) this.noteField.focus({ preventScroll: true });
  }

  /** @param {any[]} notes */
  showNotes(notes) {
    const shown = notes.map((note) => h("li", null, h("p", { class: "text" }, note.text),
      h("p", { class: "muted small" }, note.author, " · ", timeElement(note.created_at, locale))));
    replace(this.notes, shown.length ? shown : h("li", { class: "muted" }, t("No notes yet.")));
  }

  focusNote() {
    this.noteField.scrollIntoView({ block: "center" });
    this.noteField.focus();
  }

  #reason(found) {
    const earlier = found.wishes.filter((wish) => wish.reason !== found.reason && wish.label !== found.handoff_label);
    return section(t("Reason"), "tag", [
      h("p", { class: "headline" }, found.reason_label ?? t("Not known yet")),
      found.handoff_label && found.handoff_label !== found.reason_label && h("p", { class: "muted" }, t("Why a person: {reason}", { reason: found.handoff_label })),
      h("button", { type: "button", class: "button small", title: `${t("Correct the reason")} (e)`, "aria-keyshortcuts": "e", on: { click: this.actions.correctReason } },
        icon("edit"), t("Correct the reason")),
      h("p", { class: "chips" }, found.labels.map((label) => h("span", { class: "badge" }, icon("tag"), label)), " ",
        h("button", { type: "button", class: "button small", title: `${t("Labels")} (l)`, "aria-keyshortcuts": "l", on: { click: this.actions.changeLabels } }, t("Labels"))),
      earlier.length > 0 && h("p", { class: "chips" }, h("span", { class: "muted" }, t("Also asked for:")), " ", earlier.map((wish) => h("span", { class: "badge" }, wish.label))),
    ]);
  }

  #customer(found) {
    const { customer } = found;
    const proof = customer.signed_in ? t("signed in") : customer.order_proven ? t("order proven by e-mail or postal code") : t("not proven who it is");
    return section(t("Customer"), "person", [
      h("p", null, h("strong", null, customer.name ?? customer.first_name), " ", languageBadge(found.language)),
      customer.email && h("p", { class: "muted" }, customer.email),
      found.mail_address && h("p", null, icon("mail"), " ", t("Goes on by mail: {address}", { address: found.mail_address })),
      h("p", null, h("span", { class: `badge ${customer.signed_in || customer.order_proven ? "accent" : "amber"}` }, proof)),
    ]);
  }

  #case(found, mine) {
    const open = found.told_at === null && found.state !== "closed";
    const waitsForSeller = found.state === "opened";
    return section(t("Case {reference}", { reference: found.reference }), "case", [
      h("p", null, h("span", { class: "badge" }, found.state_label), " ", found.reason_label),
      waitsForSeller && this.#clock(t("The seller must answer"), found.answer_by),
      open && this.#clock(t("Promised to the customer"), found.promised_by),
      found.resolution_label && h("p", null, found.resolution_label),
      found.answer_text && h("blockquote", { class: "quote" }, h("p", null, found.answer_text)),
      found.waits_to_be_told && h("p", { class: "note amber" }, icon("info"), t("The customer does not know this yet. Please tell them in their language.")),
      mine && found.state === "decided" && h("button", { type: "button", class: `button small${found.waits_to_be_told ? " primary" : ""}`,
        on: { click: () => this.actions.decideCase(found.reference) } }, icon("check"), t("Decide the case")),
      found.answer_text && found.waits_to_be_told && h("button", { type: "button", class: "button small", on: { click: () => this.actions.insert(found.answer_text) } }, t("Copy into the reply")),
    ]);
  }

  #clock(label, iso) {
    const left = Date.parse(iso) - now();
    const text = left > 0 ? t("{time} left", { time: duration(left, locale) }) : t("overdue since {time}", { time: duration(-left, locale) });
    return h("p", { class: "clock" }, h("span", { class: "muted" }, label), h("span", { class: `badge ${left < SOON_MS ? "amber" : ""}` }, icon("clock"), text));
  }

  #callback(callback) {
    return section(t("Call-back"), "phone", h("div", { class: "callback" }, callParts(callback, { change: this.actions.changeCall })));
  }

  #order(order) {
    const { street, postal_code: code, city } = order.address;
    return section(t("Order"), "box", [
      h("p", null, h("strong", { class: "numbers" }, order.order_id), h("span", { class: "muted" }, " · ", formatDate(order.ordered_at, locale))),
      order.lines.map((line) => this.#line(line)),
      h("p", { class: "muted" }, [street, [code, city].filter(Boolean).join(" "), order.country].filter(Boolean).join(", ")),
    ]);
  }

  #line(line) {
    /** @type {Array<[string, string | null]>} */
    const days = [[t("Promised"), line.promised_at], [t("Shipped"), line.shipped_at], [t("Delivered"), line.delivered_at],
      [t("Return started"), line.return_started_at], [t("Return received"), line.return_received_at], [t("Refunded"), line.refunded_at]];
    const facts = days.filter(([, at]) => at).map(([label, at]) => [label, formatDate(at, locale)]);
    if (line.carrier) facts.push([t("Carrier"), [line.carrier, line.tracking_id].filter(Boolean).join(" · ")]);
    if (line.refund_cents) facts.push([t("Refund"), money(line.refund_cents, locale)]);
    facts.push([t("Sold by"), line.seller ?? "–"], [t("Shipped by"), t(line.fulfilled_by === "seller" ? "the seller" : "the marketplace")]);
    return h("div", { class: `order-line${line.in_question ? " in-question" : ""}` },
      h("p", null, h("strong", null, line.quantity > 1 ? `${line.quantity} × ` : "", line.title)),
      h("p", { class: "row" }, h("span", { class: "badge accent" }, line.state_label), h("span", { class: "numbers" }, money(line.price_cents, locale))),
      definitions(facts));
  }

  #recentOrders(orders) {
    return section(t("Recent orders"), "box", h("ul", { class: "plain" }, orders.map((order) => h("li", null,
      h("strong", { class: "numbers" }, order.order_id), h("span", { class: "muted" }, " · ", formatDate(order.ordered_at, locale)),
      order.lines.map((line) => h("p", null, line.title, " ", h("span", { class: "badge" }, line.state_label)))))));
  }

  #product(product) {
    const lang = product.language;
    const image = safeUrl(product.image);
    return section(t("Product page"), "store", [
      h("div", { class: "mini-card" }, image && h("img", { src: image, alt: "", width: 48, height: 48 }),
        h("div", null, h("strong", { lang }, product.title), h("p", { class: "muted" }, [product.brand, product.seller, money(product.price_cents, locale)].filter(Boolean).join(" · ")))),
      product.passage?.text && h("blockquote", { class: "quote", lang }, h("p", null, product.passage.text), product.passage.source && h("footer", { class: "muted" }, product.passage.source)),
      this.#more("attributes", t("Properties"), h("div", { lang }, definitions(product.attributes.map((one) => [one.name, one.value])))),
      this.#more("box", t("In the box"), h("ul", { lang }, product.box.map((one) => h("li", null, one)))),
      this.#more("questions", t("Questions and answers"), h("div", { lang }, product.questions.map((one) => [h("p", null, h("strong", null, one.question)), h("p", null, one.answer)]))),
      this.#more("description", t("Description"), h("p", { lang }, product.description)),
    ]);
  }

  /** Something to unfold, which stays as the agent left it. */
  #more(key, title, content) {
    const remember = (event) => this.opened.set(key, event.currentTarget.open);
    return h("details", { open: this.opened.get(key), on: { toggle: remember } }, h("summary", null, title), content);
  }

  #steps(steps) {
    if (!steps.length) return section(t("What the bot tried"), "bot", h("p", { class: "muted" }, t("Nothing yet.")));
    return section(t("What the bot tried"), "bot", h("ol", { class: "steps" }, steps.map((step) =>
      h("li", null, h("strong", null, step.label), " ", h("span", { class: "muted" }, `→ ${step.outcome_label} · `, timeElement(step.at, locale))))));
  }

  /** What the customer chose step by step: the path, the way they want to go on, their own words. */
  #guided(list, language) {
    return section(t("Chosen step by step"), "menu", h("ul", { class: "plain guided-choices" }, list.map((one) => h("li", null,
      h("p", null, h("strong", null, one.path.join(" › "))),
      h("p", { class: "muted" }, one.way_label, " · ", timeElement(one.at, locale)),
      one.text && h("p", { class: "text", lang: language }, one.text)))));
  }

  #others(rows) {
    return section(t("Other conversations of this customer"), "chat", h("ul", { class: "plain" }, rows.map((row) => h("li", null,
      h("button", { type: "button", class: "linklike", on: { click: () => this.actions.open(row.conversation_id) } }, row.reason_label ?? t("Without a reason")),
      row.last_text_at && h("span", { class: "muted" }, " · ", timeElement(row.last_text_at, locale)),
      row.last_text && h("p", { class: "excerpt muted", lang: row.language }, row.last_text)))));
  }

  /** For supervisors, read when it is unfolded: who looked, took, wrote. @param {string} id */
  #audit(id) {
    const list = h("ul", { class: "plain" });
    const read = async (event) => {
      if (!event.currentTarget.open) return;
      try {
        const { events } = await this.actions.readAudit(id);
        replace(list, events.map(auditLine));
      } catch (error) {
        replace(list, h("li", { role: "alert" }, errorText(error, t)));
      }
    };
    const title = t("Who did what");
    const shown = this.#more("audit", t("Show"), list);
    shown.addEventListener("toggle", read);
    return section(title, "person", shown);
  }

  /** @param {KeyboardEvent} event */
  #noteKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#addNote();
    } else if (event.key === "Escape") this.noteField.blur();
  }

  async #addNote() {
    const text = this.noteField.value.trim();
    if (!text) return;
    this.noteField.disabled = true;
    if (await this.actions.addNote(text)) this.noteField.value = "";
    this.noteField.disabled = false;
  }
}

function auditLine({ at, label, by, to, seq }) {
  const about = [by ?? t("The clock"), to && `→ ${to}`, seq && t("message {n}", { n: seq })];
  return h("li", null, h("strong", null, label), h("span", { class: "muted" }, ` · ${about.filter(Boolean).join(" · ")} · `, timeElement(at, locale)));
}

function section(title, iconName, content) {
  return h("section", { class: "block" }, h("h3", null, icon(iconName), title), content);
}

function definitions(pairs) {
  return h("dl", { class: "facts" }, pairs.map(([label, value]) => [h("dt", null, label), h("dd", null, value)]));
}
