/** Parts of a message: cards, quotations, buttons. */

import { h, link, safeUrl } from "../dom.js";
import { icon } from "../icons.js";

const KIND_ICONS = { order: "box", product: "tag", return: "return", case: "case" };

/**
 * @typedef {object} Scene what drawing an entry needs
 * @property {(msgid: string, values?: object) => string} t
 * @property {string} locale
 * @property {URL} base addresses of images and links are relative to it
 * @property {(button: {title: string, payload: string}) => void} press
 * @property {Map<string, string>} cardTitles payload of a card's button → the card's title
 */

/** @param {any} card @param {Scene} scene */
export function cardElement(card, scene) {
  const image = card.image ? safeUrl(card.image, scene.base) : null;
  const title = card.url && card.kind !== "return" ? link(card.title, card.url, { base: scene.base }) : card.title;
  return h(
    "div",
    { class: `chat-card ${card.kind in KIND_ICONS ? card.kind : ""}` },
    h(
      "div",
      { class: "chat-card-head" },
      image ? picture(image) : h("span", { class: "chat-card-icon" }, icon(KIND_ICONS[card.kind] ?? "info")),
      h(
        "div",
        null,
        h("p", { class: "chat-card-title" }, title),
        card.subtitle && h("p", { class: "muted small" }, card.subtitle),
      ),
    ),
    facts(card.facts),
    card.kind === "return" && card.url && labelLink(card.url, scene),
    buttonRow(card.buttons, scene),
  );
}

/** The way to a return's label; in a tab of its own, so that the chat stays. */
function labelLink(url, scene) {
  const attrs = { class: "button small", target: "_blank", rel: "noopener" };
  return h("p", { class: "chat-card-action" }, link(scene.t("Print the label"), url, { base: scene.base, attrs }));
}

/** A passage shown word for word, with where it stands. @param {any} quote @param {Scene} scene */
export function quoteElement(quote, scene) {
  const source = quote.url ? link(quote.source, quote.url, { base: scene.base }) : quote.source;
  return h(
    "figure",
    { class: "quote" },
    h("blockquote", null, quote.text),
    quote.source && h("figcaption", { class: "muted" }, icon("quote"), source),
  );
}

/** Buttons the customer may press; what happens to them later is `markChosen`'s. */
export function buttonRow(buttons, scene) {
  if (!buttons?.length) return null;
  return h(
    "div",
    { class: "choices", role: "group", "aria-label": scene.t("Choose an answer") },
    buttons.map((button) =>
      h(
        "button",
        {
          type: "button",
          class: "choice",
          dataset: { payload: button.payload },
          on: { click: () => scene.press(button) },
        },
        button.title,
      ),
    ),
  );
}

/**
 * Where one button of a message was pressed, its choice is made: all of them (those of its cards too, for a
 * list to pick from is cards) are disabled, the chosen one is marked.
 * @param {ParentNode} root @param {Set<string>} chosen payloads
 */
export function markChosen(root, chosen) {
  for (const message of root.querySelectorAll(".message:not(.done):has(.choice)")) {
    const buttons = [...message.querySelectorAll(".choice")];
    if (!buttons.some((button) => chosen.has(button.dataset.payload))) continue;
    message.classList.add("done");
    for (const button of buttons) {
      button.disabled = true;
      const pressed = chosen.has(button.dataset.payload);
      button.setAttribute("aria-pressed", String(pressed));
      if (!pressed) continue;
      button.prepend(icon("check"));
      button.closest(".chat-card")?.classList.add("chosen");
    }
  }
}

function facts(list) {
  if (!list?.length) return null;
  return h(
    "dl",
    { class: "facts" },
    list.map(({ label, value }) => h("div", null, h("dt", null, label), h("dd", null, value))),
  );
}

/** A picture that gives way when it cannot be loaded. */
function picture(src) {
  const image = h("img", { src, alt: "", width: 56, height: 56, class: "chat-card-image" });
  image.addEventListener("error", () => image.remove());
  return image;
}
