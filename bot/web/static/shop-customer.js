/**
 * Who is signed in at the demo shop. A tab may have a customer of its own; new tabs begin with the last one.
 */

import { post } from "./api.js";

const KEY = "puente-shop:customer";
/** Demo tokens live 50 minutes; an older one than this is replaced before it is used. */
const RENEW_AFTER_MS = 40 * 60_000;

/** @returns {{customer_id: string, name: string, token: string, signed_at: number} | null} */
export function signedIn() {
  return read(() => sessionStorage) ?? read(() => localStorage);
}

/** @param {{customer_id: string, name?: string}} customer */
export async function signIn({ customer_id, name }) {
  const { customer_token } = await post("/demo/sign-in", { customer_id });
  keep({ customer_id, name: name ?? customer_id, token: customer_token, signed_at: Date.now() });
}

export function signOut() {
  keep(null);
}

/** What the chat asks the shop for: the signed-in customer's token, or null. */
export async function customerToken() {
  const who = signedIn();
  if (who && Date.now() - who.signed_at > RENEW_AFTER_MS) await signIn(who);
  return signedIn()?.token ?? null;
}

function keep(who) {
  for (const store of [() => sessionStorage, () => localStorage]) {
    try {
      if (who) store().setItem(KEY, JSON.stringify(who));
      else store().removeItem(KEY);
    } catch {
      // a browser without storage: signed in until the page is left is not worth more code here
    }
  }
}

function read(store) {
  try {
    return JSON.parse(store().getItem(KEY));
  } catch {
    return null;
  }
}
