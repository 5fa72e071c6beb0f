/**
 * What an empty chat shows: who answers, and four ways to begin. They are ordinary messages, read like any
 * other.
 */

import { button, h } from "../dom.js";
import { icon } from "../icons.js";

/** msgid and icon; the last one is about the product of the page when there is one. */
const STARTERS = [
  ["Where is my order?", "box"],
  ["My item arrived broken", "warning"],
  ["I want to return something", "return"],
  ["I have a question about a product", "tag"],
];
const ABOUT_THIS = ["I have a question about this product", "tag"];

/**
 * @param {import("./cards.js").Scene} scene @param {string | null} productId
 * @param {(text: string) => void} send
 */
export function greetingParts({ t }, productId, send) {
  const starters = productId ? [ABOUT_THIS, ...STARTERS.slice(0, 3)] : STARTERS;
  return [
    h("p", { class: "greeting-title" }, t("Hello! How can we help you?")),
    h(
      "p",
      { class: "muted" },
      t("An automatic assistant answers at once. You can talk to a person whenever you like."),
    ),
    h(
      "ul",
      { class: "starters", role: "list" },
      starters.map(([msgid, name]) =>
        h(
          "li",
          null,
          button("starter", () => send(t(msgid)), icon(name), h("span", null, t(msgid))),
        ),
      ),
    ),
  ];
}
