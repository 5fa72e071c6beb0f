/** What product pages did not answer: the pages that customers asked most about come first (R16). */

import { get } from "../api.js";
import { h, replace, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { emptyState, productLine, showError, showLoading } from "./states.js";
import { languageBadge, locale, setServerTime, t } from "./words.js";

const SHOWN_AT_ONCE = 5;

export class GapList {
  /** @param {HTMLElement} root @param {(error: any) => boolean} onError handles what is common to all calls */
  constructor(root, onError) {
    this.root = root;
    this.onError = onError;
    this.shown = "";
  }

  open() {
    this.shown = "";
    showLoading(this.root);
    return this.read();
  }

  async read() {
    try {
      const found = await get("/api/v1/seller/pages");
      setServerTime(found.now);
      this.#show(found);
    } catch (error) {
      if (!this.onError(error) && !this.shown) showError(this.root, error, () => this.open());
    }
  }

  #show(found) {
    const content = JSON.stringify(found.products);
    if (content === this.shown) return;
    this.shown = content;
    this.root.setAttribute("aria-busy", "false");
    const intro = h("header", { class: "intro" }, h("h2", null, t("What your product pages do not say")),
      h("p", { class: "muted" }, t("Questions of the last {days} days that a product page did not answer. Put the answer on the page, and customers get it at once, without a case.", { days: found.days })));
    if (!found.products.length) return replace(this.root, intro, emptyState("store", t("Your product pages have answered everything."), ""));
    const left = found.total - found.products.length;
    replace(this.root, intro, h("ul", { class: "cards" }, found.products.map((one) => h("li", { class: "card padded" }, page(one)))),
      left > 0 && h("p", { class: "muted" }, t("{count} further pages have open questions.", { count: left })));
  }
}

function page(one) {
  const first = one.questions.slice(0, SHOWN_AT_ONCE);
  const rest = one.questions.slice(SHOWN_AT_ONCE);
  return [
    productLine(one, h("span", { class: "badge amber" }, one.count === 1 ? t("1 open question") : t("{count} open questions", { count: one.count }))),
    h("ul", { class: "questions" }, first.map(question)),
    rest.length > 0 && h("details", null, h("summary", null, icon("chevron-right"), t("Show all")), h("ul", { class: "questions" }, rest.map(question))),
  ];
}

function question(one) {
  return h("li", null, languageBadge(one.language), h("q", { lang: one.language }, one.text),
    one.times > 1 && h("span", { class: "badge", title: t("Asked {count} times", { count: one.times }) }, `× ${one.times}`),
    h("span", { class: "muted small when" }, timeElement(one.last_asked_at, locale)));
}
