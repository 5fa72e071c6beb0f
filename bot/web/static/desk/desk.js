/** The desk: three panes, the keyboard, and what connects them. */

import { errorText, get, post } from "../api.js";
import { keepTimesFresh, noteServerTime, toast } from "../dom.js";
import { Hints } from "../hints.js";
import { Alerts } from "./alerts.js";
import { askSeller, decideCase } from "./cases.js";
import { ChatPane } from "./chat.js";
import { ContextPane } from "./context.js";
import { OpenConversation } from "./conversation.js";
import { ask } from "./dialogs.js";
import { changeLabels, correctReason } from "./marks.js";
import { QueuePane } from "./queue.js";
import { searchDialog } from "./search.js";
import { blockCustomer, changeMe, chooseColleague, showMe } from "./team.js";
import { translateLog } from "./translations.js";
import { t, tickClocks } from "./words.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const lineState = /** @type {HTMLElement} */ (document.getElementById("line-state"));
const meButton = /** @type {HTMLElement} */ (document.getElementById("me"));
const me = Number(main.dataset.meId);
const help = /** @type {HTMLDialogElement} */ (document.getElementById("help"));

/** @type {OpenConversation | null} */
let current = null;

const queue = new QueuePane(document.getElementById("queue"), { open, changeCall, retry: () => readQueue() });
const chat = new ChatPane(document.getElementById("chat"), {
  claim: () => claim(),
  giveBack: () => giveBack(),
  close: () => close(),
  passOn: () => passOn(),
  invite: () => invite(),
  translate: () => attempt(() => translateLog(current.url, chat.log)),
  leaveChat: () => act((opened) => opened.act("leave")),
  block: () => block(),
  unblock: () => act((opened) => opened.act("unblock")),
  takeAway: () => takeAway(),
  leave: () => queue.move(1),
  earlier: () => attempt(async () => chat.addEarlier(await current.earlier(firstShown()))),
  reload: () => current && open(current.id),
  send: (text, conveys) => current.replies.add(text, conveys),
  typing: (on) => current?.sendTyping(on),
  retry: (id) => current.replies.retry(id),
  takeBack: (id) => current.replies.takeBack(id),
});
const context = new ContextPane(document.getElementById("context"), {
  addNote: (text) => attempt(async () => context.showNotes(await current.addNote(text))),
  open,
  insert: insertIntoReply,
  changeCall,
  askSeller: () => seller(),
  decideCase: (reference) => act(() => decideCase(reference)),
  changeLabels: () => labels(),
  correctReason: () => reason(),
  readAudit: main.dataset.supervises === "yes" ? (id) => get(`/api/v1/desk/conversations/${encodeURIComponent(id)}/audit`) : null,
});
const alerts = new Alerts(/** @type {HTMLButtonElement} */ (document.getElementById("notify")), open);

/** Run something; what fails is told. Returns whether it went well. @param {() => Promise<unknown>} action */
async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    toast(errorText(error, t), { kind: "red" });
    return false;
  }
}

/** Whether the line that says that I am here is down: then asking for the queue says so. */
let lineIsDown = false;
let reading = false;
let readAgain = false;

/** Read the queue; wishes that come meanwhile are one more read. */
async function readQueue() {
  readAgain = reading;
  if (reading) return;
  reading = true;
  try {
    take(await get(`/api/v1/desk/queue${lineIsDown ? "?here=1" : ""}`));
  } catch (error) {
    if (error?.status === 401) return signInAgain();
    queue.showError(error);
  } finally {
    reading = false;
  }
  if (readAgain) readQueue();
}

/** Show lists that came: from a read, or with a hint. @param {any} lists */
function take(lists) {
  if (lists.now) noteServerTime(lists.now);
  const waiting = queue.take(lists, me);
  const { mine, invited, callbacks, waiting_count: count } = queue.queue;
  showMe(meButton, queue.me);
  alerts.update({ waiting: [...waiting, ...callbacks], mine, invited, count });
  document.getElementById("tab-count").textContent = count ? String(count) : "";
}

/** A hint: lists everybody shares come with it, my own are read. @param {any} frame */
function heard(frame) {
  if (!queue.queue || (!frame.shared && !frame.mine && !frame.conversations?.length)) return readQueue();
  if (frame.shared) take(frame.shared);
  if (frame.mine) readMine();
}

async function readMine() {
  try {
    take(await get("/api/v1/desk/queue/mine"));
  } catch {
    readQueue();
  }
}

/** @param {string} id */
function open(id) {
  current?.stop();
  chat.showLoading();
  context.showLoading();
  queue.markOpen(id);
  if (location.hash !== `#${id}`) history.replaceState(null, "", `#${id}`);
  showPane("chat");
  const opened = new OpenConversation(id, {
    onPackage: (found, first) => {
      if (first) chat.show(found);
      else chat.update(found);
      context.show(found);
    },
    onEntries: (entries) => {
      chat.add(entries);
      if (chat.translates) attempt(() => translateLog(opened.url, chat.log));
    },
    onReset: () => open(id),
    onTyping: (text) => chat.showTyping(text),
    onViewers: (text) => chat.showViewers(text),
    onPending: (items) => chat.showPending(items),
    onState: (state) => showLine("chat", state !== "reconnecting"),
    onError: (error) => showFailure(opened, error),
    explain: (error) => errorText(error, t),
  });
  current = opened;
  opened.start();
}

function showFailure(failed, error) {
  if (error?.status === 401) return signInAgain();
  if (failed.found && error?.isPassing) return toast(errorText(error, t), { kind: "red" });
  chat.showError(error);
  context.clear();
}

function signInAgain() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}

/** Take the chat that is focused in the queue, or the open one. */
async function claim() {
  const id = queue.focusedId() || current?.id;
  if (!id) return;
  if (id !== current?.id) open(id);
  const opened = current;
  alerts.expect(id);
  const taken = await attempt(() => opened.claim());
  if (taken) chat.composer.focus();
  else opened.reloadSoon();
}

async function giveBack() {
  if (!current?.found?.mine) return;
  const opened = current;
  const to = await ask(t("Give the chat back"), t("The bot goes on from here and knows what was said. In the queue, a colleague takes over."), [
    { value: "bot", label: t("To the bot"), key: "b" },
    { value: "queue", label: t("To the queue"), key: "q" },
  ]);
  if (to) await attempt(() => opened.release(/** @type {"bot" | "queue"} */ (to)));
}

async function close() {
  if (!current?.found?.mine) return;
  const opened = current;
  const sure = await ask(t("Close the chat"), t("When the customer writes again, the chat opens again with the bot."), [{ value: "yes", label: t("Close the chat") }]);
  if (sure) await attempt(() => opened.close());
}

/** Something with the open conversation, which is read again after. @param {(opened: OpenConversation) => Promise<any>} action */
async function act(action) {
  if (!current?.found) return;
  const opened = current;
  await attempt(() => action(opened));
  opened.reloadSoon();
}

const labels = () => act((opened) => changeLabels(opened.url, opened.found));
const seller = () => current?.found?.mine && act((opened) => askSeller(opened.url, opened.found));
const reason = () => act((opened) => correctReason(opened.url, opened.found));

async function passOn() {
  if (!current?.found?.mine) return;
  await act(async (opened) => {
    const text = t("The colleague has the chat at once; you can read along.");
    const to = await chooseColleague(t("Pass the chat on"), text, t("Pass on"), queue.queue.people, me);
    if (to) await opened.act("pass-on", { to });
  });
}

async function invite() {
  if (!current?.found?.mine) return;
  await act(async (opened) => {
    const text = t("The colleague may write to the customer too; the chat stays with you.");
    const to = await chooseColleague(t("Ask a colleague in"), text, t("Ask in"), queue.queue.people, me);
    if (to) await opened.act("invite", { to });
  });
}

async function block() {
  if (!current?.found?.mine) return;
  await act(async (opened) => {
    if (await blockCustomer(opened.url)) toast(t("Blocked. You can close the chat now."));
  });
}

async function takeAway() {
  const sure = await ask(t("Back to the queue"), t("The colleague loses the chat; whoever takes it next sees everything."), [{ value: "yes", label: t("Back to the queue") }]);
  if (sure) await act((opened) => opened.act("requeue"));
}

function changeMyself() {
  if (queue.me) attempt(() => changeMe(queue.me)).then(readQueue);
}

/** @param {number} id @param {import("./calls.js").CallMove} move */
function changeCall(id, move) {
  attempt(async () => {
    await post(`/api/v1/desk/callbacks/${id}/${move}`);
  }).then(() => {
    readQueue();
    current?.reloadSoon();
  });
}

/** @param {string} text */
function insertIntoReply(text) {
  if (!current?.found?.mine && !current?.found?.invited) return toast(t("Take the chat to reply."));
  showPane("chat");
  chat.composer.insert(text);
}

function firstShown() {
  return Number(/** @type {HTMLElement} */ (chat.log.querySelector("[data-seq]")).dataset.seq);
}

/** On narrow screens one pane is shown at a time. @param {"queue" | "chat" | "context"} pane */
function showPane(pane) {
  main.dataset.show = pane;
  for (const tab of main.querySelectorAll("[data-pane]")) tab.setAttribute("aria-pressed", String(tab.dataset.pane === pane));
}

const lines = { queue: true, chat: true };

/** @param {"queue" | "chat"} line @param {boolean} up */
function showLine(line, up) {
  lines[line] = up;
  const ok = lines.queue && lines.chat;
  lineState.hidden = ok;
  lineState.textContent = ok ? "" : t("Reconnecting…");
}

/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => (showPane("queue"), queue.move(1)),
  k: () => (showPane("queue"), queue.move(-1)),
  c: claim,
  r: () => (showPane("chat"), chat.composer.focus()),
  g: giveBack,
  x: close,
  t: passOn,
  i: invite,
  b: block,
  s: seller,
  l: labels,
  e: reason,
  a: changeMyself,
  "/": () => searchDialog(open),
  ".": () => chat.composer.toggleCanned(),
  n: () => current?.found && (showPane("context"), context.focusNote()),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const writing = target.closest("input, textarea, select, [contenteditable]");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

for (const tab of main.querySelectorAll("[data-pane]")) tab.addEventListener("click", () => showPane(tab.dataset.pane));
document.getElementById("search-button").addEventListener("click", () => searchDialog(open));
meButton.addEventListener("click", changeMyself);
document.getElementById("help-button").addEventListener("click", () => help.showModal());
window.addEventListener("hashchange", () => location.hash.length > 1 && open(location.hash.slice(1)));

keepTimesFresh(main);
setInterval(() => tickClocks(main), 1000);
new Hints("/api/v1/desk/stream", {
  changed: (frame) => (frame.queue ? [frame] : null),
  pollMs: 5_000,
  slowPollMs: 60_000,
  onChange: ([frame]) => {
    if (!frame) return readQueue();
    heard(frame);
    if (frame.conversations?.includes(current?.id)) current.reloadSoon();
  },
  onState: (online) => {
    lineIsDown = !online;
    showLine("queue", online);
  },
});
readQueue();
if (location.hash.length > 1) open(location.hash.slice(1));
