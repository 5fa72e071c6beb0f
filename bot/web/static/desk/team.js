/** Colleagues: who is here, being away and back, and chats that change hands. */

import { post, put } from "../api.js";
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { ask, opened, pick } from "./dialogs.js";
import { languageBadge, locale, t, word } from "./words.js";

/** @typedef {{id: number, name: string, state: "here" | "away" | "gone", since: string, held: number, capacity: number,
 *   languages: string[], skills: string[]}} Person */

export const LANGUAGES = ["es", "de"];
export const SKILLS = ["order", "item", "after_sale", "outside_service", "product", "account", "contact"];
const names = new Intl.DisplayNames(locale, { type: "language" });

/** Colleagues as a list of the queue's pane: only who is here or away. @param {Person[]} people @param {number} me */
export function peopleList(people, me) {
  const shown = people.filter((one) => one.state !== "gone");
  if (!shown.length) return null;
  return h("section", { class: "people" },
    h("h2", { class: "list-title" }, t("At the desk"), " ", h("span", { class: "count" }, shown.length)),
    h("ul", { class: "people-list" }, shown.map((one) => h("li", null,
      h("span", { class: `dot ${one.state}`, "aria-hidden": "true" }),
      h("span", { class: "name" }, one.id === me ? t("You") : one.name),
      h("span", { class: "muted small" }, word("person", one.state)),
      h("span", { class: "since muted small numbers", title: t("Chats in hand, of how many at most") }, `${one.held} / ${one.capacity}`)))));
}

/** The button in the head that says how I am shown. @param {HTMLElement} button @param {Person | undefined} me */
export function showMe(button, me) {
  const state = me?.state ?? "gone";
  const text = state === "gone" ? t("Connecting…") : word("person", state);
  replace(button, h("span", { class: `dot ${state}`, "aria-hidden": "true" }), h("span", null, text));
  button.title = `${t("Away or back, and what you take")} (a)`;
  button.setAttribute("aria-label", `${text}. ${button.title}`);
}

/** Away or back, languages, topics. Resolves when it is saved. @param {Person} me */
export async function changeMe(me) {
  const boxes = (name, values, chosen, label) => h("fieldset", { class: "choices" }, h("legend", null, name), values.map((value) =>
    h("label", null, h("input", { type: "checkbox", name, value, checked: !chosen.length || chosen.includes(value) }), " ", label(value))));
  const languages = boxes(t("Languages I take"), LANGUAGES, me.languages, (code) => names.of(code));
  const skills = boxes(t("Topics I take"), SKILLS, me.skills, (name) => word("group", name));
  const isAway = me.state === "away";
  const answer = await opened(t("You at the desk"), (dialog) => [
    h("form", { class: "content stack", method: "dialog", on: { submit: (event) => (event.preventDefault(), dialog.close("save")) } },
      languages, skills,
      h("p", { class: "muted small" }, t("Other chats are listed below yours; after three minutes of waiting they are for everybody.")),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button quiet", on: { click: () => dialog.close("") } }, t("Cancel")),
        h("button", { type: "button", class: "button", on: { click: () => dialog.close("away") } }, isAway ? t("I am back") : t("I go away")),
        h("button", { class: "button primary" }, t("Save")))),
  ]);
  if (!answer) return;
  if (answer === "away") return isAway ? put("/api/v1/desk/me", { away: false }) : goAway(me);
  await put("/api/v1/desk/me", { languages: checked(languages), skills: checked(skills) });
}

/** @param {Person} me */
async function goAway(me) {
  let give_back = false;
  if (me.held > 0) {
    const what = await ask(t("I go away"), t("You have {count} chats. Who waits too long goes back to the queue in any case.", { count: me.held }), [
      { value: "give", label: t("All to the queue"), key: "q" },
      { value: "keep", label: t("Keep them"), key: "k" },
    ]);
    if (!what) return;
    give_back = what === "give";
  }
  await put("/api/v1/desk/me", { away: true, give_back });
}

/** What was ticked; everything ticked means: no limits. */
function checked(fieldset) {
  const boxes = [...fieldset.querySelectorAll("input")];
  const on = boxes.filter((box) => box.checked).map((box) => box.value);
  return on.length === boxes.length ? [] : on;
}

/** Let the agent choose a colleague who is here. @param {Person[]} people @param {number} me */
export async function chooseColleague(title, text, action, people, me) {
  const others = people.filter((one) => one.id !== me && one.state !== "gone");
  const label = (one) => `${one.name} · ${word("person", one.state)} · ${one.held} / ${one.capacity}${one.languages.length ? ` · ${one.languages.join(", ")}` : ""}`;
  if (!others.length) {
    await ask(title, t("No colleague is at the desk now."), [{ value: "", label: t("Close") }]);
    return null;
  }
  const id = await pick(title, text, action, [["", others.map((one) => ({ value: String(one.id), label: label(one), disabled: one.state !== "here" }))]]);
  return id ? Number(id) : null;
}

/** Who else looks at the open chat, and who of them writes. */
export class Viewers {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Map<number, {name: string, doing: string, timer: number}>} */
    this.seen = new Map();
  }

  /** @param {{id: number, name: string, doing: string}} note */
  hear({ id, name, doing }) {
    const before = this.seen.get(id);
    clearTimeout(before?.timer);
    const [next, after] = doing === "typing" ? ["viewing", 8_000] : ["left", 60_000];
    if (doing === "left") this.seen.delete(id);
    else this.seen.set(id, { name, doing, timer: setTimeout(() => this.hear({ id, name, doing: next }), after) });
    if (before?.doing !== this.seen.get(id)?.doing) this.onChange();
  }

  text() {
    const typing = [...this.seen.values()].filter((one) => one.doing === "typing").map((one) => one.name);
    const looking = [...this.seen.values()].filter((one) => one.doing !== "typing").map((one) => one.name);
    return [typing.length && t("{names} is writing here too", { names: typing.join(", ") }),
      looking.length && t("{names} is looking at this chat", { names: looking.join(", ") })].filter(Boolean).join(" · ");
  }

  stop() {
    for (const one of this.seen.values()) clearTimeout(one.timer);
    this.seen.clear();
    this.onChange = () => {};
  }
}

/** Abuse: for how long nothing is taken from the customer. @param {string} url of the conversation */
export async function blockCustomer(url) {
  const hours = await pick(t("Block for abuse"), t("Nothing is taken from this customer for"), t("Block"), [["", [
    { value: "1", label: t("an hour") }, { value: "24", label: t("a day") }, { value: "168", label: t("a week") }]]]);
  if (hours) await post(`${url}/block`, { hours: Number(hours) });
  return Boolean(hours);
}

export { languageBadge };
