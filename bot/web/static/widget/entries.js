/** Entries of the log as elements: bubbles grouped by sender, the case card, lines of the system. */

import { formatDateTime, h, textNodes, timeElement } from "../dom.js";
import { icon } from "../icons.js";
import { filesElement } from "./attachments.js";
import { buttonRow, cardElement, quoteElement } from "./cards.js";

const SENDER_ICONS = { bot: "bot", agent: "person", seller: "store" };

/** msgids of a case's title by its state. */
const CASE_TITLES = {
  opened: "Case {reference} opened",
  answered: "Case {reference}: the seller has answered",
  expired: "Case {reference}: the seller did not answer in time",
  decided: "Case {reference}: decided",
  closed: "Case {reference}: closed",
};

/**
 * Who speaks, as the reader reads it.
 * @param {string} actor @param {string} agent first name @param {(msgid: string) => string} t
 */
export function senderName(actor, agent, t) {
  if (actor === "agent") return agent || t("Customer service");
  return t({ customer: "You", bot: "Automatic assistant", seller: "Seller" }[actor] ?? "Puente");
}

/**
 * A message's bubble with its quotation, cards and buttons.
 * @param {import("../stream.js").Entry} entry @param {import("./cards.js").Scene} scene
 */
export function messageElement({ seq, body }, scene) {
  return h(
    "div",
    { class: "message", dataset: { seq } },
    body.text && bubble(body, scene),
    body.attachments && filesElement(body.attachments, scene),
    body.quote_of && quoteElement(body.quote_of, scene),
    (body.cards ?? []).map((card) => cardElement(card, scene)),
    buttonRow(body.buttons, scene),
  );
}

/**
 * What was said; of a card's button that was pressed, also which card it was.
 * @param {{text: string, lang?: string, payload?: string}} message @param {import("./cards.js").Scene} scene
 */
export function bubble({ text, lang, payload }, scene) {
  const about = payload && scene.cardTitles.get(payload);
  return h("div", { class: "bubble", lang }, textNodes(text), about && h("span", { class: "about" }, about));
}

/**
 * The frame of consecutive messages of one sender: name above, time and state below.
 * @param {string} actor @param {string} name @param {boolean} isFirst the sender's first words: a bot says
 *   that it is one
 */
export function groupElement(actor, name, isFirst, scene) {
  const heading =
    actor === "customer"
      ? h("p", { class: "visually-hidden" }, name)
      : h(
          "p",
          { class: "sender" },
          icon(SENDER_ICONS[actor] ?? "info"),
          h("span", null, name),
          actor === "bot" && isFirst && h("span", { class: "badge" }, scene.t("Automatic answers")),
          actor === "seller" && h("span", { class: "badge" }, scene.t("Seller")),
        );
  return h(
    "div",
    { class: `group ${actor}`, dataset: { sender: `${actor}/${name}` } },
    heading,
    h("p", { class: "meta" }),
  );
}

/** The line below a group: when, and of the customer's own messages whether they were sent and seen. */
export function metaParts(entry, isSeen, scene) {
  const time = timeElement(entry.created_at, scene.locale);
  if (entry.actor !== "customer") return [time];
  const state = isSeen ? "Seen" : "Sent";
  const tick = h("span", { class: "tick", title: scene.t(state) }, icon(isSeen ? "checks" : "check"));
  return [time, tick, h("span", { class: "visually-hidden" }, scene.t(state))];
}

/** An entry that is no message; null for what customers are not shown. */
export function noticeElement(entry, scene) {
  if (entry.type === "case") return caseElement(entry, scene);
  const text = noticeText(entry, scene);
  return text && h("p", { class: "notice", dataset: { seq: entry.seq } }, h("span", null, text));
}

/** What an entry that is no message says, also for announcing it. */
export function noticeText({ type, body }, { t }) {
  switch (type) {
    case "case":
      return t(CASE_TITLES[body.state] ?? "Case {reference}", { reference: body.reference });
    case "handoff":
      return t("A person will continue this conversation.");
    case "assigned":
      if (body.bot) return t("The automatic assistant is answering again.");
      return body.agent
        ? t("{name} has joined the conversation.", { name: body.agent })
        : t("A person has joined the conversation.");
    case "closed":
      return t("This conversation is closed. If you write again, it goes on here.");
    case "language":
      return t(
        body.locale === "de" ? "The conversation goes on in German." : "The conversation goes on in Spanish.",
      );
    default:
      return null;
  }
}

/** Place in the queue and waiting time, as far as they are known. */
export function queueText(position, minutes, t) {
  return [
    position > 1 && t("You are number {position} in the queue.", { position }),
    position === 1 && t("You are next."),
    minutes > 0 && t("Waiting time: about {minutes} min.", { minutes }),
  ]
    .filter(Boolean)
    .join(" ");
}

/** A case: its reference, what is waited for, and until when. */
function caseElement({ seq, body }, scene) {
  const { t, locale } = scene;
  const isOpen = body.state === "opened";
  // What the customer was promised; `answer_by` is the seller's own, shorter time.
  const promise = body.promised_by ?? body.answer_by;
  return h(
    "div",
    { class: `notice-card ${isOpen ? "open" : ""}`, dataset: { seq } },
    icon("case"),
    h(
      "div",
      null,
      h("p", { class: "notice-title" }, noticeText({ type: "case", body }, scene)),
      isOpen &&
        promise &&
        h(
          "p",
          null,
          t("You will have an answer by:"),
          " ",
          h("time", { datetime: promise, class: "promise" }, formatDateTime(promise, locale)),
        ),
      isOpen &&
        h("p", { class: "muted small" }, t("The seller has been asked. The answer will appear here.")),
    ),
  );
}
