/**
 * The guided contact as the customer sees it: the steps taken, each with "change", and the step that is shown.
 * The focus goes to the heading of a new step; nothing here is a live region.
 */

import { button, formatDate, h, link, replace, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { TOPIC_ICONS } from "./greeting.js";

const WAY_ICONS = { chat: "chat", email: "mail", callback: "phone" };
const MOST_CHARACTERS = 4000;
const SEARCH_AFTER_MS = 300;

export class GuideView {
  /**
   * @param {{state: import("./guide-state.js").GuideState, load: (query: {topic: string, search: string, page:
   *   number}) => Promise<void>, send: (way: string) => void, close: () => void}} options
   *   `load` brings the tree and a page of order lines into `state.tree`
   */
  constructor({ state, load, send, close }) {
    this.state = state;
    this.load = load;
    this.actions = { send, close };
    this.search = "";
    this.page = 1;
    this.shows = "";
    // One field for as long as the chat is there: what is being written in it outlives the drawing of the lines.
    this.field = h("input", { id: "puente-guide-search", class: "input", type: "search", maxlength: 80, autocomplete: "off",
      "aria-describedby": "puente-guide-found", on: { input: () => {
        clearTimeout(this.searching);
        this.searching = setTimeout(() => this.#find(), SEARCH_AFTER_MS);
      } } });
    this.heading = h("h3", { class: "guide-heading", tabindex: -1 });
    this.taken = h("ol", { class: "guide-taken", role: "list" });
    this.content = h("div", { class: "guide-content" });
    this.head = h("div", { class: "guide-head" });
    this.element = h("div", { class: "guide", role: "region", hidden: true }, this.head, this.taken, this.heading,
      this.content);
  }

  /** @param {import("./cards.js").Scene} scene */
  setScene(scene) {
    this.scene = scene;
    this.element.setAttribute("aria-label", scene.t("Step by step"));
    replace(this.head,
      button("button quiet small", () => this.#back(), icon("chevron-left"), scene.t("Back")),
      button("button quiet small", () => this.actions.close(), icon("chat"), scene.t("Back to the chat")));
    this.shows = "";
  }

  /** Show the tree anew; the focus goes to the step's heading. */
  async open() {
    this.element.hidden = false;
    this.#fromTheBeginning();
    if (!this.state.tree) this.#say(this.scene.t("One moment…"));
    await this.#loaded();
  }

  close() {
    this.element.hidden = true;
    this.shows = "";
  }

  /** Draw the step that is shown; a new one takes the focus. */
  draw() {
    const { state } = this;
    if (this.element.hidden || !state.tree) return;
    const { step } = state;
    const isNew = this.shows !== step;
    this.shows = step;
    this.#drawTaken(step);
    const [title, content] = this.#step(step);
    replace(this.heading, title);
    replace(this.content, content);
    if (!isNew) return;
    this.element.scrollTop = 0;
    this.heading.focus({ preventScroll: true });
  }

  async #loaded() {
    try {
      await this.load({ topic: this.state.kept.topic ?? "", search: this.search, page: this.page });
      this.draw();
    } catch (error) {
      this.#say(this.scene.t("The steps could not be loaded."), button("button", () => this.open(), icon("retry"),
        this.scene.t("Try again")));
      console.warn("the guided contact could not be loaded:", error);
    }
  }

  #fromTheBeginning() {
    this.field.value = this.search = "";
    this.page = 1;
  }

  #say(...parts) {
    this.shows = "";
    replace(this.taken);
    replace(this.heading, this.scene.t("Step by step"));
    replace(this.content, h("div", { class: "state" }, ...parts));
  }

  #back() {
    if (this.state.back()) this.#changed();
    else this.actions.close();
  }

  /** Something was chosen. Lines belong to a topic: they are asked for again when that is shown next. */
  #changed() {
    this.shows = "";
    if (this.state.step === "line") {
      this.#fromTheBeginning();
      this.#loaded();
    } else this.draw();
  }

  /** What was given before the step that is shown, and after it when the customer went back. */
  #drawTaken(shown) {
    const { state } = this;
    const given = state.steps.filter((step) => step !== shown && state.isGiven(step));
    replace(this.taken, given.map((step) => this.#takenStep(step)));
    this.taken.hidden = given.length === 0;
  }

  #takenStep(step) {
    const { t } = this.scene;
    const [label, value] = this.#given(step);
    const change = button("link-button", () => (this.state.goTo(step), this.#changed()), t("Change"),
      h("span", { class: "visually-hidden" }, ` ${label}`));
    return h("li", null, h("span", { class: "guide-given" }, h("span", { class: "muted small" }, label), h("span", null, value)),
      change);
  }

  /** @returns {[string, string]} what was asked, and what was chosen */
  #given(step) {
    const { t } = this.scene;
    const { state } = this;
    if (step === "topic") return [t("What is it about?"), state.topic.title];
    if (step === "line") return [t("Order"), state.line ? state.line.title : t("It is not in the list")];
    const depth = Number(step.slice(5));
    return [depth ? t("More precisely") : t("What is wrong?"), state.path[depth].title];
  }

  /** @returns {[string, any]} heading and content of a step */
  #step(step) {
    const { t } = this.scene;
    const { state } = this;
    if (step === "topic") {
      return [t("What is it about?"), this.#choices(state.tree.topics.map(({ topic, title }) => ({
        title, name: TOPIC_ICONS[topic] ?? "info", chosen: topic === state.kept.topic,
        run: () => (state.chooseTopic(topic), this.#changed()),
      })))];
    }
    if (step === "line") return [t("Which item?"), this.#lines()];
    if (step === "end") return [t("How would you like to go on?"), this.#end()];
    const depth = Number(step.slice(5));
    const title = depth ? t("More precisely: {issue}", { issue: state.path[depth - 1].title }) : t("What is wrong?");
    const issues = this.#choices(state.issuesAt(step).map(({ issue, title }) => ({
      title, chosen: state.path[depth]?.issue === issue, run: () => (state.chooseIssue(step, issue), this.#changed()),
    })));
    return [title, [this.#aboutLine(), issues]];
  }

  #choices(list) {
    return h("ul", { class: "starters", role: "list" }, list.map(({ title, name, chosen, run }) =>
      h("li", null, h("button", { type: "button", class: "starter", "aria-current": chosen && "true", on: { click: run } },
        name && icon(name), h("span", null, title), icon(chosen ? "check" : "chevron-right")))));
  }

  /** A guest is told how it goes on; a device has its page. */
  #aboutLine() {
    const { t, base } = this.scene;
    const { state } = this;
    if (state.line)
      return h("p", { class: "guide-page small" }, icon("tag"), link(t("The product's page"), state.line.url, { base }));
    if (!state.topic.picks_line || state.tree.signed_in) return null;
    return h("p", { class: "note small" }, icon("info"),
      h("span", null, t("Sign in to pick the item from your orders. Otherwise the chat asks you for the order number.")));
  }

  #lines() {
    const { t } = this.scene;
    const { lines } = this.state.tree;
    const noLine = button("button quiet", () => (this.state.chooseLine(null), this.#changed()), t("It is not in the list"));
    if (!lines.available) return this.#noLines();
    const isLong = lines.pages > 1 || this.search || lines.page > 1;
    return [
      isLong && h("div", { class: "field" },
        h("label", { for: "puente-guide-search" }, t("Search by product or order number")), this.field),
      h("p", { class: "muted small", id: "puente-guide-found" }, lines.found
        ? t("{count} items, page {page} of {pages}", { count: lines.found, page: lines.page, pages: lines.pages })
        : t("Nothing was found.")),
      h("ul", { class: "guide-lines", role: "list" }, lines.items.map((line) => this.#line(line))),
      lines.pages > 1 && h("div", { class: "row apart" },
        this.#turn("chevron-left", t("Newer"), lines.page - 1, lines.page > 1),
        this.#turn("chevron-right", t("Older"), lines.page + 1, lines.page < lines.pages)),
      noLine,
    ];
  }

  /** The shop does not answer: nothing is said about the customer's orders, and it goes on without them. */
  #noLines() {
    const { t } = this.scene;
    return [
      h("p", { class: "note small" }, icon("info"), h("span", null,
        t("Your orders cannot be shown at the moment. You can go on without picking an item; the chat asks you for it."))),
      button("button", () => this.#loaded(), icon("retry"), t("Try again")),
      button("button quiet", () => (this.state.chooseLine(null), this.#changed()), t("Go on without an item")),
    ];
  }

  /** New lines below the field; the focus stays in it. */
  async #find() {
    if (this.field.value === this.search) return;
    this.search = this.field.value;
    this.page = 1;
    const root = /** @type {ShadowRoot} */ (this.field.getRootNode());
    const isWriting = root.activeElement === this.field;
    await this.#loaded();
    if (isWriting && this.field.isConnected) this.field.focus();
  }

  #turn(name, text, page, isPossible) {
    const go = async () => {
      this.page = page;
      await this.#loaded();
      this.heading.focus({ preventScroll: true });
      this.element.scrollTop = 0;
    };
    const turn = button("button small", go, name === "chevron-left" && icon(name), text, name !== "chevron-left" && icon(name));
    turn.disabled = !isPossible;
    return turn;
  }

  /** @param {import("./guide-state.js").Line} line */
  #line(line) {
    const { t, locale, base } = this.scene;
    const image = safeUrl(line.image, base);
    const picture = image ? h("img", { src: image, alt: "", width: 56, height: 56, class: "chat-card-image" })
      : h("span", { class: "chat-card-icon" }, icon("box"));
    const pieces = line.quantity > 1 ? ` · ${t("{count} pieces", { count: line.quantity })}` : "";
    const chosen = this.state.line?.line_id === line.line_id;
    return h("li", null, h("button", { type: "button", class: "guide-line", "aria-current": chosen && "true",
      on: { click: () => (this.state.chooseLine(line), this.#changed()) } }, picture,
    h("span", { class: "guide-line-text" }, h("span", { class: "guide-line-title" }, line.title),
      h("span", { class: "muted small" }, `${formatDate(line.ordered_at, locale)} · ${line.state_label}${pieces}`),
      h("span", { class: "muted small" }, t("Order {id}", { id: line.order_id }))), chosen && icon("check")));
  }

  /** The last step: the customer's own words, the seller's part, and the ways to go on. */
  #end() {
    const { t } = this.scene;
    const { end, kept } = this.state;
    const field = h("textarea", { id: "puente-guide-text", class: "input", rows: 3, maxlength: MOST_CHARACTERS, value: kept.text,
      required: end.needs_text, "aria-describedby": "puente-guide-problem", on: { input: () => {
        this.state.write(field.value);
        this.#complain(field, false);
      } } });
    const optional = end.needs_text ? "" : ` ${t("(optional)")}`;
    const send = (way) => (end.needs_text && !field.value.trim() ? this.#complain(field, true) : this.actions.send(way));
    const ways = [...end.ways].sort((one) => (one.way === end.recommended ? -1 : 1));
    return [
      this.#aboutLine(),
      h("div", { class: "field" }, h("label", { for: "puente-guide-text" }, end.asks, optional), field,
        h("p", { id: "puente-guide-problem", class: "error-text", role: "alert", hidden: true })),
      this.#seller(end),
      h("ul", { class: "starters guide-ways", role: "list" }, ways.map(({ way, title }) => this.#way(way, title, end, send))),
    ];
  }

  #way(way, title, end, send) {
    const { t } = this.scene;
    const isBest = way === end.recommended && end.ways.length > 1;
    return h("li", null,
      h("button", { type: "button", class: "starter", on: { click: () => send(way) }, dataset: { way } },
        icon(WAY_ICONS[way] ?? "chat"), h("span", null, title), isBest && h("span", { class: "badge accent" }, t("Recommended"))),
      way === "email" && h("p", { class: "muted small guide-hint" }, end.hint));
  }

  /** R19: the customer is told when a seller is involved, and can write to them. */
  #seller(end) {
    const { t } = this.scene;
    const { line, topic } = this.state;
    if (!line || !end.seller || (end.seller === "asked" && line.sent_by !== "seller")) return null;
    const writes = this.state.path.at(-1).issue === topic.to_seller;
    const text = end.seller === "asked"
      ? t("{seller} sells and sends this item. We ask them when we need to, and tell you the answer.", { seller: line.seller })
      : t("This goes to the seller {seller}, who answers you.", { seller: line.seller });
    return h("div", { class: "note small guide-seller" }, icon("store"), h("div", null, h("p", null, text),
      topic.to_seller && !writes && button("link-button", () => (this.state.chooseSeller(), this.#changed()), t("Write to the seller"))));
  }

  #complain(field, isWrong) {
    const problem = this.content.querySelector("#puente-guide-problem");
    field.setAttribute("aria-invalid", String(isWrong));
    problem.hidden = !isWrong;
    replace(problem, isWrong && this.scene.t("Please write a few words first."));
    if (isWrong) field.focus();
  }
}
