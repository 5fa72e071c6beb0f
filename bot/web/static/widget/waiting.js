/** While a person is waited for: place and time, kept true; where nobody is there, until when, and an address to leave. */

import { errorText } from "../api.js";
import { formatDateTime, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { queueText } from "./entries.js";

const LOOK_EVERY_MS = 15_000;

export class WaitingView {
  /** @param {(path: string, options?: object) => Promise<any>} call */
  constructor(call) {
    this.call = call;
    this.line = h("p", { class: "small" });
    this.form = h("form", { class: "waiting-form", novalidate: true, hidden: true, on: { submit: (event) => this.#leave(event) } });
    this.element = h("div", { class: "waiting" }, this.line, this.form);
    this.timer = 0;
  }

  /** @param {import("./cards.js").Scene} scene */
  start(scene) {
    this.stop();
    this.scene = scene;
    this.shows = "";
    const { t } = scene;
    this.address = h("input", { id: "puente-address", class: "input", type: "email", autocomplete: "email", maxlength: 254 });
    this.problem = h("p", { class: "small problem", role: "alert" });
    replace(this.form, h("label", { for: "puente-address", class: "small" }, t("Leave your mail address and we answer there, too:")),
      h("div", { class: "row" }, this.address, h("button", { class: "button small" }, t("Leave it"))), this.problem);
    this.#look();
    this.timer = setInterval(() => document.visibilityState === "visible" && this.#look(), LOOK_EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
  }

  async #look() {
    try {
      this.#draw(await this.call("waiting"));
    } catch {
      // the next look says it
    }
  }

  #draw(found) {
    const shows = JSON.stringify(found);
    if (shows === this.shows) return;
    this.shows = shows;
    const { t, locale } = this.scene;
    const when = found.opens_at && formatDateTime(found.opens_at, locale);
    const text = found.open
      ? `${t("A person will be with you soon.")} ${queueText(found.position, found.eta_minutes, t)}`
      : when
        ? t("Nobody is here right now. Write what it is about; we answer from {moment}.", { moment: when })
        : t("Nobody is here right now. Write what it is about, and we answer.");
    replace(this.line, icon("clock"), text);
    const offers = !found.has_address;
    if (this.form.hidden === offers) this.form.hidden = !offers;
  }

  async #leave(event) {
    event.preventDefault();
    const address = this.address.value.trim();
    if (!address) return this.address.focus();
    try {
      await this.call("mail", { method: "PUT", body: { address } });
      this.#look();
    } catch (error) {
      replace(this.problem, errorText(error, this.scene.t));
    }
  }
}
