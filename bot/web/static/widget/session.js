/** Which conversation this browser has, its token, and who the shop says the customer is. */

import { ApiError, request } from "../api.js";

/** Errors about the customer's token: the conversation itself is fine. */
const CUSTOMER_TOKEN_CODES = ["bad_customer_token", "no_shop_key"];
const STALE_MS = 86_400_000;

/**
 * @typedef {{id: string, token: string, locale: string, customer: string | null, used_at: number}} Kept
 */

export class Session {
  /**
   * @param {{storage: import("./storage.js").Storage, base: URL, locale: string, context: object,
   *   onReplaced: () => void, onLeft: () => void}} options `onReplaced`: another conversation (or none) from now on;
   *   `onLeft`: before that, when it was the customer who signed out or became another
   */
  constructor({ storage, base, locale, context, onReplaced, onLeft }) {
    this.storage = storage;
    this.base = base;
    this.locale = locale;
    this.context = context;
    this.onReplaced = onReplaced;
    this.onLeft = onLeft;
    this.current = this.#kept();
    storage.onChange((key) => (key === "conversation" || key === "" ? this.#followOtherTab() : null));
  }

  /** The conversation's address below `/api/v1`. */
  url(path) {
    return new URL(`api/v1/conversations/${this.current.id}/${path}`, this.base);
  }

  /**
   * Call something of the conversation. A renewed token is kept. When the conversation is gone (its token is
   * too old, or it was erased) it is forgotten and the error passed on.
   * @param {string} path @param {object} [options] as of `request`
   */
  async call(path, options = {}) {
    if (!this.current) throw new ApiError({ status: 404, code: "no_conversation" });
    const { id, token } = this.current;
    try {
      return await request(this.url(path), { ...this.#manner(), ...options, token });
    } catch (error) {
      if (isGone(error) && this.current?.id === id) this.forget();
      throw error;
    }
  }

  /** Start a conversation unless there is one; tabs that do so at once share one. */
  async ensure() {
    await this.identify();
    if (!this.current)
      await exclusively("puente-conversation", () => this.#followOtherTab() ?? this.#start());
    return this.current;
  }

  /** Come back into the conversation a mail's link names. @param {string} key */
  async comeBack(key) {
    const url = new URL("api/v1/conversations/return", this.base);
    const back = await request(url, { ...this.#manner(), method: "POST", body: { key } });
    const isOther = this.current?.id !== back.conversation_id;
    const customer = isOther ? null : this.current.customer;
    this.#keep({ id: back.conversation_id, token: back.token, locale: back.locale, customer, used_at: Date.now() });
    if (isOther) this.onReplaced();
  }

  /**
   * Take up what the shop says about its customer: sign in, or leave a conversation that is somebody else's.
   */
  async identify() {
    const token = await customerToken();
    if (token === undefined || !this.current) return;
    const subject = token && subjectOf(token);
    if (this.current.customer && this.current.customer !== subject) {
      this.onLeft();
      return this.forget();
    }
    if (!token || this.current.customer === subject) return;
    try {
      const { customer_id } = await this.call("customer", { method: "PUT", body: { customer_token: token } });
      this.#keep({ ...this.current, customer: customer_id ?? subject });
    } catch (error) {
      if (error.status === 409 && this.current)
        this.forget(); // it belongs to another customer
      else if (!isGone(error)) console.warn("the chat could not sign in:", error.code);
    }
  }

  /** The conversation's language has changed. */
  speak(locale) {
    if (this.current && this.current.locale !== locale) this.#keep({ ...this.current, locale });
  }

  /** Begin anew with the next message. */
  forget() {
    this.current = null;
    this.storage.set("conversation", null);
    this.storage.set("seen", null);
    this.storage.set("sounded", null);
    this.onReplaced();
  }

  async #start() {
    const token = await customerToken();
    const body = { locale: this.locale, context: this.context };
    const url = new URL("api/v1/conversations", this.base);
    const post = (more) => request(url, { ...this.#manner(), method: "POST", body: { ...body, ...more } });
    const began = await (token ? post({ customer_token: token }) : post({})).catch((error) => {
      if (!CUSTOMER_TOKEN_CODES.includes(error.code)) throw error;
      console.warn("the chat starts without a signed-in customer:", error.code);
      return post({});
    });
    const customer = token ? subjectOf(token) : null;
    this.#keep({
      id: began.conversation_id,
      token: began.token,
      locale: began.locale,
      customer,
      used_at: Date.now(),
    });
    this.onReplaced();
  }

  #manner() {
    const onAnswer = (answer) => {
      const fresh = answer.headers.get("x-puente-token");
      const old = this.current && Date.now() - this.current.used_at > 60_000;
      if (this.current && answer.ok && (fresh || old))
        this.#keep({ ...this.current, token: fresh ?? this.current.token });
    };
    return { locale: this.current?.locale ?? this.locale, credentials: "omit", onAnswer };
  }

  /** @param {Kept} kept */
  #keep(kept) {
    this.current = { ...kept, used_at: Date.now() };
    this.storage.set("conversation", this.current);
  }

  /** @returns {Kept | null} */
  #kept() {
    const kept = this.storage.get("conversation");
    return kept?.id && kept.token && Date.now() - kept.used_at < STALE_MS ? kept : null;
  }

  /** What another tab has stored; returns the conversation if there is one. */
  #followOtherTab() {
    const before = this.current?.id;
    this.current = this.#kept();
    if (this.current?.id !== before) this.onReplaced();
    return this.current;
  }
}

/** Whether a call failed because the conversation cannot be reached by this browser any more. */
export function isGone(error) {
  if (!(error instanceof ApiError)) return false;
  return error.status === 404 || (error.status === 401 && !CUSTOMER_TOKEN_CODES.includes(error.code));
}

/** The shop's token for its signed-in customer; null: nobody is; undefined: the shop does not say. */
export async function customerToken() {
  if (typeof globalThis.puenteCustomerToken !== "function") return undefined;
  try {
    return (await globalThis.puenteCustomerToken()) || null;
  } catch (error) {
    console.warn("puenteCustomerToken failed:", error);
    return undefined;
  }
}

/** The customer a JWT names: only to notice a change; whether it is true is the server's to check. */
function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub ?? token;
  } catch {
    return token;
  }
}

/**
 * Do `work` in one tab at a time, where the browser can: not on pages without TLS, and not in frames of other
 * sites whose storage is blocked.
 */
export async function exclusively(name, work) {
  let began = false;
  const once = () => ((began = true), work());
  try {
    return await (navigator.locks ? navigator.locks.request(name, once) : once());
  } catch (error) {
    if (began) throw error;
    return work();
  }
}
