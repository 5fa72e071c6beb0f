/** What a list shows while it loads, when it is empty, and when it could not be read. */

import { errorText } from "../api.js";
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "./words.js";

/** @param {HTMLElement} root */
export function showLoading(root, rows = 4) {
  const row = () => h("div", { class: "row-skeleton" }, h("div", { class: "skeleton" }), h("div", { class: "skeleton short" }));
  root.setAttribute("aria-busy", "true");
  replace(root, h("p", { class: "visually-hidden" }, t("Loading…")), Array.from({ length: rows }, row));
}

/** @param {HTMLElement} root @param {unknown} error @param {() => void} retry */
export function showError(root, error, retry) {
  root.setAttribute("aria-busy", "false");
  const again = h("button", { type: "button", class: "button", on: { click: retry } }, icon("retry"), t("Try again"));
  replace(root, h("div", { class: "state error", role: "alert" }, icon("warning"), h("p", null, errorText(error, t)), again));
}

/** Nothing there: what that means. @param {string} iconName @param {string} text @param {string} [more] */
export function emptyState(iconName, text, more) {
  return h("div", { class: "state" }, icon(/** @type {any} */ (iconName)), h("p", null, h("strong", null, text)), more && h("p", null, more));
}

/** A product in one line: its picture, its title, a link to its page. @param {any} product */
export function productLine(product, ...more) {
  return h("div", { class: "product-line" },
    product.image && h("img", { src: product.image, alt: "", width: 56, height: 56, loading: "lazy" }),
    h("div", null, h("strong", { class: "product-title" }, product.title), more,
      product.url && h("a", { class: "page-link", href: product.url, target: "_blank", rel: "noopener" }, t("Product page"), icon("external"))));
}
