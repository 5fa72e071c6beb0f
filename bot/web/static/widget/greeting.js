/**
 * What an empty chat shows: who answers, and ways to begin: a topic of the guided contact, or one's own words.
 */

import { button, h } from "../dom.js";
import { icon } from "../icons.js";

export const TOPIC_ICONS = { order: "box", device: "phone", digital: "download", other: "help" };

/**
 * @param {import("./cards.js").Scene} scene `topics`: the texts of the guided contact
 * @param {string | null} productId the product of the page
 * @param {{send: (text: string) => void, guide: (topic: string) => void, write: () => void}} actions
 */
export function greetingParts({ t, topics }, productId, { send, guide, write }) {
  const about = t("I have a question about this product");
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
      productId && starter("tag", about, () => send(about)),
      Object.entries(TOPIC_ICONS)
        .filter(([topic]) => topics.has(`topic ${topic}`))
        .map(([topic, name]) => starter(name, topics.t(`topic ${topic}`), () => guide(topic))),
      starter("edit", t("Write your question"), write),
    ),
  ];
}

function starter(name, text, run) {
  return h("li", null, button("starter", run, icon(name), h("span", null, text)));
}
