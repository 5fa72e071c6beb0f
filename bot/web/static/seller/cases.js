/** The list of cases: groups with their counts, rows by time left, more on demand. */

import { errorText, get } from "../api.js";
import { h, replace, timeElement, toast } from "../dom.js";
import { icon } from "../icons.js";
import { emptyState, showError, showLoading } from "./states.js";
import { languageBadge, locale, setServerTime, t, timeLeft } from "./words.js";

const GROUPS = [
  { name: "open", label: t("Open"), empty: [t("No open cases."), t("You have answered everything. New cases show up here by themselves.")] },
  { name: "soon", label: t("Time running out"), empty: [t("Nothing is urgent."), t("No open case has less than six hours left.")] },
  { name: "expired", label: t("Expired cases"), empty: [t("No expired cases."), t("You have answered every case in time.")] },
  { name: "answered", label: t("Answered cases"), empty: [t("No answered cases yet."), ""] },
  { name: "all", label: t("All"), empty: [t("No cases yet."), t("When a customer needs something only you can say or do, the case shows up here.")] },
];
const PER_PAGE = 50;

export class CaseList {
  /** @param {HTMLElement} root @param {{open: (reference: string) => void, onCounts: (counts: any) => void, onError: (error: any) => boolean}} actions */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.group = "open";
    this.openReference = "";
    /** @type {any[]} */
    this.cases = [];
    this.next = null;
    this.counts = null;
    this.reading = 0;
    this.filters = h("div", { class: "filters", role: "group", "aria-label": t("Which cases") });
    this.body = h("div", { class: "rows-place" });
    replace(root, this.filters, this.body);
    this.#showFilters();
    showLoading(this.body);
  }

  /** Read the first pages again, as many rows as are shown. */
  async read() {
    const ticket = ++this.reading;
    const group = this.group;
    const limit = Math.min(100, Math.max(PER_PAGE, this.cases.length));
    try {
      const found = await get(`/api/v1/seller/cases?state=${group}&limit=${limit}`);
      if (ticket !== this.reading) return;
      const rest = this.cases.length > limit && found.next ? this.#rest(found) : { cases: [], next: found.next };
      this.#take(found, [...found.cases, ...rest.cases], rest.next);
    } catch (error) {
      if (ticket !== this.reading || this.actions.onError(error)) return;
      if (!this.loaded) showError(this.body, error, () => this.#choose(group));
    }
  }

  /** Rows that were read on demand stay, unless they came up among the first. */
  #rest(found) {
    const known = new Set(found.cases.map((one) => one.reference));
    const last = this.cases.findIndex((one) => one.reference === found.cases.at(-1)?.reference);
    const kept = last < 0 ? [] : this.cases.slice(last + 1).filter((one) => !known.has(one.reference));
    return kept.length ? { cases: kept, next: this.next } : { cases: [], next: found.next };
  }

  async #more() {
    const ticket = this.reading;
    const button = this.body.querySelector(".more");
    button?.setAttribute("aria-busy", "true");
    try {
      const found = await get(`/api/v1/seller/cases?state=${this.group}&limit=${PER_PAGE}&after=${encodeURIComponent(this.next)}`);
      if (ticket === this.reading) this.#take(found, [...this.cases, ...found.cases], found.next);
    } catch (error) {
      button?.removeAttribute("aria-busy");
      if (!this.actions.onError(error)) toast(errorText(error, t), { kind: "red" });
    }
  }

  #take(found, cases, next) {
    setServerTime(found.now);
    this.cases = cases;
    this.next = next;
    this.counts = found.counts;
    this.loaded = true;
    this.actions.onCounts(found.counts);
    this.#showFilters();
    this.#showRows();
  }

  /** @param {string} group */
  #choose(group) {
    this.group = group;
    this.cases = [];
    this.loaded = false;
    this.#showFilters();
    showLoading(this.body);
    this.read();
  }

  /** Mark the case that is open. @param {string} reference */
  markOpen(reference) {
    this.openReference = reference;
    for (const row of this.rows()) row.setAttribute("aria-current", String(row.dataset.reference === reference));
  }

  /** The most urgent open case beside this one, to go on with. @param {string} reference */
  nextAfter(reference) {
    return this.cases.find((one) => one.group === "open" && one.reference !== reference)?.reference ?? null;
  }

  /** @returns {HTMLElement[]} */
  rows() {
    return [...this.body.querySelectorAll("[data-reference]")];
  }

  /** Move the focus through the rows; from nowhere it starts at the open one. @param {1 | -1} step */
  move(step) {
    const rows = this.rows();
    if (!rows.length) return;
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const from = at >= 0 ? at : rows.findIndex((row) => row.dataset.reference === this.openReference);
    rows[from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step))].focus();
  }

  #showFilters() {
    const focused = this.filters.contains(document.activeElement);
    replace(this.filters, GROUPS.map(({ name, label }) => {
      const count = this.counts?.[name];
      const tone = !count ? "" : name === "soon" ? "amber" : name === "expired" ? "red" : "";
      return h("button", { type: "button", class: `filter ${tone}`, "aria-pressed": String(name === this.group), on: { click: () => this.#choose(name) } },
        label, count === undefined ? null : h("span", { class: "count" }, count));
    }));
    if (focused) /** @type {HTMLElement} */ (this.filters.querySelector("[aria-pressed='true']")).focus();
  }

  #showRows() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.("[data-reference]");
    const reference = this.body.contains(focused) ? focused.dataset.reference : "";
    this.body.setAttribute("aria-busy", "false");
    if (!this.cases.length) {
      const [text, more] = GROUPS.find(({ name }) => name === this.group).empty;
      replace(this.body, emptyState(this.group === "open" || this.group === "soon" ? "checks" : "case", text, more));
      return;
    }
    replace(this.body, h("ul", { class: "rows" }, this.cases.map((one) => h("li", null, this.#row(one)))),
      this.next && h("button", { type: "button", class: "button more", on: { click: () => this.#more() } }, t("Show more cases")));
    if (reference) /** @type {HTMLElement | null} */ (this.body.querySelector(`[data-reference="${CSS.escape(reference)}"]`))?.focus({ preventScroll: true });
  }

  #row(one) {
    const attrs = {
      href: `/seller/cases/${one.reference}`,
      class: "case-row",
      dataset: { reference: one.reference },
      "aria-current": String(one.reference === this.openReference),
      on: { click: (event) => this.#follow(event, one.reference) },
    };
    return h("a", attrs,
      h("span", { class: "line" }, stateBadge(one), h("span", { class: "reference numbers" }, one.reference)),
      h("span", { class: "line main-line" },
        one.product?.image && h("img", { src: one.product.image, alt: "", width: 44, height: 44, loading: "lazy" }),
        h("span", { class: "what" }, h("strong", null, one.title), one.product && h("span", { class: "product muted" }, one.product.title))),
      h("span", { class: "line excerpt-line muted" }, languageBadge(one.language), h("q", { class: "excerpt", lang: one.language }, one.excerpt)),
      outcomeOf(one));
  }

  /** @param {MouseEvent} event @param {string} reference */
  #follow(event, reference) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.actions.open(reference);
  }
}

/** How a case stands: the time left while it is open, else how it ended. @param {any} one */
export function stateBadge(one) {
  if (one.group === "open") return timeLeft(one);
  if (one.group === "expired") {
    return [h("span", { class: "badge red" }, icon("warning"), t("Expired")), one.late && h("span", { class: "badge" }, t("Answered late"))];
  }
  return h("span", { class: "badge accent" }, icon("check"), t("Answered"));
}

/** One line on how it ended, and when. */
function outcomeOf(one) {
  const at = one.group === "answered" ? one.answered_at : one.decided_at;
  if (one.group === "open" || !at) return null;
  const how = one.resolution_label ?? (one.no_reply_needed ? t("No reply needed") : t("Answered in writing"));
  const text = one.group === "expired" ? t("Our decision: {decision}", { decision: how }) : how;
  return h("span", { class: "line outcome" }, h("span", null, text), h("span", { class: "muted when" }, timeElement(at, locale)));
}
