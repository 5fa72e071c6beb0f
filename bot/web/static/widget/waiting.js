/** While a person is waited for: place and time, kept true; where nobody is there, until when, and what can be left. */

import { errorText } from "../api.js";
import { formatDateTime, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { queueText } from "./entries.js";

/** The server tells places by itself every half minute; where it is not heard (sockets are blocked), it is asked. */
const LOOK_AFTER_MS = 45_000;

/** Why a conversation waits when the answer comes another way: by mail, by telephone. No place in the queue is told then. */
const ANOTHER_WAY = ["request_email", "request_callback"];

export class WaitingView {
  /**
   * @param {(path: string, options?: object) => Promise<any>} call
   * @param {(text: string) => void} announce says something to those who listen
   */
  constructor(call, announce) {
    this.call = call;
    this.announce = announce;
    this.line = h("p", { class: "small" });
    this.form = h("form", { class: "waiting-form", novalidate: true, hidden: true, on: { submit: (event) => this.#leave(event) } });
    this.element = h("div", { class: "waiting" }, this.line, this.form);
    this.timer = 0;
  }

  /**
   * @param {import("./cards.js").Scene} scene
   * @param {string} [reason] why a person was asked for, when that is new
   */
  start(scene, reason) {
    this.scene = scene;
    if (reason !== undefined) Object.assign(this, { reason, heard: "" });
    this.shows = "";
    /** Until it is known whether there is an address, none is asked for. */
    this.found = { has_address: true };
    const { t } = scene;
    this.address = h("input", { id: "puente-address", class: "input", type: "email", autocomplete: "email", maxlength: 254 });
    this.problem = h("p", { class: "small problem", role: "alert" });
    replace(this.form, h("label", { for: "puente-address", class: "small" }, t("Leave your mail address and we answer there, too:")),
      h("div", { class: "row" }, this.address, h("button", { class: "button small" }, t("Leave it"))), this.problem);
    this.#look();
    this.#lookLater();
  }

  /** The server has told how it stands now. @param {object} place */
  hear(place) {
    this.#draw(place);
    this.#lookLater();
  }

  stop() {
    clearInterval(this.timer);
  }

  #lookLater() {
    this.stop();
    this.timer = setInterval(() => document.visibilityState === "visible" && this.#look(), LOOK_AFTER_MS);
  }

  async #look() {
    try {
      this.#draw(await this.call("waiting"));
    } catch {
      // the next look says it
    }
  }

  #draw(news) {
    const found = (this.found = { ...this.found, ...news });
    const shows = JSON.stringify(found);
    if (shows === this.shows) return;
    this.shows = shows;
    const { t } = this.scene;
    const inQueue = found.staffed && !ANOTHER_WAY.includes(this.reason);
    const place = inQueue ? queueText(found.position, found.eta_minutes, t) : "";
    const text = this.#says(found, place);
    replace(this.line, icon("clock"), text);
    const heard = inQueue ? String(found.position) : text;
    if (heard !== this.heard) this.announce(place || text);
    this.heard = heard;
    const offers = !found.has_address;
    if (this.form.hidden === offers) this.form.hidden = !offers;
  }

  /** What is true now: they are called or written to, somebody is there, somebody comes back today, or only later. */
  #says({ staffed, open, opens_at }, place) {
    const { t, locale } = this.scene;
    if (ANOTHER_WAY.includes(this.reason))
      return t("You can go on writing here: whoever takes care of it reads it.");
    if (staffed) return `${t("A person of our team will answer you here.")} ${place}`;
    if (open)
      return t("Nobody of our team is in the chat at this moment. We answer you here as soon as somebody is back.");
    const call = t("If you would rather be called, write your number and when it suits you.");
    const moment = opens_at && formatDateTime(opens_at, locale);
    const when = moment
      ? t("Nobody is here right now. Write what it is about; we answer from {moment}.", { moment })
      : t("Nobody is here right now. Write what it is about, and we answer.");
    return `${when} ${call}`;
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
