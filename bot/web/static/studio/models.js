/** The models: train with live progress, compare, put in use, go back. */

import { del, get, post } from "../api.js";
import { h, replace, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { comparisonCard } from "./comparison.js";
import { empty, failed, loading, say, sentence } from "./states.js";

const API = "/api/v1/studio";
const POLL_MS = 1000;
const IDLE_MS = 10_000;
const LANGUAGES = ["es", "de"];

export class ModelsPart {
  /** @param {HTMLElement} root @param {import("./studio.js").Shared} shared @param {{dot: HTMLElement}} places */
  constructor(root, shared, { dot }) {
    Object.assign(this, { root, shared, dot, timer: 0, shown: false, compared: null, comparison: undefined });
    /** @type {any} */
    this.state = null;
    this.training = h("div");
    this.rest = h("div", { class: "stack wide" });
    replace(root, h("div", { class: "models" }, this.training, this.rest));
    this.follow();
  }

  async show() {
    this.shown = true;
    const { t, locale } = this.shared;
    if (!this.state) replace(this.rest, loading(t("Loading")));
    try {
      this.state = await get(`${API}/models`, { locale });
      this.showTraining(this.state.training);
      this.render();
      if (this.comparison === undefined) this.compareNewest();
    } catch (error) {
      if (!this.state) replace(this.rest, failed(error, t, () => this.show()));
    }
  }

  hide() {
    this.shown = false;
  }

  /** Follow a training that runs, whoever started it. */
  async follow() {
    clearTimeout(this.timer);
    let running = false;
    try {
      const before = this.now?.state;
      const state = await get(`${API}/training`, { locale: this.shared.locale });
      running = state.state === "running";
      this.showTraining(state);
      if (before === "running" && !running) {
        this.comparison = undefined;
        if (this.shown) this.show();
      }
    } catch {
      // the next look tells; what is shown stays
    }
    this.timer = setTimeout(() => this.follow(), running ? POLL_MS : IDLE_MS);
  }

  showTraining(state) {
    const { t, locale } = this.shared;
    const same = JSON.stringify(state) === JSON.stringify(this.now);
    this.now = state;
    const running = state.state === "running";
    this.dot.hidden = !running;
    if (same && this.training.firstChild) return;
    const told = {
      idle: null,
      running: h("div", { class: "stack", role: "status" },
        h("progress", { max: 100, value: state.percent, "aria-label": t("Progress of the training") }),
        h("p", { class: "row apart" }, h("span", null, t(`stage.${state.stage}`)), h("span", { class: "numbers" }, `${state.percent} %`)),
        h("p", { class: "muted small" }, state.by, " · ", state.started_at && timeElement(state.started_at, locale))),
      done: h("p", { class: "note" }, icon("check"), t("The model {name} is trained. Compare it below, then put it in use.", { name: state.model })),
      failed: h("p", { class: "note red", role: "alert" }, icon("warning"), state.message),
      killed: h("p", { class: "note amber" }, icon("warning"), t("The last training was ended before it was finished. Nothing has changed.")),
    };
    replace(this.training, h("section", { class: "card padded stack" },
      h("div", { class: "row apart" },
        h("div", null, h("h2", null, t("Training")), h("p", { class: "muted" }, t("Learns from all examples as they stand now. The chat goes on meanwhile."))),
        running
          ? h("button", { type: "button", class: "button", on: { click: () => this.stop() } }, icon("close"), t("Stop the training"))
          : h("button", { type: "button", class: "button primary", id: "train", on: { click: () => this.train() } }, icon("play"), t("Train a new model"))),
      told[state.state]));
  }

  train() {
    return this.change(async (options) => this.showTraining(await post(`${API}/training`, {}, options)));
  }

  stop() {
    return this.change(async (options) => this.showTraining(await del(`${API}/training`, options)));
  }

  use(name) {
    const { t } = this.shared;
    return this.change(async (options) => {
      await post(`${API}/models/${encodeURIComponent(name)}/use`, {}, options);
      say(t("{name} answers from now on.", { name }));
    });
  }

  back() {
    const { t } = this.shared;
    return this.change(async (options) => {
      const { in_use: now } = await post(`${API}/models/go-back`, {}, options);
      say(t("{name} answers from now on.", { name: now.model }));
    });
  }

  async change(work) {
    try {
      await work({ locale: this.shared.locale });
    } catch (error) {
      say(sentence(error, this.shared.t), { kind: "red" });
    }
    this.comparison = undefined;
    await this.show();
    this.follow();
  }

  /** What a trainer wants to know first: is the newest model better than the one in use? */
  compareNewest() {
    const candidate = this.state.models.find((model) => model.name !== this.state.in_use?.model && model.scores);
    this.comparison = null;
    if (this.state.in_use && candidate) this.compare(candidate.name);
  }

  async compare(name) {
    try {
      const { comparison } = await get(`${API}/models/${encodeURIComponent(name)}/comparison`, { locale: this.shared.locale });
      this.comparison = comparison ?? { candidate: name, none: true };
      this.render();
    } catch (error) {
      say(sentence(error, this.shared.t), { kind: "red" });
    }
  }

  render() {
    replace(this.rest, this.inUse(), this.comparison && comparisonCard(this.comparison, this.shared, { onUse: (name) => this.use(name) }),
      this.table(), this.history());
    clearTimeout(this.loadTimer);
    if (this.isBeingLoaded()) this.loadTimer = setTimeout(() => this.shown && this.show(), POLL_MS);
  }

  /** Whether the server still answers with the model before. */
  isBeingLoaded() {
    const { in_use: pointer, serving } = this.state;
    return Boolean(pointer) && !serving?.startsWith(pointer.model);
  }

  inUse() {
    const { t, locale } = this.shared;
    const pointer = this.state.in_use;
    if (!pointer) return h("section", { class: "card padded" }, empty("info", t("No model has been put in use yet."), t("The newest one answers until you choose.")));
    return h("section", { class: "card padded row apart" },
      h("div", null, h("p", { class: "muted small" }, t("In use")), h("h2", null, pointer.model),
        h("p", { class: "muted" }, pointer.by, " · ", timeElement(pointer.since, locale), this.isBeingLoaded() && h("span", { class: "badge amber" }, t("being loaded")))),
      pointer.previous && h("button", { type: "button", class: "button", on: { click: () => this.back() } }, icon("return"), t("Go back to {name}", { name: pointer.previous })));
  }

  table() {
    const { t } = this.shared;
    if (!this.state.models.length) return empty("box", t("There is no model yet."), t("Train one: it takes a minute or two."));
    const heads = [t("Model"), t("Trained"), t("Examples"), t("Macro F1, es"), t("Macro F1, de"), ""];
    return h("section", { class: "card" }, h("h2", { class: "card-title" }, t("All models")), h("div", { class: "scroll", tabindex: "0" },
      h("table", { class: "table" }, h("thead", null, h("tr", null, heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td"))))),
        h("tbody", null, this.state.models.map((model) => this.row(model))))));
  }

  row(model) {
    const { t, locale, percent } = this.shared;
    const used = model.name === this.state.in_use?.model;
    const score = (language) => h("td", { class: "numbers" }, model.scores?.[language]?.macro_f1 != null ? percent(model.scores[language].macro_f1, 1) : "–");
    const number = new Intl.NumberFormat(locale);
    return h("tr", null,
      h("td", null, h("strong", null, model.name), " ", used && h("span", { class: "badge accent" }, t("in use"))),
      h("td", null, timeElement(model.trained_at, locale), model.trained_by && h("div", { class: "muted small" }, model.trained_by,
        model.seconds && ` · ${t("{seconds} s", { seconds: number.format(Math.round(model.seconds)) })}`)),
      h("td", { class: "numbers" }, model.examples ? LANGUAGES.map((one) => h("div", null, `${one} ${number.format(model.examples[one])}`)) : "–"),
      score("es"), score("de"),
      h("td", null, !used && h("div", { class: "row end" },
        this.state.in_use && model.scores && h("button", { type: "button", class: "button small", on: { click: () => this.compare(model.name) } }, t("Compare")),
        h("button", { type: "button", class: "button small", on: { click: () => this.use(model.name) } }, t("Put in use")))));
  }

  history() {
    const { t, locale } = this.shared;
    if (!this.state.history.length) return null;
    return h("section", { class: "card padded stack" }, h("h2", null, t("History")), h("ol", { class: "history" }, this.state.history.map((move) =>
      h("li", null, timeElement(move.since, locale), h("span", null, t("{by} put {name} in use", { by: move.by, name: move.model }))))));
  }
}
