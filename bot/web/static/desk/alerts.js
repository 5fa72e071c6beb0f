/** Telling an agent who looks elsewhere: a count in the tab's title, and (when asked for) notifications. No sounds. */

import { h, replace, toast } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "./words.js";

const CHOICE = "desk-notify";

export class Alerts {
  /** @param {HTMLButtonElement} button the switch @param {(id: string) => void} open */
  constructor(button, open) {
    this.button = button;
    this.open = open;
    this.title = document.title;
    /** @type {Set<string> | null} who waited when we looked last; null before the first look */
    this.known = null;
    /** @type {Map<string, Notification>} */
    this.shown = new Map();
    if (!("Notification" in window)) return;
    button.hidden = false;
    button.addEventListener("click", () => this.#toggle());
    this.#showSwitch();
  }

  /** @param {any[]} waiting rows of the queue */
  update(waiting) {
    document.title = waiting.length ? `(${waiting.length}) ${this.title}` : this.title;
    const ids = new Set(waiting.map((row) => row.conversation_id));
    for (const [id, note] of this.shown) if (!ids.has(id)) this.#dismiss(id, note);
    const fresh = this.known ? waiting.filter((row) => !this.known.has(row.conversation_id)) : [];
    this.known = ids;
    if (this.#isOn() && document.hidden) for (const row of fresh) this.#notify(row);
  }

  #notify(row) {
    const title = t("{name} is waiting", { name: row.customer });
    const note = new Notification(title, { body: row.reason_label ?? row.handoff_label ?? "", tag: row.conversation_id, silent: true });
    note.onclick = () => {
      window.focus();
      this.open(row.conversation_id);
      this.#dismiss(row.conversation_id, note);
    };
    this.shown.set(row.conversation_id, note);
  }

  #dismiss(id, note) {
    note.close();
    this.shown.delete(id);
  }

  #isOn() {
    return Notification.permission === "granted" && readChoice() === "on";
  }

  async #toggle() {
    if (this.#isOn()) keepChoice("off");
    else if ((await Notification.requestPermission()) === "granted") keepChoice("on");
    else toast(t("The browser does not allow notifications from this page."));
    this.#showSwitch();
  }

  #showSwitch() {
    const on = this.#isOn();
    const text = on ? t("Notifications are on") : t("Notify me when somebody waits");
    replace(this.button, on ? icon("check") : icon("info"), h("span", null, t("Notifications")));
    this.button.title = text;
    this.button.setAttribute("aria-label", text);
    this.button.setAttribute("aria-pressed", String(on));
  }
}

function readChoice() {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return null;
  }
}

function keepChoice(value) {
  try {
    localStorage.setItem(CHOICE, value);
  } catch {
    // No storage: the choice lasts as long as the page.
  }
}
