/** Files the customer is about to send: uploaded at once, shown as chips, kept over a reload once they are up. */

import { errorText } from "../api.js";
import { button, h, named, replace } from "../dom.js";
import { icon } from "../icons.js";

export const MOST = 5;
const LARGEST = 10 * 1024 * 1024;
const KINDS = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "application/pdf"];

/** @typedef {{key: string, name: string, state: "up" | "ready" | "failed", error?: string, sent?: any}} Chosen */

export class Files {
  /**
   * @param {{call: (path: string, options: object) => Promise<any>, storage: import("./storage.js").Storage,
   *   element: HTMLElement, onChange: () => void}} options `call`: something of the conversation, which is begun
   *   if there is none
   */
  constructor({ call, storage, element, onChange }) {
    Object.assign(this, { call, storage, element, onChange });
    /** @type {Chosen[]} */
    this.chosen = JSON.parse(storage.getOfTab("files") ?? "[]");
  }

  /** Whether something is not up yet, or could not be taken. */
  get isBusy() {
    return this.chosen.some(({ state }) => state !== "ready");
  }

  /** What was uploaded, as it stands in messages; the list is empty afterwards. */
  take() {
    const sent = this.chosen.map((one) => one.sent);
    this.#change([]);
    return sent;
  }

  /** @param {Iterable<File>} files @param {(msgid: string, values?: object) => string} t */
  add(files, t) {
    this.t = t;
    for (const file of [...files].slice(0, MOST - this.chosen.length)) {
      const one = { key: crypto.getRandomValues(new Uint32Array(4)).join("-"), name: file.name, file };
      const error = this.#refusal(file);
      this.#change([...this.chosen, { ...one, state: error ? "failed" : "up", error }]);
      if (!error) this.#upload(one);
    }
  }

  /** @param {(msgid: string, values?: object) => string} t */
  draw(t) {
    this.t = t;
    this.element.hidden = this.chosen.length === 0;
    replace(this.element, this.chosen.map((one) => this.#chip(one)));
  }

  /** What can be said without asking the server; whether the content is what it claims to be, it says itself. */
  #refusal(file) {
    if (file.size > LARGEST) return this.t("The file is too large: at most {megabytes} MB.", { megabytes: 10 });
    if (file.type && !KINDS.includes(file.type)) return this.t("Only photos and PDF files can be sent.");
    return undefined;
  }

  async #upload({ key, name, file }) {
    try {
      const query = new URLSearchParams({ client_id: key, name: name || "foto" });
      const sent = await this.call(`attachments?${query}`, { method: "POST", body: file, timeout: 120 });
      this.#mark(key, { state: "ready", name: sent.name, sent });
    } catch (error) {
      this.#mark(key, { state: "failed", error: errorText(error, this.t), again: error?.isPassing });
    }
  }

  #chip(one) {
    const { t } = this;
    const state = { up: t("Uploading…"), ready: "", failed: one.error }[one.state];
    return h(
      "li",
      { class: `file ${one.state}` },
      icon({ up: "clock", ready: "check", failed: "warning" }[one.state]),
      h("span", null, one.name, state && h("span", { class: "small muted" }, " ", state)),
      one.again && button("link-button", () => this.#again(one), t("Try again")),
      named(button("icon-button", () => this.#remove(one.key), icon("close")), t("Remove {name}", { name: one.name })),
    );
  }

  #again(one) {
    this.#mark(one.key, { state: "up", error: undefined, again: false });
    this.#upload(one);
  }

  #remove(key) {
    this.#change(this.chosen.filter((one) => one.key !== key));
  }

  #mark(key, change) {
    this.#change(this.chosen.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  #change(chosen) {
    this.chosen = chosen;
    const kept = chosen.filter(({ state }) => state === "ready").map(({ file, ...one }) => one);
    this.storage.setOfTab("files", kept.length ? JSON.stringify(kept) : null);
    this.draw(this.t ?? String);
    this.onChange();
  }
}
