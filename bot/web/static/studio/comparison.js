/** A candidate against the model in use: figures per language, and what it would fix and break. */

import { h } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {any} comparison answer of the server, or {candidate, none: true} when there is nothing to compare
 * @param {import("./studio.js").Shared} shared
 * @param {{onUse: (name: string) => void}} calls
 */
export function comparisonCard(comparison, shared, { onUse }) {
  const { t } = shared;
  const title = h("h2", null, t("{candidate} against {current}", { candidate: comparison.candidate, current: comparison.current ?? t("the model in use") }));
  if (comparison.none) {
    return h("section", { class: "card padded stack" }, title, h("p", { class: "note" }, icon("info"),
      t("One of the two was trained without figures (outside the studio), so they cannot be compared.")));
  }
  const { fixed, broken, added, removed } = comparison;
  const worse = broken.count > fixed.count;
  return h("section", { class: "card padded stack", id: "comparison" },
    h("div", { class: "row apart" }, title,
      h("button", { type: "button", class: `button ${worse ? "" : "primary"}`, on: { click: () => onUse(comparison.candidate) } }, icon("check"), t("Put {name} in use", { name: comparison.candidate }))),
    worse && h("p", { class: "note amber" }, icon("warning"), t("It breaks more than it fixes. Look at the list before you put it in use.")),
    h("div", { class: "scroll" }, figures(comparison, shared)),
    h("p", { class: "small muted" }, t("{added} new examples, of which {right} would be understood unseen; {removed} taken out.", {
      added: added.count, right: added.right, removed: removed.count })),
    changes(t("Fixed"), fixed, shared, "accent"), changes(t("Broken"), broken, shared, "red"),
    h("details", { class: "small" }, h("summary", null, t("How is this measured?")), h("p", { class: "muted" },
      t("At its training every model was also cross-validated: the examples are split into five parts, and each part is read by a classifier that learned only from the other four. The comparison uses the examples both models were trained with, so neither has an advantage from having seen them. Macro F1 is the mean over all reasons, whether frequent or rare."))));
}

function figures({ languages }, { t, percent, locale }) {
  const names = { es: "Español", de: "Deutsch" };
  const signed = new Intl.NumberFormat(locale, { signDisplay: "exceptZero", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const cell = (value) => h("td", { class: "numbers" }, value == null ? "–" : percent(value, 1));
  const change = (one, name) => {
    if (one.candidate[name] == null || one.current[name] == null) return h("td", null, "–");
    const points = (share) => Math.round(share * 1000); // of what is shown, so that the columns add up
    const delta = (points(one.candidate[name]) - points(one.current[name])) / 10;
    const kind = delta > 0 ? "accent" : delta < 0 ? "red" : "";
    return h("td", { class: "numbers" }, h("span", { class: `badge ${kind}` }, signed.format(delta)));
  };
  const row = (code, one, name, label, first) => h("tr", null,
    first && h("th", { scope: "rowgroup", rowspan: 2 }, names[code], h("div", { class: "muted small numbers" }, t("{count} examples", { count: new Intl.NumberFormat(locale).format(one.examples) }))),
    h("td", null, label), cell(one.current[name]), cell(one.candidate[name]), change(one, name));
  return h("table", { class: "table figures" },
    h("thead", null, h("tr", null, ["", "", t("in use"), t("new"), t("change in points")].map((head) => (head ? h("th", { scope: "col" }, head) : h("td"))))),
    h("tbody", null, Object.entries(languages).map(([code, one]) => [
      row(code, one, "macro_f1", t("Macro F1"), true), row(code, one, "accuracy", t("Accuracy"), false)])));
}

function changes(label, { count, examples }, { t, reason }, kind) {
  const item = (one) => h("li", null, h("span", { class: "badge" }, one.language), h("div", null,
    h("p", { lang: one.language }, one.text),
    h("p", { class: "small muted" }, t("{before} → {after}; meant is {intent}", { before: reason(one.before), after: reason(one.after), intent: reason(one.intent) }))));
  return h("details", { class: "changes" },
    h("summary", null, label, " ", h("span", { class: `badge ${count ? kind : ""}` }, count)),
    count ? h("ul", null, examples.map(item)) : h("p", { class: "muted" }, t("None.")),
    count > examples.length && h("p", { class: "muted small" }, t("The first {count} are shown.", { count: examples.length })));
}
