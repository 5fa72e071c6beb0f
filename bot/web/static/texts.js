/**
 * Texts a person sees: gettext catalogues served as JSON {msgid: text} under `/i18n/<domain>/<locale>.json`.
 */

/** @type {Map<string, Promise<Record<string, string>>>} */
const catalogues = new Map();

/** The texts of one domain in one language. */
export class Texts {
  /**
   * @param {string} locale
   * @param {Record<string, string>} entries msgid → text
   */
  constructor(locale, entries) {
    this.locale = locale;
    this.entries = entries;
    this.t = this.t.bind(this);
  }

  /**
   * The text `msgid` with its `{placeholders}` filled. Without an entry the msgid itself (English) is shown.
   * @param {string} msgid
   * @param {Record<string, string | number>} [values]
   */
  t(msgid, values) {
    const text = this.entries[msgid] ?? msgid;
    return values ? text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : text;
  }

  /** Whether there is an entry for `msgid`: for msgids that are made of data, a case's state say. */
  has(msgid) {
    return msgid in this.entries;
  }
}

/**
 * Load a catalogue once per page. A catalogue that cannot be reached is tried again at the next call; until
 * then its msgids stand in.
 * @param {string} domain "widget", "shop", "desk" …
 * @param {string} locale a language, or one with its country as a page names it ("en-GB")
 * @param {string | URL} [base] where Puente is served, for pages of another origin
 * @returns {Promise<Texts>}
 */
export async function loadTexts(domain, locale, base = new URL("/", location.href)) {
  const url = new URL(`i18n/${domain}/${locale.slice(0, 2)}.json`, base).href;
  if (!catalogues.has(url)) catalogues.set(url, fetchCatalogue(url));
  try {
    return new Texts(locale, await catalogues.get(url));
  } catch (error) {
    catalogues.delete(url);
    console.warn("texts could not be loaded:", url, error);
    return new Texts(locale, {});
  }
}

/** @param {string} url */
async function fetchCatalogue(url) {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}
