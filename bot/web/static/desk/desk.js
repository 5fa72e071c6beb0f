/** The desk: three panes, the keyboard, and what connects them. */

import { errorText, get, post } from "../api.js";
import { keepTimesFresh, noteServerTime, toast } from "../dom.js";
import { Hints } from "../hints.js";
import { Alerts } from "./alerts.js";
import { ChatPane } from "./chat.js";
import { ContextPane } from "./context.js";
import { OpenConversation } from "./conversation.js";
import { ask } from "./dialogs.js";
import { QueuePane } from "./queue.js";
import { showSatisfaction } from "./satisfaction.js";
import { t, tickClocks } from "./words.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const lineState = /** @type {HTMLElement} */ (document.getElementById("line-state"));
const help = /** @type {HTMLDialogElement} */ (document.getElementById("help"));

/** @type {OpenConversation | null} */
let current = null;

const queue = new QueuePane(document.getElementById("queue"), { open, changeCall, retry: () => readQueue() });
const chat = new ChatPane(document.getElementById("chat"), {
  claim: () => claim(),
  giveBack: () => giveBack(),
  close: () => close(),
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

let reading = false;
let readAgain = false;

/** Read the queue; wishes that come meanwhile are one more read. */
async function readQueue() {
  readAgain = reading;
  if (reading) return;
  reading = true;
  try {
    const found = await get("/api/v1/desk/queue");
    noteServerTime(found.now);
    queue.show(found);
    alerts.update(found.waiting);
    document.getElementById("tab-count").textContent = found.waiting.length ? String(found.waiting.length) : "";
  } catch (error) {
    if (error?.status === 401) return signInAgain();
    queue.showError(error);
  } finally {
    reading = false;
  }
  if (readAgain) readQueue();
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
    onEntries: (entries) => chat.add(entries),
    onTyping: (text) => chat.showTyping(text),
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
  if (!current?.found?.mine) return toast(t("Take the chat to reply."));
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
const shares = /** @type {HTMLDialogElement | null} */ (document.getElementById("satisfaction"));
document.getElementById("satisfaction-button")?.addEventListener("click", () => {
  shares.showModal();
  showSatisfaction(/** @type {HTMLElement} */ (shares.querySelector(".content")));
});
document.getElementById("help-button").addEventListener("click", () => help.showModal());
window.addEventListener("hashchange", () => location.hash.length > 1 && open(location.hash.slice(1)));

keepTimesFresh(main);
setInterval(() => tickClocks(main), 1000);
new Hints("/api/v1/desk/stream", {
  changed: (frame) => (frame.queue || frame.ping ? (frame.conversations ?? []) : null),
  pollMs: 5_000,
  slowPollMs: 60_000,
  onChange: (conversations) => {
    readQueue();
    if (current && conversations.includes(current.id)) current.reloadSoon();
  },
  onState: (online) => showLine("queue", online),
});
readQueue();
if (location.hash.length > 1) open(location.hash.slice(1));
