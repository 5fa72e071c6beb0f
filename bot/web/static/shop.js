/** The demo shop's own script: who is signed in, the shop's half of the chat, and the orders page. */

import { errorText, get } from "./api.js";
import { button, h, named, replace, toast } from "./dom.js";
import { fillIcons, icon } from "./icons.js";
import { customerToken, signedIn, signIn, signOut } from "./shop-customer.js";
import { showOrders } from "./shop-orders.js";
import { loadTexts } from "./texts.js";

const locale = document.documentElement.lang;

// Before the chat's loader runs: both are deferred, in this order.
window.puenteCustomerToken = customerToken;
fillIcons();
const { t } = await loadTexts("shop", locale);

showWho();
listen("[data-buy]", (button) => toast(button.dataset.buy));
listen("[data-ask]", () => window.puente?.open());
refreshOrders();

function showWho() {
  const place = document.querySelector("[data-who]");
  const who = signedIn();
  const choose = button(
    "button small",
    chooseCustomer,
    icon("person"),
    who ? t("Change customer") : t("Sign in"),
  );
  if (!who) return replace(place, choose);
  const name = h(
    "span",
    { class: "who-name", title: t("Signed in as {name}", { name: who.name }) },
    who.name,
  );
  const leave = button("icon-button", () => changed(signOut()), icon("sign-out"));
  return replace(place, name, choose, named(leave, t("Sign out")));
}

/** Somebody else is signed in now: tell the page and the chat. */
function changed() {
  showWho();
  refreshOrders();
  window.puente?.customerChanged();
}

function refreshOrders() {
  const place = document.querySelector("[data-orders]");
  if (place) showOrders(place, { t, locale, who: signedIn(), choose: chooseCustomer });
}

/** The menu of demo customers; those who speak the page's language come first. */
async function chooseCustomer() {
  const list = h(
    "ul",
    { class: "people", role: "list" },
    [1, 2, 3, 4].map(() => h("li", { class: "skeleton" }, " ")),
  );
  const close = named(
    button("icon-button", () => dialog.close(), icon("close")),
    t("Close"),
  );
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "choose-title", on: { close: () => dialog.remove() } },
    h("header", null, h("h2", { id: "choose-title" }, t("Who would you like to be?")), close),
    h(
      "div",
      { class: "content" },
      h("p", { class: "muted" }, t("Choose an invented customer. No password is needed.")),
      list,
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  try {
    const customers = await get("/demo/customers", { locale });
    customers.sort((a, b) => Number(b.locale === locale) - Number(a.locale === locale));
    replace(
      list,
      customers.map((customer) => h("li", null, personButton(customer, dialog))),
    );
  } catch (error) {
    replace(list, h("li", { class: "error-text" }, errorText(error, t)));
  }
}

function personButton(customer, dialog) {
  const orders = customer.orders.length;
  const choose = async () => {
    try {
      await signIn(customer);
      dialog.close();
      changed();
    } catch (error) {
      toast(errorText(error, t), { kind: "red", root: dialog });
    }
  };
  return button(
    "person",
    choose,
    h("span", null, customer.name ?? customer.customer_id),
    h("span", { class: "muted small" }, orders === 1 ? t("1 order") : t("{count} orders", { count: orders })),
    h("span", { class: "badge" }, t(customer.locale === "de" ? "German" : "Spanish")),
  );
}

function listen(selector, handler) {
  for (const element of document.querySelectorAll(selector))
    element.addEventListener("click", () => handler(element));
}
