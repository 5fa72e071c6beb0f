/** For supervisors: how often customers said that it was solved, over 7, 30 and 90 days. */

import { errorText, get } from "../api.js";
import { h, replace } from "../dom.js";
import { locale, t } from "./words.js";

const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

/** Fill `root` with the shares of now. @param {HTMLElement} root */
export async function showSatisfaction(root) {
  root.setAttribute("aria-busy", "true");
  try {
    const { periods } = await get("/api/v1/desk/satisfaction");
    replace(root, periods.some((one) => one.all.asked) ? table(periods) : h("p", { class: "muted" }, t("Nobody has been asked yet.")),
      h("p", null, h("a", { href: "/api/v1/desk/satisfaction.csv", download: "satisfaction.csv" }, t("Download as CSV"))));
  } catch (error) {
    replace(root, h("p", { role: "alert" }, errorText(error, t)));
  }
  root.setAttribute("aria-busy", "false");
}

function table(periods) {
  const rows = [["all", t("In all")], ["bot", t("Bot")], ["agent", t("Agent")], ["seller", t("Seller")]];
  return h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": t("Solved, as customers say") }, h("table", { class: "shares" },
    h("thead", null, h("tr", null, h("td"), periods.map((one) => h("th", { scope: "col" }, t("{days} days", { days: one.days }))))),
    h("tbody", null, rows.map(([name, title]) => h("tr", null, h("th", { scope: "row" }, title), periods.map((one) => h("td", { class: "numbers" }, cell(one[name]))))))));
}

/** The share, and of how many: those who answered of those who were asked. */
function cell(share) {
  const counts = t("{answered} of {asked} answered", { answered: share.answered, asked: share.asked });
  return [h("strong", null, share.share === null ? "–" : percent.format(share.share)), h("span", { class: "muted small" }, counts)];
}
