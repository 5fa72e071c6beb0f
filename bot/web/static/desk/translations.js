/** Translations beside what was said, where a translator is set. The original always stays where it is. */

import { post } from "../api.js";
import { h } from "../dom.js";
import { language, locale, t } from "./words.js";

export const languageName = (code) => new Intl.DisplayNames(locale, { type: "language" }).of(code);

/** Whether this page may translate, and whether what was said is in another language than the reader's. */
export function canTranslate(found) {
  return document.getElementById("main").dataset.translates === "yes" && found.language !== language;
}

/** Put translations under the messages of a log that have none yet. @param {string} url @param {HTMLElement} log */
export async function translateLog(url, log) {
  const texts = [...log.querySelectorAll("li.message[data-seq]")].filter((item) => !item.querySelector(".translation") && item.querySelector(`.text:not([lang="${language}"])`));
  const seqs = texts.map((item) => Number(/** @type {HTMLElement} */ (item).dataset.seq)).slice(-50);
  if (!seqs.length) return;
  const { translations } = await post(`${url}/translations`, { seqs, to: language });
  for (const item of texts) {
    const text = translations[/** @type {HTMLElement} */ (item).dataset.seq];
    if (text && !item.querySelector(".translation"))
      item.querySelector(".bubble").append(h("p", { class: "translation muted", lang: locale }, h("span", { class: "visually-hidden" }, t("Translated by machine"), ": "), text));
  }
}

/** What an agent has written, in the customer's language. @param {string} text @param {string} to */
export async function translateDraft(text, to) {
  return (await post("/api/v1/desk/translate", { text, from: language, to })).text;
}
