/** The chat's panel: header, log, composer, foot. Shows a state; decides nothing. */

import { button, h, keepTimesFresh, named, replace } from "../dom.js";
import { icon } from "../icons.js";
import { Composer } from "./composer.js";
import { noticeText, senderName } from "./entries.js";
import { greetingParts } from "./greeting.js";
import { LogView } from "./log-view.js";
import { PERSON } from "./outbox.js";

const PHONE = "(max-width: 30rem), (max-height: 28rem)";

/** What the Tab key goes to. */
const STOPS = "button:not(:disabled), a[href], input, textarea, [tabindex='0']";

export class View {
  /**
   * @param {ShadowRoot} root
   * @param {{close: () => void, send: (text: string) => void, press: (button: any) => void, retry: (key:
   *   string) => void, discard: (key: string) => void, typing: (text: string) => void, files: (files: FileList) => void,
   *   guide: (topic?: string) => void, own: () => void}} actions
   * @param {any} guidance what the guided contact needs, see `GuideView`
   */
  constructor(root, actions, guidance) {
    this.actions = actions;
    this.guidance = guidance;
    /** Loaded when it is first wanted. @type {import("./guide-view.js").GuideView | null} */
    this.guide = null;
    this.guides = false;
    this.log = new LogView(actions);
    this.composer = new Composer({ send: actions.send, changed: actions.typing, files: actions.files });
    this.title = h("h2", { id: "puente-title" });
    this.status = h("p", { class: "status" });
    this.avatar = h("span", { class: "avatar" });
    this.guiding = button("icon-button", () => actions.guide(), icon("menu"));
    this.owning = button("icon-button", () => actions.own(), icon("case"));
    /** What takes the place of the log while it is open. @type {HTMLElement | null} */
    this.own = null;
    /** What is said above the greeting. */
    this.told = "";
    /** What is known of the wait for a person. @type {HTMLElement | null} */
    this.waiting = null;
    this.closing = button("icon-button", actions.close, icon("close"));
    this.bar = h("p", { class: "bar", role: "status", hidden: true });
    this.foot = h("div", { class: "foot" });
    this.newer = button("newer", () => this.log.toEnd());
    this.newer.hidden = true;
    this.frame = h("div", { class: "log-frame" }, this.log.element, this.newer);
    this.announcer = h("div", {
      class: "visually-hidden",
      "aria-live": "polite",
      "aria-relevant": "additions",
    });
    this.panel = h(
      "section",
      {
        id: "puente-panel",
        class: "panel",
        role: "dialog",
        "aria-labelledby": "puente-title",
        tabindex: -1,
        hidden: true,
        on: {
          keydown: (event) => this.#key(event),
          dragover: (event) => this.#dragged(event),
          dragleave: () => this.panel.classList.remove("dropping"),
          drop: (event) => this.#dragged(event),
        },
      },
      h(
        "div",
        { class: "head" },
        this.avatar,
        h("div", { class: "head-text" }, this.title, this.status),
        this.guiding,
        this.owning,
        this.closing,
      ),
      this.bar,
      this.frame,
      this.composer.element,
      this.foot,
    );
    this.log.element.addEventListener("scroll", () => this.log.isAtEnd() && (this.newer.hidden = true), {
      passive: true,
    });
    root.prepend(this.announcer, this.panel);
    keepTimesFresh(root);
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** @param {boolean} open */
  show(open) {
    this.panel.hidden = !open;
    const phone = matchMedia(PHONE).matches;
    document.documentElement.style.overflow = open && phone ? "hidden" : "";
    this.panel.setAttribute("aria-modal", String(phone));
    if (!open) return;
    this.log.toEnd();
    if (this.own) return this.own.querySelector("h3").focus();
    if (this.guide && !this.guide.element.hidden) return this.guide.heading.focus();
    // On a phone the focus must not bring up the keyboard before anything was read.
    if (phone) this.panel.focus();
    else this.composer.focus();
  }

  /** Show the guided contact in the place of the log, or the log again. @param {boolean} isOpen */
  async showGuide(isOpen) {
    this.guides = isOpen;
    if (isOpen && !this.guide) await this.#loadGuide();
    if (this.guides !== isOpen || !this.guide) return;
    if (this.own) this.showOwn(null);
    this.frame.hidden = isOpen;
    this.composer.element.hidden = isOpen;
    this.guiding.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) return this.guide.open();
    this.guide.close();
    this.log.toEnd();
    if (this.isOpen) this.show(true);
  }

  async #loadGuide() {
    try {
      const { GuideView } = await import("./guide-view.js");
      this.guide ??= new GuideView(this.guidance);
      this.guide.setScene(this.scene);
      this.frame.before(this.guide.element);
    } catch (error) {
      console.warn("the guided contact could not be loaded", error);
      this.guidance.close();
    }
  }

  get ownIsOpen() {
    return this.own !== null;
  }

  /** Show what is the customer's own in the place of the log, or (null) the log again. */
  showOwn(element) {
    this.own?.remove();
    this.own = element;
    this.frame.hidden = this.composer.element.hidden = element !== null;
    this.owning.setAttribute("aria-expanded", String(element !== null));
    if (element) this.frame.before(element);
    else if (this.isOpen) this.show(true);
  }

  /**
   * The language has changed, or is known now: all that is shown is written anew.
   * @param {import("./cards.js").Scene} scene
   */
  setScene(scene) {
    this.scene = scene;
    const { t } = scene;
    this.panel.lang = scene.locale;
    replace(this.title, t("Customer service"));
    named(this.closing, t("Close the chat"));
    named(this.guiding, t("Step by step"));
    named(this.owning, t("Your conversation"));
    this.guide?.setScene(scene);
    this.log.element.setAttribute("aria-label", t("Conversation"));
    replace(this.newer, t("New messages"), icon("chevron-down"));
    this.composer.setTexts(t);
    this.log.clear();
    this.log.typing.dataset.who = "";
    this.footShows = "";
    this.greets = false;
  }

  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {{pending: any[], seen: number, typing: string, reconnecting: boolean,
   *   productId: string | null, isLoading: boolean}} state
   */
  update(conversation, state) {
    const scene = { ...this.scene, cardTitles: conversation.cardTitles };
    const isEmpty = conversation.entries.length === 0 && state.pending.length === 0;
    const stayed = this.log.shown < conversation.after && this.isOpen && !this.log.isAtEnd();
    this.#showGreeting(isEmpty && !state.isLoading, state.productId);
    this.log.element.setAttribute("aria-busy", String(state.isLoading));
    this.log.element.classList.toggle("loading", state.isLoading);
    this.log.update(conversation, { ...state, scene });
    if (stayed && this.log.shown > 0) this.newer.hidden = false;
    this.#showWho(conversation);
    this.bar.hidden = !state.reconnecting;
    replace(this.bar, state.reconnecting && [icon("retry"), scene.t("No connection. Reconnecting…")]);
  }

  /** Say what has become of the conversation before, until another one begins. @param {string} text */
  tellAtBeginning(text) {
    this.told = text;
    this.greets = false;
    this.announceText(text);
  }

  #showGreeting(greets, productId) {
    if (greets === this.greets) return;
    this.greets = greets;
    if (!greets) this.told = "";
    const told = this.told && h("p", { class: "note" }, icon("check"), h("span", null, this.told));
    replace(this.log.greeting, told, greets && greetingParts(this.scene, productId, {
      send: this.actions.send,
      guide: this.actions.guide,
      write: () => this.composer.focus(),
    }));
  }

  /**
   * Say new entries once, with their sender, to those who listen.
   * @param {import("../stream.js").Entry[]} entries
   */
  announce(entries, agent) {
    const { t } = this.scene;
    for (const entry of entries) {
      if (entry.actor === "customer") continue;
      const text =
        entry.type === "message"
          ? `${senderName(entry.actor, entry.body.agent ?? agent, t)}: ${spoken(entry.body)}`
          : noticeText(entry, this.scene);
      if (text) this.announcer.append(h("p", null, text));
    }
    while (this.announcer.childElementCount > 10) this.announcer.firstElementChild.remove();
  }

  /** Say something that is in no entry. */
  announceText(text) {
    this.announcer.append(h("p", null, text));
  }

  /** Who answers, and the way to a person: always there, or what has become of it. */
  #showWho({ controller, agent }) {
    const { t } = this.scene;
    const person = agent || t("Customer service");
    const status = {
      bot: t("Answering: automatic assistant"),
      queue: t("Waiting for a person"),
      agent: t("Answering: {name}", { name: person }),
      closed: t("Conversation closed"),
    }[controller];
    replace(this.status, status);
    replace(this.avatar, icon({ bot: "bot", queue: "clock", agent: "person", closed: "check" }[controller]));
    const shows = `${controller}/${agent}`;
    if (this.footShows === shows) return;
    this.footShows = shows;
    replace(this.foot, this.#wayToPerson(controller, person));
  }

  #wayToPerson(controller, person) {
    const { t } = this.scene;
    if (controller === "queue") return this.waiting;
    if (controller === "agent") {
      return h("p", { class: "small" }, icon("person"), t("You are talking to {name}.", { name: person }));
    }
    const ask = t("I would like to talk to a person");
    return button("button quiet small", () => this.actions.press({ title: ask, payload: PERSON }), icon("person"), ask);
  }

  /** Files may be dropped anywhere on the chat. */
  #dragged(event) {
    if (!event.dataTransfer?.types.includes("Files") || this.composer.element.hidden) return;
    event.preventDefault();
    this.panel.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop") this.actions.files(event.dataTransfer.files);
  }

  /** Esc closes; on a phone the chat is the whole screen and the focus stays in it. */
  #key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      this.actions.close();
    } else if (event.key === "Tab" && this.panel.getAttribute("aria-modal") === "true") {
      const stops = [...this.panel.querySelectorAll(STOPS)].filter((stop) => stop.offsetParent);
      const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
      const focused = /** @type {ShadowRoot} */ (this.panel.getRootNode()).activeElement;
      if (focused === edge || (event.shiftKey && focused === this.panel)) {
        event.preventDefault();
        other?.focus();
      }
    }
  }
}

/** A message as it is read out: its text, the passage, titles of cards and buttons. */
function spoken(body) {
  return [
    body.text,
    (body.attachments ?? []).map(({ name }) => name).join(", "),
    body.quote_of?.text,
    ...(body.cards ?? []).map((card) => card.title),
    (body.buttons ?? []).map((button) => button.title).join(", "),
  ]
    .filter(Boolean)
    .join(" ");
}
