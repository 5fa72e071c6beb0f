/**
 * Telling an agent who looks elsewhere: a count in the tab's title, a soft sound unless it is switched off, and the
 * browser's notifications where they are allowed.
 */

import { h, replace, toast } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "./words.js";

const CHOICE = "desk-notify";
const SOUND_APART_MS = 1500;

export class Alerts {
  /** @param {HTMLButtonElement} button the switch @param {(id: string) => void} open */
  constructor(button, open) {
    this.button = button;
    this.open = open;
    this.title = document.title;
    /** @type {Set<string> | null} who waited when we looked last; null before the first look */
    this.known = null;
    this.mineBefore = new Set();
    /** @type {any[] | null} */
    this.mineRows = null;
    this.taking = new Set();
    /** @type {Map<string, Notification>} */
    this.shown = new Map();
    button.hidden = false;
    button.addEventListener("click", () => this.#toggle());
    this.#showSwitch();
  }

  /** What is there now; what is new of it is told. @param {{waiting: any[], mine: any[], invited: any[], count: number}} lists */
  update({ waiting, mine, invited, count }) {
    document.title = count ? `(${count}) ${this.title}` : this.title;
    const given = [...mine, ...invited];
    const ids = new Set([...waiting, ...given].map((row) => row.conversation_id));
    for (const [id, note] of this.shown) if (!ids.has(id)) this.#dismiss(id, note);
    const isNew = (row) => this.known && !this.known.has(row.conversation_id);
    const fresh = waiting.filter(isNew);
    const brought = given.filter((row) => this.known && !this.mineBefore.has(row.conversation_id) && !this.taking.delete(row.conversation_id));
    for (const row of this.mineRows ?? []) if (!given.some((one) => one.conversation_id === row.conversation_id)) this.#lost(row, waiting);
    this.known = ids;
    this.mineBefore = new Set(given.map((row) => row.conversation_id));
    this.mineRows = mine;
    for (const row of brought) toast(t("A colleague brought you the chat with {name}.", { name: row.customer }));
    if (!this.#isOn() || !(fresh.length || brought.length)) return;
    soundOnce();
    if (document.hidden && permission() === "granted") for (const row of [...fresh, ...brought]) this.#notify(row);
  }

  /** This chat becomes mine because I take it. @param {string} id */
  expect(id) {
    this.taking.add(id);
  }

  /** A chat of mine went back to the queue without my doing. */
  #lost(row, waiting) {
    const found = waiting.find((one) => one.conversation_id === row.conversation_id);
    if (found && ["agent_silent", "agent_gone", "taken_away"].includes(found.handoff_reason))
      toast(t("The chat with {name} went back to the queue: {reason}", { name: row.customer, reason: found.handoff_label }), { kind: "red" });
  }

  #notify(row) {
    const title = row.waiting_since ? t("{name} is waiting", { name: row.customer }) : row.customer;
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
    return readChoice() !== "off";
  }

  /** Off, on with what the browser allows; a browser that was not asked yet is asked before it is switched off. */
  async #toggle() {
    if (this.#isOn() && permission() !== "default") keepChoice("off");
    else {
      keepChoice("on");
      if (permission() === "default" && (await Notification.requestPermission()) !== "granted")
        toast(t("The browser does not allow notifications from this page. The sound stays on."));
    }
    this.#showSwitch();
  }

  #showSwitch() {
    const on = this.#isOn();
    const all = permission() === "granted" ? t("Sound and notifications are on") : t("The sound is on; notify me, too");
    const text = on ? all : t("Tell me when somebody waits");
    replace(this.button, on ? icon("check") : icon("info"), h("span", null, t("Notifications")));
    this.button.title = text;
    this.button.setAttribute("aria-label", text);
    this.button.setAttribute("aria-pressed", String(on));
  }
}

/** What the browser says of notifications; "denied" where it knows none. */
function permission() {
  return "Notification" in window ? Notification.permission : "denied";
}

/** One sound, however many tabs show the desk. */
function soundOnce() {
  if (!navigator.locks) return beep();
  navigator.locks.request("puente-desk-sound", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    beep();
    await new Promise((resolve) => setTimeout(resolve, SOUND_APART_MS));
  });
}

/** Two soft tones; nothing where the browser does not allow it. */
function beep() {
  try {
    const audio = new AudioContext();
    const gain = audio.createGain();
    gain.gain.value = 0.05;
    gain.connect(audio.destination);
    for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
      const tone = audio.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(gain);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.1);
    }
    setTimeout(() => audio.close(), 500);
  } catch {
    // No sound: the title and the notification say it.
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
