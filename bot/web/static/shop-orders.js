/** The demo shop's page "my orders". */

import { errorText, get } from "./api.js";
import { button, formatDate, h, money, now, replace, toast } from "./dom.js";
import { icon } from "./icons.js";

const TONES = {
  delivered: "accent",
  lost: "red",
  returned_to_sender: "red",
  shipped: "amber",
  preparing: "amber",
};
const ON_ITS_WAY = ["placed", "preparing", "shipped"];

/**
 * Fill `place` with the orders of `who`, or with the way to sign in.
 * @param {Element} place
 * @param {{t: Function, locale: string, who: {customer_id: string} | null, choose: () => void}} page
 */
export async function showOrders(place, page) {
  const { t, locale, who } = page;
  if (!who) {
    return replace(place, state("person", t("Sign in to see your orders."), t("Sign in"), page.choose));
  }
  try {
    const customers = await get("/demo/customers", { locale });
    const orders = customers.find((customer) => customer.customer_id === who.customer_id)?.orders ?? [];
    if (!orders.length) return replace(place, noOrders(page));
    orders.sort((a, b) => b.ordered_at.localeCompare(a.ordered_at));
    return replace(
      place,
      orders.map((order) => orderElement(order, page)),
    );
  } catch (error) {
    return replace(
      place,
      state("warning", errorText(error, t), t("Try again"), () => showOrders(place, page)),
    );
  }
}

function noOrders({ t, locale }) {
  return state("box", t("You have not ordered anything yet."), t("Products"), () =>
    location.assign(`/${locale}/`),
  );
}

function state(name, text, action, run) {
  return h(
    "div",
    { class: "card state" },
    icon(name),
    h("p", null, text),
    button("button primary", run, action),
  );
}

function orderElement({ order_id, ordered_at, lines }, page) {
  const { t, locale } = page;
  const help = () =>
    window.puente?.open({ text: t("I have a question about order {order_id}: ", { order_id }) });
  return h(
    "article",
    { class: "card order", "aria-label": t("Order {order_id}", { order_id }) },
    h(
      "header",
      null,
      h("h2", { class: "numbers" }, t("Order {order_id}", { order_id })),
      copyButton(order_id, t),
      h("p", { class: "muted small" }, t("Ordered on {date}", { date: formatDate(ordered_at, locale) })),
      button("button small", help, icon("chat"), t("Get help with this order")),
    ),
    h(
      "ul",
      { role: "list" },
      lines.map((line) => lineElement(line, page)),
    ),
  );
}

function copyButton(orderId, t) {
  const copy = () => navigator.clipboard?.writeText(orderId).then(() => toast(t("Order number copied.")));
  return button("button quiet small", copy, t("Copy the order number"));
}

function lineElement(line, { t, locale }) {
  const title = line.quantity > 1 ? `${line.quantity} × ${line.title}` : line.title;
  return h(
    "li",
    { class: "line" },
    h("img", { src: line.image, alt: "", width: 64, height: 64 }),
    h(
      "div",
      null,
      h("p", { class: "line-title" }, h("a", { href: `/${locale}/p/${line.product_id}` }, title)),
      h("p", { class: "muted small" }, soldBy(line, t)),
      h("p", { class: "small" }, whenText(line, t, locale)),
      h("p", { class: "small numbers" }, money(line.price_cents, locale)),
    ),
    h("span", { class: `badge ${TONES[line.state] ?? ""}` }, t(line.state)),
  );
}

function soldBy({ seller_name, seller: id, fulfilled_by }, t) {
  const seller = seller_name ?? id;
  const isShippedByUs = fulfilled_by === "marketplace" && !seller.startsWith("Puente");
  return t(isShippedByUs ? "Sold by {seller}, shipped by Puente" : "Sold and shipped by {seller}", {
    seller,
  });
}

function whenText({ state, promised_at, delivered_at }, t, locale) {
  if (delivered_at) return t("Delivered on {date}", { date: formatDate(delivered_at, locale) });
  if (!ON_ITS_WAY.includes(state)) return null;
  const late = Date.parse(promised_at) < now();
  return t(late ? "Should have arrived by {date}" : "Arrives by {date}", {
    date: formatDate(promised_at, locale),
  });
}
