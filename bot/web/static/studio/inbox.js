/** The inbox: one row per text the bot was unsure of; one key says what it means. */

import { get, post } from "../api.js";
import { h, noteServerTime, replace, timeElement } from "../dom.js";
import { messageDetail } from "./message.js";
import { empty, failed, loading, say, sentence } from "./states.js";

const API = "/api/v1/studio/inbox";
const REFRESH_MS = 20_000;

export class InboxPart {
  /** @param {HTMLElement} root @param {import("./studio.js").Shared} shared @param {{count: HTMLElement}} places */
  constructor(root, shared, { count }) {
    Object.assign(this, { root, shared, count, selected: null, language: "", busy: false, timer: 0, detail: null });
    /** @type {any[] | null} */
    this.messages = null;
    this.open = { es: 0, de: 0 };
    this.list = h("div", { class: "split-list" });
    this.pane = h("div", { class: "split-detail", tabindex: "-1" });
    replace(root, this.list, this.pane);
    this.load(); // for the count, whichever part is shown first
  }

  show() {
    clearInterval(this.timer);
    this.timer = setInterval(() => document.visibilityState === "visible" && !this.busy && this.load(), REFRESH_MS);
    this.load();
  }

  hide() {
    clearInterval(this.timer);
  }

  async load() {
    const { t } = this.shared;
    if (!this.messages) replace(this.list, loading(t("Loading")));
    try {
      const answer = await get(this.language ? `${API}?language=${this.language}` : API, { locale: this.shared.locale });
      this.messages = answer.messages;
      this.open = answer.open;
    } catch (error) {
      if (!this.messages) replace(this.list, failed(error, t, () => this.load()));
      return;
    }
    for (const message of this.messages) noteServerTime(message.last_seen_at);
    if (!this.messages.some((message) => message.id === this.selected?.id)) this.select(this.messages[0] ?? null, { open: false });
    else this.render();
  }

  /** @param {any} message @param {{open?: boolean}} [options] `open`: on a phone, go to the message */
  select(message, { open = true } = {}) {
    this.selected = message;
    this.detail = message && messageDetail(message, this.shared, {
      onPick: (intent, text) => this.correct(message, intent, text),
      onSkip: () => this.skip(message),
      onBack: () => this.close(),
    });
    replace(this.pane, this.detail?.element);
    this.root.classList.toggle("open", Boolean(message) && (open || this.root.classList.contains("open")));
    this.render();
  }

  /** On a phone: back to the list. */
  close() {
    this.root.classList.remove("open");
    this.list.querySelector('[aria-current="true"]')?.focus();
  }

  render() {
    const { t } = this.shared;
    const total = this.open.es + this.open.de;
    this.count.hidden = !total;
    replace(this.count, total);
    const rows = this.messages?.length
      ? h("ul", { class: "rows" }, this.messages.map((message) => h("li", null, this.row(message))))
      : empty("check", t("Nothing is waiting."), t("Messages the bot is unsure of appear here."));
    replace(this.list, this.filter(total), rows);
    this.root.classList.toggle("nothing", !this.messages?.length);
  }

  filter(total) {
    const { t } = this.shared;
    const choices = [["", t("All"), total], ["es", "Español", this.open.es], ["de", "Deutsch", this.open.de]];
    return h("div", { class: "segments", role: "group", "aria-label": t("Language") }, choices.map(([language, label, count]) =>
      h("button", { type: "button", "aria-pressed": String(language === this.language), on: { click: () => this.only(language) } },
        label, h("span", { class: "numbers muted" }, count))));
  }

  only(language) {
    this.language = language;
    this.load();
  }

  row(message) {
    const { locale, percent, reason, t } = this.shared;
    return h("button", {
      type: "button", class: "row-button", "aria-current": String(message.id === this.selected?.id),
      on: { click: () => this.select(message) },
    },
      h("span", { class: "row-text", lang: message.language }, message.text),
      h("span", { class: "row-facts" },
        h("span", { class: "badge" }, message.language),
        h("span", null, reason(message.intent), " ", h("span", { class: "numbers" }, percent(message.confidence))),
        message.count > 1 && h("span", { class: "badge amber", title: t("So often it was written") }, `× ${message.count}`),
        timeElement(message.last_seen_at, locale)));
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something here */
  key(event) {
    const message = this.selected;
    if (event.key === "j" || event.key === "ArrowDown") return this.move(1);
    if (event.key === "k" || event.key === "ArrowUp") return this.move(-1);
    if (!message) return false;
    if (event.key === "s") return this.skip(message), true;
    if (event.key === "o") return this.detail.pick("out_of_scope"), true;
    if (event.key === "e") return this.detail.edit(), true;
    if (event.key === "/") return this.detail.search(), true;
    const chosen = this.detail.choices[Number(event.key) - 1];
    return chosen ? (this.detail.pick(chosen), true) : false;
  }

  move(step) {
    const index = this.messages?.findIndex((message) => message.id === this.selected?.id) ?? -1;
    const next = this.messages?.[index + step];
    if (next) {
      this.select(next);
      this.list.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
    }
    return true;
  }

  correct(message, intent, text) {
    const { locale, reason, t } = this.shared;
    return this.handle(message, async () => {
      const written = await post(`${API}/${message.id}/correct`, { intent, ...(text && { text }) }, { locale });
      const where = { reason: reason(intent), file: written.file, line: written.line };
      say(written.added ? t("{reason}: written to {file}, line {line}.", where) : t("{reason}: it stands in {file} already, line {line}.", where));
    });
  }

  skip(message) {
    return this.handle(message, async () => {
      await post(`${API}/${message.id}/skip`, {}, { locale: this.shared.locale });
      say(this.shared.t("Skipped."));
    });
  }

  /** Do something that takes the message out of the inbox, and go on to the next one. */
  async handle(message, work) {
    if (this.busy) return;
    this.busy = true;
    this.pane.setAttribute("aria-busy", "true");
    try {
      await work();
      this.drop(message);
    } catch (error) {
      say(sentence(error, this.shared.t), { kind: "red" });
      if (error.code === "already_handled") this.drop(message);
    } finally {
      this.busy = false;
      this.pane.removeAttribute("aria-busy");
    }
  }

  drop(message) {
    const index = this.messages.findIndex((one) => one.id === message.id);
    this.messages = this.messages.filter((one) => one.id !== message.id);
    this.open[message.language] = Math.max(0, this.open[message.language] - 1);
    this.select(this.messages[Math.min(index, this.messages.length - 1)] ?? null, { open: false });
  }
}
