/** What is the customer's own: open cases, the transcript, the sound, their data. Loaded when it is first asked for. */

import { errorText } from "../api.js";
import { button, formatDateTime, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { customerToken } from "./session.js";

/** msgids of what may be done with a case. */
const STEPS = { add: "Add something", withdraw: "Withdraw the case", object: "I do not agree" };
const ASKS = {
  add: "What should the seller know?",
  withdraw: "Do you really want to withdraw this case? The seller will not answer it any more.",
  object: "Why do you not agree? A person of our team will look at it.",
};
const STATES = {
  opened: "The seller has been asked",
  answered: "The seller has answered",
  expired: "The seller did not answer in time",
  decided: "Decided by us",
  closed: "Closed",
};

/** What is said of a case; one that nothing was decided in yet is with a person. */
function stateOf({ state, told }) {
  return state === "decided" && !told ? "With a person of our team" : (STATES[state] ?? "Closed");
}

export class OwnView {
  /**
   * @param {{call: (path: string, options?: object) => Promise<any>, storage: import("./storage.js").Storage,
   *   close: () => void, erased: () => void, isBegun: () => boolean, privacy: string | null}} options
   *   `privacy`: the shop's privacy notice
   */
  constructor(options) {
    Object.assign(this, options);
    this.heading = h("h3", { class: "guide-heading", tabindex: -1 });
    this.content = h("div", { class: "guide-content" });
    this.said = h("p", { class: "small", role: "status" });
    this.head = h("div", { class: "guide-head" });
    this.element = h("div", { class: "guide own", role: "region" }, this.head, this.heading, this.said, this.content);
  }

  /** Show it from the beginning; the focus goes to its heading. @param {import("./cards.js").Scene} scene */
  async open(scene) {
    this.scene = scene;
    const { t } = scene;
    this.element.setAttribute("aria-label", t("Your conversation"));
    replace(this.head, button("button quiet small", this.close, icon("chat"), t("Back to the chat")));
    replace(this.heading, t("Your conversation"));
    replace(this.said);
    this.element.scrollTop = 0;
    this.heading.focus({ preventScroll: true });
    await this.#draw();
  }

  async #draw() {
    const { t } = this.scene;
    const parts = [this.#sound(), this.#privacyPart()];
    if (this.isBegun()) {
      replace(this.content, h("p", null, t("One moment…")));
      const cases = await this.#try(async () => (await this.call("cases")).cases);
      parts.unshift(cases?.length && this.#cases(cases), this.#transcript());
    }
    replace(this.content, parts);
  }

  #cases(cases) {
    const { t } = this.scene;
    return part(t("Your cases"), "case", h("ul", { class: "own-cases", role: "list" }, cases.map((one) => this.#case(one))));
  }

  #case(one) {
    const { t, locale } = this.scene;
    const form = h("div");
    const state = one.objected ? t("A person is looking at it again") : t(stateOf(one));
    const ask = (step) => button("button small", () => this.#askFor(one, step, form), t(STEPS[step]));
    return h("li", { class: "own-case card padded" },
      h("p", null, h("strong", null, one.reference), " · ", one.matter),
      one.product && h("p", { class: "muted small" }, one.product),
      h("p", { class: "small" }, state, one.resolution && `: ${one.resolution}`),
      one.state === "opened" && h("p", { class: "small" }, t("You will have an answer by:"), " ",
        h("time", { datetime: one.promised_by }, formatDateTime(one.promised_by, locale))),
      h("p", { class: "row" }, one.steps.map(ask)),
      form);
  }

  /** What a step needs: words, or a second yes. */
  #askFor(one, step, place) {
    const { t } = this.scene;
    const id = `puente-case-${one.reference}`;
    const clientId = crypto.getRandomValues(new Uint32Array(4)).join("-");
    const text = step === "withdraw" ? null : h("textarea", { id, class: "input", rows: 3, maxlength: 4000 });
    const send = async () => {
      const words = text?.value.trim();
      if (text && !words) return text.focus();
      const body = { client_id: clientId, ...(text && { text: words }) };
      const path = { add: "facts", withdraw: "withdraw", object: "object" }[step];
      const done = await this.#try(() => this.call(`cases/${one.reference}/${path}`, { method: "POST", body }));
      if (done) this.close();
    };
    replace(place,
      text ? h("label", { for: id, class: "small" }, t(ASKS[step])) : h("p", { class: "small" }, t(ASKS[step])),
      text,
      step === "add" && h("p", { class: "muted small" }, t("A photo that you send in the chat while the case is open goes with it.")),
      h("p", { class: "row" },
        button("button primary small", send, t(step === "withdraw" ? "Yes, withdraw it" : "Send")),
        button("button quiet small", () => replace(place), t("Cancel"))));
    (text ?? place.querySelector("button")).focus();
  }

  #transcript() {
    const { t } = this.scene;
    const address = h("input", { id: "puente-mail", class: "input", type: "email", autocomplete: "email", maxlength: 254 });
    const mail = async () => {
      const body = address.value.trim() ? { address: address.value.trim() } : {};
      if (await this.#try(() => this.call("transcript", { method: "POST", body }))) this.#say(t("It is on its way to you."));
    };
    const save = async () => {
      const text = await this.#try(() => this.call("transcript", { as: "text" }));
      if (text) saveAs("chat.txt", text, "text/plain");
    };
    return part(t("Transcript"), "note",
      button("button small", save, icon("download"), t("Save the conversation")),
      h("label", { for: "puente-mail", class: "small" }, t("By mail to (empty: the address we know)")),
      h("div", { class: "row" }, address, button("button small", mail, icon("mail"), t("Send by mail"))));
  }

  #sound() {
    const { t } = this.scene;
    const box = h("input", { id: "puente-sound", type: "checkbox", checked: this.storage.get("silent") !== true,
      on: { change: () => this.storage.set("silent", !box.checked) } });
    return part(t("Sound"), "play", h("label", { class: "check" }, box, t("A sound when there is an answer and I am not looking")));
  }

  #privacyPart() {
    const { t } = this.scene;
    const data = async () => {
      const found = await this.#try(async () => this.call("data", { method: "POST", body: await tokenBody() }));
      if (found) saveAs("data.json", JSON.stringify(found, null, 2), "application/json");
    };
    const place = h("div");
    const erase = async () => {
      if (await this.#try(async () => this.call("erase", { method: "POST", body: await tokenBody() }))) this.erased();
    };
    const sure = () => {
      replace(place,
        h("p", { class: "small" }, t("Everything you wrote here is erased and cannot be brought back. Open cases are closed.")),
        h("p", { class: "row" }, button("button danger small", erase, t("Yes, erase it")),
          button("button quiet small", () => replace(place), t("Cancel"))));
      place.querySelector("button").focus();
    };
    return part(t("Privacy"), "lock",
      h("p", { class: "small" }, t("What you write here is kept to answer you. A seller sees your words without mail addresses and phone numbers.")),
      this.privacy && h("p", { class: "small" }, h("a", { href: this.privacy, target: "_blank", rel: "noopener" }, t("Privacy notice"))),
      this.isBegun() && h("p", { class: "row" }, button("button small", data, icon("download"), t("Save my data")),
        button("button small", sure, icon("trash"), t("Erase my data"))),
      place);
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T | null>} null when it failed, and that is said */
  async #try(work) {
    try {
      return await work();
    } catch (error) {
      this.#say(errorText(error, this.scene.t));
      return null;
    }
  }

  #say(text) {
    replace(this.said, text);
    this.said.scrollIntoView({ block: "nearest" });
  }
}

function part(title, iconName, ...content) {
  return h("section", { class: "own-part" }, h("h4", null, icon(iconName), title), content);
}

/** With the shop's token it is about all conversations of the customer. */
async function tokenBody() {
  const token = await customerToken();
  return token ? { customer_token: token } : {};
}

function saveAs(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
