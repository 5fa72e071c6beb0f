/** The supervisors' page: the load of this moment, and reports with plots and CSV. */

import { errorText, get, put } from "../api.js";
import { formatDateTime, h, keepTimesFresh, noteServerTime, replace, timeElement, toast } from "../dom.js";
import { Hints } from "../hints.js";
import { icon } from "../icons.js";
import { plot, ranking } from "./charts.js";
import { pick } from "./dialogs.js";
import { showSatisfaction } from "./satisfaction.js";
import { SECONDS } from "./scales.js";
import { languageBadge, locale, t, tickClocks, waitingClock, word } from "./words.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const report = /** @type {HTMLElement} */ (document.getElementById("report"));
const period = /** @type {HTMLSelectElement} */ (document.getElementById("period"));
const csv = /** @type {HTMLAnchorElement} */ (document.getElementById("report-csv"));
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const names = new Intl.DisplayNames(locale, { type: "language" });

async function readLive() {
  try {
    const found = await get("/api/v1/desk/live");
    noteServerTime(found.now);
    replace(live, numbers(found), h("div", { class: "columns" }, waitingBy(t("Waiting by language"), found.by_language, (one) => names.of(one.code)),
      waitingBy(t("Waiting by reason"), found.by_reason, (one) => one.label)), people(found.people), alerts(found.alerts));
  } catch (error) {
    if (error?.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    else replace(live, h("p", { role: "alert" }, errorText(error, t)));
  }
  live.setAttribute("aria-busy", "false");
}

function numbers(found) {
  const one = (label, value, extra, tone = "") => h("div", { class: `figure ${tone}` }, h("dt", null, label), h("dd", null, h("strong", { class: "numbers" }, value), extra));
  const waits = found.waiting.since && h("span", { class: "muted" }, " ", waitingClock(found.waiting.since));
  return h("dl", { class: "figures" }, one(t("Waiting now"), found.waiting.count, waits, found.waiting.count ? "amber" : ""),
    one(t("With agents"), found.with_agents), one(t("of them without an answer"), found.unanswered),
    one(t("With the bot, last 15 minutes"), found.with_bot_lately), one(t("Call-backs"), found.callbacks),
    one(t("At the desk"), found.people.filter((person) => person.state === "here").length));
}

function waitingBy(title, rows, label) {
  const content = rows.length ? h("ul", { class: "plain" }, rows.map((one) => h("li", { class: "row apart" }, h("span", null, label(one)),
    h("span", { class: "numbers" }, h("strong", null, one.count), " ", one.since && waitingClock(one.since))))) : h("p", { class: "muted" }, t("Nobody is waiting. Well done."));
  return h("section", null, h("h3", null, title), content);
}

function people(list) {
  if (!list.length) return h("section", null, h("h3", null, t("At the desk")), h("p", { class: "muted" }, t("Nobody has been at the desk yet.")));
  return h("section", null, h("h3", null, t("Agents")), h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": t("Agents") }, h("table", { class: "shares people-table" },
    h("thead", null, h("tr", null, [t("Name"), t("State"), t("Chats"), t("Languages")].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", null, list.map((one) => h("tr", null, h("th", { scope: "row" }, one.name),
      h("td", null, h("span", { class: `dot ${one.state}`, "aria-hidden": "true" }), " ", word("person", one.state), h("span", { class: "muted small" }, timeElement(one.since, locale))),
      h("td", { class: "numbers" }, h("button", { type: "button", class: "linklike", title: t("Change how many chats"), on: { click: () => changeCapacity(one) } }, `${one.held} / ${one.capacity}`)),
      h("td", null, one.languages.length ? one.languages.map(languageBadge) : t("all"))))))));
}

async function changeCapacity(person) {
  const options = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30].map((n) => ({ value: String(n), label: String(n) }));
  const chosen = await pick(person.name, t("Chats at a time"), t("Save"), [["", options]]);
  if (!chosen) return;
  try {
    await put(`/api/v1/desk/people/${person.id}`, { capacity: Number(chosen) });
  } catch (error) {
    toast(errorText(error, t), { kind: "red" });
  }
  readLive();
}

function alerts(list) {
  const line = (one) => h("li", { class: "row" }, icon(one.kind === "blocked" ? "lock" : "warning"), h("a", { href: `/desk#${one.conversation_id}` }, one.label ?? word("event", one.kind)),
    one.agent && h("span", { class: "muted" }, one.agent), timeElement(one.at, locale));
  return h("section", null, h("h3", null, t("What went wrong lately")), list.length ? h("ul", { class: "plain" }, list.map(line)) : h("p", { class: "muted" }, t("Nothing.")));
}

async function readReport() {
  csv.href = `/api/v1/desk/report.csv?days=${period.value}`;
  report.setAttribute("aria-busy", "true");
  try {
    show(await get(`/api/v1/desk/report?days=${period.value}`));
  } catch (error) {
    replace(report, h("p", { role: "alert" }, errorText(error, t)));
  }
  report.setAttribute("aria-busy", "false");
}

function show({ per_day: days, by_reason: reasons, by_language: languages, by_agent: agents, by_hour: hours }) {
  const labels = days.map((one) => day.format(new Date(`${one.day}T12:00:00`)));
  const series = (name, tone, key) => ({ name, tone, values: days.map((one) => one[key]) });
  const table = t("As a table");
  const both = /** @type {[string, string]} */ ([t("Conversations"), t("of them with a person")]);
  const ranked = (title, rows, label) => rows.length > 0 && ranking({ title, names: both, table, rows: rows.map((one) => ({ label: label(one), value: one.conversations, part: one.handed_off })) });
  replace(report,
    plot({ title: t("Conversations per day"), labels, table, series: [series(both[0], "first", "conversations"), series(both[1], "second", "handed_off")] }),
    plot({ title: t("Wait for a person"), labels, table, kind: "lines", scale: SECONDS, newest: true, series: [series(t("Half waited less than"), "first", "wait_median_s"), series(t("Nine of ten waited less than"), "third", "wait_p90_s")] }),
    plot({ title: t("Taken, closed, and back to the queue"), labels, table, series: [series(t("Taken"), "first", "claimed"), series(t("Closed"), "second", "closed"), series(t("Back to the queue"), "third", "requeued")] }),
    plot({ title: t("Solved, as customers say"), labels, table, series: [series(t("Answered"), "first", "answered"), series(t("Solved"), "second", "solved")] }),
    ranked(t("By reason"), reasons, (one) => one.label), ranked(t("By language"), languages, (one) => names.of(one.code)),
    plot({ title: t("By hour of the day"), labels: hours.map((_, hour) => String(hour)), table, series: [{ name: both[0], tone: "first", values: hours }] }),
    agents.length > 0 && ranking({ title: t("By agent"), names: [t("Chats taken"), ""], table, rows: agents.map((one) => ({ label: one.name.split(" ")[0], value: one.claimed, part: 0 })) }));
}

period.addEventListener("change", readReport);
document.getElementById("updated").title = formatDateTime(new Date().toISOString(), locale);
keepTimesFresh(main);
setInterval(() => tickClocks(main), 1000);
let timer = 0;
const soon = () => (timer ||= window.setTimeout(() => ((timer = 0), readLive()), 1000));
new Hints("/api/v1/desk/stream?watching=1", { changed: (frame) => (frame.queue ? [frame] : null), pollMs: 5_000, slowPollMs: 15_000, onChange: soon,
  onState: (up) => (document.getElementById("updated").hidden = !up) });
readLive();
readReport();
showSatisfaction(/** @type {HTMLElement} */ (document.getElementById("shares")));
