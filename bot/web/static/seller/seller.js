/** The case log: three rooms (cases, messages, product pages), addresses for each, the keyboard, live hints. */

import { errorText, get } from "../api.js";
import { keepTimesFresh, toast } from "../dom.js";
import { Hints } from "../hints.js";
import { CasePane } from "./case.js";
import { CaseList } from "./cases.js";
import { GapList } from "./gaps.js";
import { MessageList } from "./messages.js";
import { setServerTime, t, tickClocks } from "./words.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const wide = /** @type {HTMLElement} */ (document.getElementById("wide"));
const help = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
const lineState = /** @type {HTMLElement} */ (document.getElementById("line-state"));

const list = new CaseList(document.getElementById("list"), {
  open: (reference) => go(`/seller/cases/${reference}`),
  onCounts: (counts) => {
    document.getElementById("open-count").textContent = counts.open ? String(counts.open) : "";
    document.title = `${counts.open ? `(${counts.open}) ` : ""}${t("Case log")} · Puente`;
  },
  onError: failed,
});
const pane = new CasePane(document.getElementById("case"), {
  back: () => go("/seller"),
  next: openNext,
  answered: () => list.read(),
  retry: () => readCase(true),
});
const messages = new MessageList(wide, failed);
const gaps = new GapList(wide, failed);

let reference = "";
/** Where the list stood when a case was opened; on narrow screens both share the page's scrolling. */
let listScroll = 0;

/** What every call may come to: a session that ended leads to signing in. Returns whether it was dealt with. @param {any} error */
function failed(error) {
  if (error?.status !== 401) return false;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  return true;
}

/** @param {string} path */
function go(path) {
  if (location.pathname !== path) history.pushState(null, "", path);
  route();
}

/** Show what the address names. */
function route() {
  const [, , room = "", name = ""] = location.pathname.split("/");
  const shown = room === "messages" || room === "pages" ? room : "cases";
  const changed = main.dataset.room !== shown;
  main.dataset.room = shown;
  for (const link of main.querySelectorAll(".rooms a")) {
    if (/** @type {HTMLElement} */ (link).dataset.room === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  wide.hidden = shown === "cases";
  if (shown === "messages") return void messages.open();
  if (shown === "pages") return void gaps.open();
  openCase(room === "cases" ? decodeURIComponent(name) : "");
  if (changed) list.read();
}

/** @param {string} name */
function openCase(name) {
  const before = reference;
  if (!before) listScroll = window.scrollY;
  reference = name;
  main.dataset.show = name ? "case" : "list";
  list.markOpen(name);
  if (!name) {
    pane.clear();
    if (!before) return;
    window.scrollTo(0, listScroll);
    list.rows().find((row) => row.dataset.reference === before)?.focus({ preventScroll: true });
    return;
  }
  if (name !== before) {
    pane.showLoading();
    window.scrollTo(0, 0);
  }
  readCase(name !== before);
}

/** @param {boolean} first whether the case is being opened, not read again */
async function readCase(first) {
  const name = reference;
  try {
    const found = await get(`/api/v1/seller/cases/${encodeURIComponent(name)}`);
    if (name !== reference) return;
    setServerTime(found.now);
    if (document.querySelector("dialog.confirm[open]")) return; // read again when the dialog has ended
    pane.show(found);
    if (first) /** @type {HTMLElement | null} */ (document.querySelector("#case .ask"))?.focus({ preventScroll: true });
    if (first && main.dataset.show === "case") document.getElementById("case").scrollTop = 0;
  } catch (error) {
    if (name !== reference || failed(error)) return;
    if (first) pane.showError(error);
    else if (!(/** @type {any} */ (error).isPassing)) toast(errorText(error, t), { kind: "red" });
  }
}

function openNext() {
  const next = list.nextAfter(reference);
  go(next ? `/seller/cases/${next}` : "/seller");
}

/** Something changed: read what is on the screen again. */
function refresh() {
  list.read();
  if (main.dataset.room === "messages") messages.read();
  else if (main.dataset.room === "pages") gaps.read();
  else if (reference) readCase(false);
}

/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => list.move(1),
  k: () => list.move(-1),
  t: () => pane.form.focus(),
  Escape: () => reference && go("/seller"),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const writing = target.closest("input, textarea, select, [contenteditable]");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const number = /^[1-9]$/.test(event.key) && main.dataset.room === "cases" && reference ? Number(event.key) : 0;
  const action = number ? () => pane.form.choose(number) : KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

for (const link of main.querySelectorAll(".rooms a")) {
  link.addEventListener("click", (event) => {
    const click = /** @type {MouseEvent} */ (event);
    if (click.ctrlKey || click.metaKey || click.shiftKey) return;
    event.preventDefault();
    go(/** @type {HTMLAnchorElement} */ (link).pathname);
  });
}
document.getElementById("help-button").addEventListener("click", () => help.showModal());
window.addEventListener("popstate", route);
document.addEventListener("close", () => setTimeout(() => reference && readCase(false)), true);

keepTimesFresh(main);
setInterval(() => tickClocks(main), 1000);
new Hints("/api/v1/seller/stream", {
  changed: (frame) => (frame.cases ? [] : null),
  pollMs: 10_000,
  slowPollMs: 60_000,
  onChange: () => refresh(),
  onState: (online) => {
    lineState.hidden = online;
    lineState.textContent = online ? "" : t("Reconnecting…");
  },
});
list.read();
route();
