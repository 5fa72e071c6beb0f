/** Signing in: the form, what is wrong with it, and (demo mode) accounts to try. */

import { ApiError, errorText, get, post } from "./api.js";
import { h } from "./dom.js";
import { loadTexts } from "./texts.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("sign-in"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("sign-in-button"));
const failure = /** @type {HTMLElement} */ (document.getElementById("sign-in-error"));
const { locale = "es", next = "" } = form.dataset;
const { t } = await loadTexts("staff", locale);

/** Show what is wrong with one field, or clear it. @param {"email" | "password"} name @param {string} [text] */
function showFault(name, text = "") {
  const input = form.elements.namedItem(name);
  const place = document.getElementById(`${name}-error`);
  input.setAttribute("aria-invalid", String(Boolean(text)));
  place.textContent = text;
  place.hidden = !text;
}

/** Whether both fields hold something; the first that does not is focused. */
function isComplete() {
  const missing = ["email", "password"].filter((name) => !form.elements.namedItem(name).value.trim());
  for (const name of ["email", "password"]) showFault(name, missing.includes(name) ? t("Please fill this in.") : "");
  if (missing.length) form.elements.namedItem(missing[0]).focus();
  return missing.length === 0;
}

async function signIn() {
  failure.hidden = true;
  if (!isComplete()) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const body = { email: form.elements.namedItem("email").value, password: form.elements.namedItem("password").value };
    const answer = await post("/api/v1/sign-in", body, { locale });
    location.assign(next || answer.home);
  } catch (error) {
    const fields = error instanceof ApiError ? error.fields : {};
    for (const name of ["email", "password"]) showFault(name, fields[name]);
    failure.textContent = errorText(error, t);
    failure.hidden = false;
    button.disabled = false;
    button.removeAttribute("aria-busy");
    form.elements.namedItem("password").select();
  }
}

/** @param {{email: string, password: string, role: string, name: string}} account */
function demoAccount(account) {
  const fill = () => {
    form.elements.namedItem("email").value = account.email;
    form.elements.namedItem("password").value = account.password;
    for (const name of ["email", "password"]) showFault(name);
    button.focus();
  };
  const label = [h("strong", null, account.name), h("span", { class: "muted" }, `${t(`role.${account.role}`)} · ${account.email}`)];
  return h("li", null, h("button", { type: "button", class: "demo-account", on: { click: fill } }, label));
}

async function offerDemoAccounts() {
  const section = document.getElementById("demo-accounts");
  if (!("demo" in form.dataset) || !section) return;
  const accounts = await get("/demo/accounts");
  section.querySelector("ul").replaceChildren(...accounts.map(demoAccount));
  section.hidden = accounts.length === 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn();
});
button.disabled = false; // until here the form would have left the page, and nobody answers there
document.getElementById("show-password").addEventListener("click", (event) => {
  const toggle = /** @type {HTMLButtonElement} */ (event.currentTarget);
  const shown = toggle.getAttribute("aria-pressed") !== "true";
  toggle.setAttribute("aria-pressed", String(shown));
  toggle.textContent = t(shown ? "Hide" : "Show");
  form.elements.namedItem("password").type = shown ? "text" : "password";
});
offerDemoAccounts().catch((error) => console.warn("no demo accounts:", error));
