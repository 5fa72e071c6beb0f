/** One message of the inbox: what was understood, what it may mean, the conversation around it. */

import { get } from "../api.js";
import { formatTime, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { reasonPicker } from "./picker.js";
import { failed, loading } from "./states.js";

/**
 * @param {any} message
 * @param {import("./studio.js").Shared} shared
 * @param {{onPick: (intent: string, text: string | null) => void, onSkip: () => void, onBack: () => void}} calls
 * @returns what the page may do with it: show `element`, `pick`, `edit`, `search`; `choices` are the reasons by number
 */
export function messageDetail(message, shared, { onPick, onSkip, onBack }) {
  const { t, reason, percent } = shared;
  const known = new Set(shared.reasons());
  const guesses = message.ranking.filter((guess) => known.has(guess.name)).slice(0, 9);
  const choices = guesses.map((guess) => guess.name);
  /** @type {any} */
  let field = null;
  const pick = (intent) => onPick(intent, field && field.value.trim() !== message.text ? field.value : null);
  const picker = reasonPicker(shared, { onPick: pick });
  const wording = h("div", { class: "wording" });

  function edit() {
    if (!field) {
      field = h("textarea", { class: "input", id: "wording", rows: "3", maxlength: "1000", lang: message.language, value: message.text,
        on: { keydown: (event) => event.key === "Escape" && field.blur() } });
      replace(wording, h("div", { class: "field" }, h("label", { for: "wording" }, t("Text of the example")), field,
        h("p", { class: "hint" }, t("Take out names and addresses. Entities may be marked: [text](entity)."))));
    }
    field.focus();
  }
  replace(wording, h("blockquote", { class: "said", lang: message.language }, message.text),
    h("button", { type: "button", class: "button quiet small", on: { click: edit } }, icon("edit"), t("Adjust the text first"), h("kbd", null, "e")));

  const choice = (guess, index) =>
    h("li", null, h("button", { type: "button", class: "choice", on: { click: () => pick(guess.name) } },
      h("kbd", null, index + 1), h("span", { class: "choice-name" }, reason(guess.name)),
      h("meter", { min: 0, max: 1, value: guess.confidence, "aria-hidden": "true" }),
      h("span", { class: "numbers muted" }, percent(guess.confidence))));

  const element = h("article", { class: "detail" },
    h("button", { type: "button", class: "button quiet small back", on: { click: onBack } }, icon("chevron-left"), t("Back to the list")),
    h("header", { class: "stack" },
      wording,
      h("p", { class: "muted small" }, t("The bot understood “{reason}”, with a confidence of {percent}.", {
        reason: reason(message.intent), percent: percent(message.confidence) }), " ", h("span", null, t("Model {name}", { name: message.model.replace(/\.tar\.gz$/, "") })))),
    h("section", { class: "stack" },
      h("h2", null, t("What does it mean?")),
      h("ol", { class: "choices" }, guesses.map(choice)),
      picker.element,
      h("div", { class: "row" },
        h("button", { type: "button", class: "button", on: { click: () => pick("out_of_scope") } }, t("Nothing for customer service"), h("kbd", null, "o")),
        h("button", { type: "button", class: "button quiet", on: { click: onSkip } }, t("Skip"), h("kbd", null, "s")))),
    around(message, shared));
  return { element, choices, pick, edit, search: picker.focus };
}

/** The conversation around the message, loaded when it is shown. */
function around(message, shared) {
  const { t, locale } = shared;
  const place = h("div", { class: "talk" });
  const load = async () => {
    replace(place, loading(t("Loading")));
    try {
      const { seq, entries } = await get(`/api/v1/studio/inbox/${message.id}/conversation`, { locale });
      const lines = entries.map((entry) => line(entry, seq, shared)).filter(Boolean);
      replace(place, lines.length ? lines : h("p", { class: "muted" }, t("This conversation has been erased.")));
    } catch (error) {
      replace(place, failed(error, t, load));
    }
  };
  load();
  return h("section", { class: "stack" }, h("h2", null, t("The conversation around it")), place);
}

/** One entry, or null for what a trainer does not need. */
function line(entry, seq, { t, locale, reason }) {
  if (entry.type === "message") {
    const time = h("time", { class: "muted small numbers", datetime: entry.created_at }, formatTime(entry.created_at, locale));
    return h("div", { class: `said-by ${entry.actor}${entry.seq === seq ? " this" : ""}` },
      h("p", { class: "small muted" }, t(`actor.${entry.actor}`), " ", time, entry.pressed && ` · ${t("pressed a button")}`),
      h("p", { class: "bubble" }, entry.text),
      entry.buttons?.length > 0 && h("p", { class: "row" }, entry.buttons.map((title) => h("span", { class: "badge" }, title))));
  }
  if (entry.type === "outcome" && entry.wishes.length) {
    const wishes = entry.wishes.map((wish) => `${reason(wish.reason)}: ${t(`outcome.${wish.outcome}`)}`);
    return h("p", { class: "happened" }, wishes.join(" · "));
  }
  const happened = { case: t("A case to the seller"), handoff: t("Handed to a person"), assigned: t("Taken over or given back"), closed: t("Closed") };
  return happened[entry.type] ? h("p", { class: "happened" }, happened[entry.type]) : null;
}
