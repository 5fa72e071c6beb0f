/** Questions that our service does not cover and that were passed on to the seller's own messages (R2). */

import { errorText, get } from "../api.js";
import { h, replace, timeElement, toast } from "../dom.js";
import { icon } from "../icons.js";
import { emptyState, productLine, showError, showLoading } from "./states.js";
import { languageBadge, locale, setServerTime, t } from "./words.js";

export class MessageList {
  /** @param {HTMLElement} root @param {(error: any) => boolean} onError handles what is common to all calls */
  constructor(root, onError) {
    this.root = root;
    this.onError = onError;
    /** @type {any[]} */
    this.messages = [];
  }

  open() {
    showLoading(this.root);
    this.messages = [];
    return this.read();
  }

  /** Read the newest again; what was read on demand can be asked for again. */
  async read() {
    try {
      const found = await get("/api/v1/seller/messages");
      this.#show(found, found.messages);
    } catch (error) {
      if (!this.onError(error) && !this.messages.length) showError(this.root, error, () => this.open());
    }
  }

  async #more() {
    try {
      const found = await get(`/api/v1/seller/messages?before=${this.next}`);
      this.#show(found, [...this.messages, ...found.messages]);
    } catch (error) {
      if (!this.onError(error)) toast(errorText(error, t), { kind: "red" });
    }
  }

  #show(found, messages) {
    setServerTime(found.now);
    this.messages = messages;
    this.next = found.next;
    this.root.setAttribute("aria-busy", "false");
    const intro = h("header", { class: "intro" }, h("h2", null, t("Messages from customers")),
      h("p", { class: "muted" }, t("Our service does not cover these questions (invoices, custom work, questions before an order, orders outside the service). Please answer the customer yourself, in your marketplace messages.")));
    if (!messages.length) return replace(this.root, intro, emptyState("mail", t("No messages."), t("Questions we pass on to you show up here.")));
    replace(this.root, intro, h("ul", { class: "cards" }, messages.map((one) => h("li", { class: "card padded message" }, message(one)))),
      this.next && h("button", { type: "button", class: "button more", on: { click: () => this.#more() } }, t("Show more messages")));
  }
}

function message(one) {
  return [
    h("p", { class: "row apart" }, h("strong", null, one.title), h("span", { class: "muted small" }, timeElement(one.created_at, locale))),
    h("blockquote", { class: "words", lang: one.language }, one.text),
    h("p", { class: "row small muted" }, languageBadge(one.language),
      one.order_id && h("span", { class: "numbers" }, icon("box"), t("Order {order_id}", { order_id: one.order_id }))),
    one.product && productLine(one.product),
  ];
}
