/** The studio's page: which part is shown, the texts, and what the parts share. */

import { keepTimesFresh } from "../dom.js";
import { loadTexts } from "../texts.js";
import { ExamplesPart } from "./examples.js";
import { InboxPart } from "./inbox.js";
import { ModelsPart } from "./models.js";

const TABS = ["inbox", "examples", "models"];
const locale = document.documentElement.lang;

const [texts, reasons] = await Promise.all([loadTexts("studio", locale), loadTexts("reasons", locale)]);

/**
 * What every part gets. `reason` is a reason's label, `percent` a share as the reader writes it.
 * @typedef {{locale: string, t: (msgid: string, values?: object) => string, reason: (id: string) => string,
 *   reasons: () => string[], percent: (share: number, digits?: number) => string}} Shared
 */
const shared = {
  locale,
  t: texts.t,
  reason: (id) => (reasons.has(id) ? reasons.t(id) : id),
  reasons: () => Object.keys(reasons.entries),
  percent: (share, digits = 0) =>
    new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share),
};

const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const parts = {
  inbox: new InboxPart(place("inbox"), shared, { count: place("inbox-count") }),
  examples: new ExamplesPart(place("examples"), shared),
  models: new ModelsPart(place("models"), shared, { dot: place("training-dot") }),
};

/** Show the part the address names. */
function show() {
  const tab = TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "inbox";
  for (const name of TABS) {
    place(name).hidden = name !== tab;
    const link = document.querySelector(`[data-tab="${name}"]`);
    if (name === tab) link?.setAttribute("aria-current", "page");
    else link?.removeAttribute("aria-current");
  }
  for (const name of TABS) if (name !== tab) parts[name].hide();
  parts[tab].show();
}

const help = /** @type {HTMLDialogElement} */ (place("help"));
place("help-button").addEventListener("click", () => help.showModal());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (/** @type {Element} */ (event.target).closest("input, textarea, select")) return;
  if (event.key === "?") help.showModal();
  else if (!place("inbox").hidden && parts.inbox.key(event)) event.preventDefault();
});
addEventListener("hashchange", show);
keepTimesFresh(document);
show();
