/**
 * What is known of the conversation, made only from its entries: who controls it, what is pending, what is
 * unread.
 */

import { sameChoices } from "./guide-state.js";

/** @typedef {import("../stream.js").Entry} Entry */

/** Entries that count as news while the chat is closed. */
const NEWS = ["message", "case", "handoff", "assigned", "closed"];

export class Conversation {
  constructor() {
    /** @type {Entry[]} */
    this.entries = [];
    /** @type {"bot" | "queue" | "agent" | "closed"} */
    this.controller = "bot";
    /** First name of the agent who has, or had last, the conversation. */
    this.agent = "";
    /** Why a person was asked for last. */
    this.reason = "";
    /** @type {string | null} set by the log's language entries */
    this.locale = null;
    /** Payload of a card's button → the card's title: "this one" alone says little afterwards. */
    this.cardTitles = new Map();
    /** Payloads of buttons the customer has pressed. */
    this.chosen = new Set();
  }

  /** Number of the last entry. */
  get after() {
    return this.entries.at(-1)?.seq ?? 0;
  }

  /** @param {Entry[]} entries new ones, in order */
  take(entries) {
    for (const entry of entries) {
      this.entries.push(entry);
      this.#learn(entry);
    }
  }

  /** @param {Entry} entry */
  #learn({ type, actor, body }) {
    if (type === "handoff") Object.assign(this, { controller: "queue", reason: body.reason });
    else if (type === "assigned" && body.bot) this.controller = "bot";
    else if (type === "assigned") Object.assign(this, { controller: "agent", agent: body.agent ?? "" });
    else if (type === "closed") this.controller = "closed";
    else if (type === "language") this.locale = body.locale;
    else if (type === "message" && actor === "customer" && body.payload) this.chosen.add(body.payload);
    for (const card of body.cards ?? []) {
      for (const { payload } of card.buttons ?? []) this.cardTitles.set(payload, card.title);
    }
  }

  /** Number of the last entry that shows that the customer's messages before it were read. */
  get readUpTo() {
    return (
      this.entries.findLast(({ type, actor }) => type === "message" && ["bot", "agent"].includes(actor))
        ?.seq ?? 0
    );
  }

  /** Entries above `seen` the customer has not looked at. */
  unread(seen) {
    return this.entries.filter(
      ({ seq, type, actor }) => seq > seen && actor !== "customer" && NEWS.includes(type),
    ).length;
  }

  /**
   * The messages of `items` the log does not show yet. One whose answer was lost may be in the log already:
   * the first entry after it that says the same is taken for it.
   * @param {import("./outbox.js").Outgoing[]} items
   */
  pending(items) {
    const used = new Set();
    return items.filter((item) => {
      const match = this.entries.find((entry) => !used.has(entry.seq) && isSame(entry, item));
      if (match) used.add(match.seq);
      return !match;
    });
  }
}

/** @param {Entry} entry @param {import("./outbox.js").Outgoing & {seq?: number}} item */
function isSame({ seq, type, actor, body }, item) {
  if (type !== "message" || actor !== "customer") return false;
  if (item.seq) return seq === item.seq;
  if (seq <= item.after) return false;
  if (item.files) return sameFiles(body.attachments, item.files) && tidy(body.text) === tidy(item.text);
  if (item.guide) return sameChoices(body.guide, item.guide);
  return item.payload ? body.payload === item.payload : !body.payload && tidy(body.text) === tidy(item.text);
}

function sameFiles(kept, sent) {
  return kept?.length === sent.length && sent.every(({ id }, index) => kept[index].id === id);
}

/** As the server stores a text: NFC, without outer white space and direction overrides. */
function tidy(text) {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .normalize("NFC")
    .trim();
}
