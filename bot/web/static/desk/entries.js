/** One entry of the log, as an agent sees it. */

import { h, safeUrl, textNodes } from "../dom.js";
import { icon } from "../icons.js";
import { handoffLabel, languageBadge, reasonLabel, saidAt, t, word } from "./words.js";

/**
 * @param {import("../stream.js").Entry} entry
 * @param {{customer: string, language: string, conversation: string}} people
 * @returns {HTMLElement | null} null for what has no form here
 */
export function entryElement(entry, people) {
  const make = MAKERS[entry.type];
  const element = make ? make(entry, people) : null;
  if (element) element.dataset.seq = String(entry.seq);
  return element;
}

/** @type {Record<string, (entry: any, people: any) => HTMLElement>} */
const MAKERS = {
  message: (entry, people) => bubble(entry.actor, senderOf(entry, people), entry.created_at, messageParts(entry.body, people), byMail(entry.body)),
  case: (entry) => event("case", caseText(entry.body), entry, [entry.body.text && quoted(entry.body.text, entry.body.lang)]),
  handoff: (entry) => event("person", t("Handed to a person: {reason}", { reason: handoffLabel(entry.body.reason) }), entry),
  assigned: (entry) => event(entry.body.bot ? "bot" : "person", assignedText(entry.body), entry),
  language: (entry) => event("globe", t("Language changed"), entry, [languageBadge(entry.body.locale)]),
  outcome: (entry) => event("tag", t("The bot's turn"), entry, [h("span", { class: "chips" }, entry.body.wishes.map(wishChip))], "outcome"),
  closed: (entry) => event("check", t("Chat closed"), entry),
};

/** A bubble of a message. `state` is for replies that are on their way. */
export function bubble(actor, sender, at, parts, state = null) {
  return h("li", { class: `entry message from-${actor}` },
    h("div", { class: "meta muted" }, h("span", null, sender), at && saidAt(at), state),
    h("div", { class: "bubble" }, parts));
}

/** A mark for what came by mail. */
function byMail(body) {
  return body.via === "mail" && h("span", { class: "badge" }, icon("mail"), t("by mail"));
}

/** The parts of a message: text, quotation, cards, buttons the customer was offered. */
function messageParts(body, people) {
  return [
    body.text && h("p", { class: "text", lang: body.lang ?? people.language }, textNodes(body.text)),
    (body.attachments ?? []).map((file) => fileElement(file, people.conversation)),
    body.quote_of && quotation(body.quote_of, body.lang),
    (body.cards ?? []).map((card) => cardElement(card, body.lang)),
    body.buttons && h("ul", { class: "offered", lang: body.lang, "aria-label": t("Buttons offered") }, body.buttons.map((b) => h("li", null, b.title))),
  ];
}

/** A file the customer sent: a picture small, everything by name; opened in a tab of its own. */
function fileElement(file, conversation) {
  const href = `/api/v1/desk/conversations/${encodeURIComponent(conversation)}/attachments/${encodeURIComponent(file.id)}`;
  const shown = file.preview ? h("img", { src: `${href}?preview=1`, alt: "", class: "attachment", loading: "lazy" }) : icon("attach");
  return h("p", null, h("a", { href, target: "_blank", rel: "noopener" }, shown, " ", file.name));
}

function quotation(quote, lang) {
  const source = quote.source ?? quote.reference;
  const href = quote.url && safeUrl(quote.url);
  return h("blockquote", { class: "quote", lang },
    quote.text && h("p", null, quote.text),
    source && h("footer", null, icon("quote"), href ? h("a", { href, target: "_blank", rel: "noopener" }, source) : source));
}

function quoted(text, lang) {
  return h("blockquote", { class: "quote", lang }, h("p", null, text));
}

function cardElement(card, lang) {
  const image = card.image && safeUrl(card.image);
  return h("div", { class: "mini-card", lang },
    image && h("img", { src: image, alt: "", width: 40, height: 40, loading: "lazy" }),
    h("div", null, h("strong", null, card.title), card.subtitle && h("p", { class: "muted" }, card.subtitle),
      card.facts?.length ? h("dl", { class: "facts" }, card.facts.map((fact) => [h("dt", null, fact.label), h("dd", null, fact.value)])) : null));
}

function event(iconName, text, entry, extra = [], kind = "") {
  return h("li", { class: `entry event ${kind}` }, h("div", null, icon(iconName), h("span", null, text), extra,
    saidAt(entry.created_at)));
}

function senderOf(entry, people) {
  if (entry.actor === "customer") return people.customer;
  if (entry.actor === "agent") return entry.body.agent ?? people.agentAt?.(entry.seq) ?? t("Agent");
  return entry.actor === "bot" ? t("Bot") : t("Seller");
}

function assignedText(body) {
  return body.bot ? t("Back with the bot") : t("{agent} has taken the chat", { agent: body.agent });
}

function caseText(body) {
  if (body.attention) return t("Case {reference}: {matter}", { reference: body.reference, matter: handoffLabel(body.attention) });
  if (body.late) return t("Case {reference}: the seller's answer came late", { reference: body.reference });
  return t("Case {reference}: {matter}", { reference: body.reference, matter: word("case", body.state) });
}

function wishChip(wish) {
  return h("span", { class: "badge" }, `${reasonLabel(wish.reason)} → ${word("outcome", wish.outcome)}`);
}
