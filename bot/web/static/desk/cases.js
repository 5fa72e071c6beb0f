/** From the chat: asking the seller, and deciding a case whose time is over. */

import { get, post } from "../api.js";
import { h, replace, toast } from "../dom.js";
import { opened } from "./dialogs.js";
import { SUBJECTS } from "./marks.js";
import { reasonLabel, t, word } from "./words.js";

/** @param {string} url of the conversation @param {any} found its package */
export async function askSeller(url, found) {
  const orders = found.order ? [found.order] : found.recent_orders;
  const lines = orders.flatMap((order) => order.lines.map((line) => ({ order_id: order.order_id, ...line })));
  const options = lines.map((line, index) => h("option", { value: String(index), selected: line.in_question }, lineText(line)));
  const about = h("p", { class: "hint numbers", role: "status" });
  const item = h("select", { class: "input", id: "case-line", on: { change: () => showLine() } }, options);
  const showLine = () => replace(about, whereFrom(lines[Number(item.value)]));
  showLine();
  const reason = h("select", { class: "input", id: "case-reason" }, Object.entries(SUBJECTS).map(([group, reasons]) =>
    h("optgroup", { label: word("group", group) }, reasons.map((one) => h("option", { value: one, selected: one === found.reason }, reasonLabel(one))))));
  const text = h("textarea", { class: "input", id: "case-text", rows: 4, maxlength: 2000, required: true });
  const answer = await form(t("Ask the seller"), t("Send to the seller"),
    [h("div", { class: "stack" }, label("case-line", t("Which item"), item), about), label("case-reason", t("Reason"), reason),
      label("case-text", t("What is to be asked, in your words"), text)]);
  if (!answer) return;
  const line = lines[Number(item.value)];
  const asked = await post(`${url}/cases`, { order_id: line.order_id, line_id: line.line_id, reason: reason.value, text: text.value });
  toast(asked.route === "case" ? t("Case {reference} is open; the customer sees it.", { reference: asked.reference })
    : t("The question is in the seller's messages. Please tell the customer."));
}

/** An order line in a list: the end of its order's number tells apart what was bought twice. */
function lineText(line) {
  const title = line.quantity > 1 ? `${line.quantity} × ${line.title}` : line.title;
  return [`…${line.order_id.slice(-7)}`, title, line.seller, line.state_label].filter(Boolean).join(" · ");
}

/** What a closed list has no room for; a customer may have no order at all. */
function whereFrom(line) {
  return line && [line.order_id, line.seller, line.state_label].filter(Boolean).join(" · ");
}

/** @param {string} reference */
export async function decideCase(reference) {
  const url = `/api/v1/desk/cases/${encodeURIComponent(reference)}`;
  const { resolutions, now_stands: stands } = await get(`${url}/resolutions`);
  const amount = h("input", { class: "input", id: "case-amount", type: "number", min: "0.01", step: "0.01", inputmode: "decimal" });
  const date = h("input", { class: "input", id: "case-date", type: "date" });
  const extra = { amount_cents: label("case-amount", t("Amount in euros"), amount), date: label("case-date", t("New date"), date) };
  const choose = h("select", { class: "input", id: "case-resolution", on: { change: () => showNeeds() } }, resolutions.map((one) => h("option", { value: one.name }, one.label)));
  const chosen = () => resolutions.find((one) => one.name === choose.value);
  const showNeeds = () => {
    for (const [name, element] of Object.entries(extra)) {
      element.hidden = !chosen()?.needs.includes(name);
      element.querySelector("input").required = !element.hidden;
    }
  };
  showNeeds();
  const answer = await form(t("Decide the case"), t("Decide"),
    [stands && h("p", { class: "muted" }, t("It stands now: {resolution}", { resolution: stands })), label("case-resolution", t("How it ends"), choose), extra.amount_cents, extra.date]);
  if (!answer) return;
  const needs = chosen().needs;
  await post(`${url}/decide`, { resolution: choose.value, ...(needs.includes("amount_cents") && { amount_cents: Math.round(Number(amount.value) * 100) }), ...(needs.includes("date") && { date: date.value }) });
  toast(t("Decided. Customer and seller are told."));
}

function label(id, text, field) {
  return h("div", { class: "stack" }, h("label", { for: id }, text), field);
}

function form(title, action, parts) {
  return opened(title, (dialog) => [
    h("form", { class: "content stack", method: "dialog", on: { submit: (event) => (event.preventDefault(), dialog.close("yes")) } }, parts,
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button quiet", on: { click: () => dialog.close("") } }, t("Cancel")),
        h("button", { class: "button primary" }, action))),
  ]);
}
