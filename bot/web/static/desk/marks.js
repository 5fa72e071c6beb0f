/** What agents put on a conversation: labels, and the right reason where the bot read a wrong one. */

import { post, put } from "../api.js";
import { h, toast } from "../dom.js";
import { opened, pick } from "./dialogs.js";
import { reasonLabel, t, word } from "./words.js";

const MOST_LABELS = 8;
/** What a conversation can be about, by group: as `bot.service.reasons`, without the moves of a conversation. */
export const SUBJECTS = {
  order: ["order_status", "order_late", "order_not_received", "order_cancel", "order_change"],
  item: ["item_missing", "item_parts_missing", "item_damaged", "item_defective", "item_wrong"],
  after_sale: ["return_start", "return_policy", "refund_status", "replacement_request", "warranty_question", "claim_guarantee"],
  outside_service: ["invoice_request", "customization_request", "preorder_question", "seller_contact"],
  product: ["product_question", "product_availability", "delivery_options"],
  account: ["payment_problem", "account_problem", "digital_content", "security_concern"],
  contact: ["case_status", "feedback_negative", "feedback_positive"],
};

/** Change the labels; resolves when they are kept. @param {string} url @param {any} found the package */
export async function changeLabels(url, found) {
  const field = h("input", { class: "input", id: "labels", list: "known-labels", maxlength: 200, value: found.labels.join(", "), autocomplete: "off" });
  const add = (label) => () => {
    const now = split(field.value);
    field.value = (now.includes(label) ? now.filter((one) => one !== label) : [...now, label]).join(", ");
    field.focus();
  };
  const answer = await opened(t("Labels"), (dialog) => [
    h("form", { class: "content stack", method: "dialog", on: { submit: (event) => (event.preventDefault(), dialog.close("save")) } },
      h("label", { for: "labels" }, t("Separated by commas, at most {n}", { n: MOST_LABELS })), field,
      found.common_labels.length > 0 && h("div", { class: "chips" }, found.common_labels.slice(0, 12).map((label) =>
        h("button", { type: "button", class: "button small", on: { click: add(label) } }, label))),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button quiet", on: { click: () => dialog.close("") } }, t("Cancel")),
        h("button", { class: "button primary" }, t("Save")))),
  ]);
  if (answer) await put(`${url}/labels`, { labels: split(field.value) });
}

/** Say what the conversation is really about. @param {string} url @param {any} found */
export async function correctReason(url, found) {
  const groups = Object.entries(SUBJECTS).map(([group, reasons]) => [word("group", group), reasons
    .filter((reason) => reason !== found.reason).map((value) => ({ value, label: reasonLabel(value) }))]);
  const text = found.reason_label ? t("The bot read “{reason}”. It is really about", { reason: found.reason_label }) : t("It is really about");
  const reason = await pick(t("Correct the reason"), text, t("Correct"), /** @type {any} */ (groups));
  if (!reason) return;
  const { to_the_studio: told } = await post(`${url}/reason`, { reason });
  toast(told ? t("Corrected. The trainers see the message that was misread.") : t("Corrected."));
}

function split(text) {
  return text.split(",").map((one) => one.trim()).filter(Boolean);
}
