/** The examples: how many each reason has in each language, and where they stand. */

import { get, post } from "../api.js";
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { annotated, empty, failed, loading, say, sentence } from "./states.js";

const API = "/api/v1/studio/examples";
const FEW = 15;
const LANGUAGES = [["es", "Español"], ["de", "Deutsch"]];

export class ExamplesPart {
  /** @param {HTMLElement} root @param {import("./studio.js").Shared} shared */
  constructor(root, shared) {
    Object.assign(this, { root, shared, selected: null, wanted: "" });
    /** @type {any[] | null} */
    this.intents = null;
    this.table = h("div", { class: "table-place" });
    const search = h("input", { class: "input", type: "search", placeholder: shared.t("Search a reason"), "aria-label": shared.t("Search a reason"),
      on: { input: (event) => { this.wanted = event.target.value.toLowerCase(); this.render(); } } });
    this.list = h("div", { class: "split-list" }, h("div", { class: "list-head" }, search), this.table);
    this.pane = h("div", { class: "split-detail", tabindex: "-1" });
    replace(root, this.list, this.pane);
  }

  async show() {
    const { t, locale } = this.shared;
    if (!this.intents) replace(this.table, loading(t("Loading")));
    try {
      this.intents = (await get(API, { locale })).intents;
      this.render();
      if (!this.selected) replace(this.pane, empty("tag", t("Choose a reason to see its examples.")));
    } catch (error) {
      replace(this.table, failed(error, t, () => this.show()));
    }
  }

  hide() {}

  render() {
    const { t, reason } = this.shared;
    const fits = (one) => `${reason(one.intent)} ${one.intent}`.toLowerCase().includes(this.wanted);
    const shown = (this.intents ?? []).filter(fits);
    const sum = (language) => shown.reduce((total, one) => total + one.counts[language], 0);
    const count = (one, language) => h("td", { class: "numbers" }, one.counts[language] < FEW
      ? h("span", { class: "badge amber", title: t("Fewer than {count} examples", { count: FEW }) }, one.counts[language])
      : one.counts[language]);
    const row = (one) => h("tr", { class: one.intent === this.selected ? "selected" : "" },
      h("td", null, h("button", { type: "button", class: "link-button", "aria-current": String(one.intent === this.selected), on: { click: () => this.open(one.intent) } },
        reason(one.intent), h("code", null, one.intent))),
      count(one, "es"), count(one, "de"));
    replace(this.table, shown.length ? h("table", { class: "table" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("Reason")), LANGUAGES.map(([code, name]) =>
        h("th", { scope: "col", class: "numbers" }, h("abbr", { title: name }, code), " ", h("span", { class: "muted" }, new Intl.NumberFormat(this.shared.locale).format(sum(code))))))),
      h("tbody", null, shown.map(row))) : empty("search", t("No reason fits.")));
  }

  async open(intent) {
    const { t, locale } = this.shared;
    this.selected = intent;
    this.root.classList.add("open");
    this.render();
    replace(this.pane, loading(t("Loading")));
    try {
      const { examples } = await get(`${API}/${encodeURIComponent(intent)}`, { locale });
      if (this.selected === intent) this.showExamples(intent, examples);
    } catch (error) {
      replace(this.pane, failed(error, t, () => this.open(intent)));
    }
  }

  showExamples(intent, examples) {
    const { t, reason } = this.shared;
    const back = () => { this.root.classList.remove("open"); };
    replace(this.pane, h("article", { class: "detail" },
      h("button", { type: "button", class: "button quiet small back", on: { click: back } }, icon("chevron-left"), t("Back to the list")),
      h("header", null, h("h2", null, reason(intent)), h("code", { class: "muted" }, intent)),
      this.form(intent),
      LANGUAGES.map(([code, name]) => block(name, code, examples.filter((example) => example.language === code), t))));
    this.pane.scrollTop = 0;
  }

  form(intent) {
    const { t, locale } = this.shared;
    const language = h("select", { class: "input", "aria-label": t("Language") }, LANGUAGES.map(([code, name]) => h("option", { value: code, selected: code === locale }, name)));
    const text = h("input", { class: "input", maxlength: "1000", required: true, placeholder: t("A new example"), "aria-label": t("A new example"), autocomplete: "off" });
    const add = async (event) => {
      event.preventDefault();
      try {
        const written = await post(API, { intent, language: language.value, text: text.value }, { locale });
        const where = { file: written.file, line: written.line };
        say(written.added ? t("Written to {file}, line {line}.", where) : t("It stands in {file} already, line {line}.", where));
        await Promise.all([this.open(intent), this.show()]);
      } catch (error) {
        say(sentence(error, t), { kind: "red" });
      }
    };
    return h("form", { class: "add-form", on: { submit: add } }, language, text, h("button", { class: "button" }, icon("plus"), t("Add")));
  }
}

/** The examples of one language, by file. */
function block(name, language, examples, t) {
  const files = new Map();
  for (const example of examples) files.set(example.file, [...(files.get(example.file) ?? []), example]);
  return h("section", { class: "stack" },
    h("h3", null, name, " ", h("span", { class: "muted numbers" }, examples.length)),
    examples.length === 0 && h("p", { class: "muted" }, t("No examples yet.")),
    [...files].map(([file, own]) => [
      h("p", { class: "file" }, h("code", null, file)),
      h("ol", { class: "lines", lang: language }, own.map((example) =>
        h("li", null, h("span", { class: "line-number numbers", title: t("Line") }, example.line), h("span", null, annotated(example.text))))),
    ]));
}
