/**
 * Making elements, and writing times, dates and money as the reader writes them. Text is set as text, never
 * as HTML.
 */

/** Time of the server minus time of this computer, in ms; grows when an entry comes from our future. */
let ahead = 0;

/**
 * An element. `attrs`: `class`, `dataset: {…}`, `on: {event: handler}`, properties that are no attributes
 * (`value`, `checked`, `disabled` …) and attributes; null, undefined and false are left out. There is no way
 * to give markup.
 * @param {string} tag
 * @param {Record<string, any> | null} [attrs]
 * @param {...(Node | string | number | null | undefined | false | any[])} children
 * @returns {any} the element (typed loosely: its kind depends on `tag`)
 */
export function h(tag, attrs, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs ?? {})) setAttribute(element, name, value);
  append(element, children);
  return element;
}

/** @param {any} element @param {string} name @param {any} value */
function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
  } else if (name === "dataset") {
    for (const [key, item] of Object.entries(value))
      if (item !== null && item !== undefined) element.dataset[key] = item;
  } else if (name === "value" || name === "checked" || name === "selected") {
    element[name] = value;
  } else if (/^on|^style$|^srcdoc$|html$/i.test(name)) {
    throw new Error(`attribute "${name}" is not set this way`);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Element} element @param {any[]} children */
function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * A button that does something. One that shows only an icon also needs a name: `named`.
 * @param {string} className @param {(event: Event) => void} run @param {...any} children
 */
export function button(className, run, ...children) {
  return h("button", { type: "button", class: className, on: { click: run } }, ...children);
}

/** Name an element that shows only an icon, for the eye (on hover) and for the ear. */
export function named(element, name) {
  element.setAttribute("aria-label", name);
  element.title = name;
  return element;
}

/** Replace everything in `element` by `children`. */
export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/**
 * `url` when it is safe to follow (http, https, mailto), absolute; else null.
 * @param {unknown} url
 * @param {string | URL} [base]
 */
export function safeUrl(url, base = document.baseURI) {
  try {
    const found = new URL(String(url), base);
    return ["http:", "https:", "mailto:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

/** A link; to other origins in a new tab. Without a safe address just its text. */
export function link(text, url, { base = document.baseURI, attrs = {} } = {}) {
  const href = safeUrl(url, base);
  if (!href) return h("span", attrs, text);
  const outside = !href.startsWith(`${location.origin}/`);
  return h("a", { href, ...(outside && { target: "_blank", rel: "noopener noreferrer" }), ...attrs }, text);
}

/**
 * A person's or the bot's text as nodes: addresses that begin with http(s):// or mailto: become links.
 * @param {string} text
 * @returns {Array<Node | string>}
 */
export function textNodes(text) {
  return text.split(/((?:https?:\/\/|mailto:)[^\s<>"]+[^\s<>".,;:!?)\]'»“”])/gi).map((part, index) => {
    const href = index % 2 ? safeUrl(part) : null;
    return href
      ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, part.replace(/^mailto:/i, ""))
      : part;
  });
}

/** Learn from an instant of the server (ISO 8601): what has happened already is not in our future. */
export function noteServerTime(iso) {
  const lead = Date.parse(iso) - Date.now();
  if (lead > ahead) ahead = lead;
}

/** The server's now, as far as we know it, in ms. */
export function now() {
  return Date.now() + ahead;
}

/** @type {Array<[Intl.RelativeTimeFormatUnit, number]>} */
const STEPS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/**
 * "hace 5 minutos", "in 2 Stunden"; older than a week: the date.
 * @param {string} iso @param {string} locale
 */
export function relativeTime(iso, locale, at = now()) {
  const distance = Date.parse(iso) - at;
  if (Math.abs(distance) > 7 * 86_400_000) return formatDate(iso, locale);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) >= size) return format.format(Math.trunc(distance / size), unit);
  }
  return format.format(0, "second");
}

/** "jueves, 14 de marzo, 10:31" in the reader's time zone. */
export function formatDateTime(iso, locale) {
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(iso));
}

/** "14 de marzo de 2025". */
export function formatDate(iso, locale) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(iso));
}

/** "10:31". */
export function formatTime(iso, locale) {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

/** @param {number} cents @param {string} locale */
export function money(cents, locale, currency = "EUR") {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(cents / 100);
}

/**
 * A span of time without a direction, in its two largest units: "3 h 12 min", "1 T 4 h". Never below one
 * minute's zero.
 * @param {number} ms @param {string} locale
 */
export function duration(ms, locale) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const parts = [
    ["day", Math.floor(minutes / 1440)],
    ["hour", Math.floor(minutes / 60) % 24],
    ["minute", minutes % 60],
  ];
  const first = parts.findIndex(([, amount]) => amount > 0);
  const shown = first < 0 ? [parts[2]] : parts.slice(first, first + 2).filter(([, amount]) => amount > 0);
  return shown
    .map(([unit, amount]) =>
      new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(amount),
    )
    .join(" ");
}

/** A relative time with the exact one on hover. `keepTimesFresh` keeps it true. */
export function timeElement(iso, locale) {
  const attrs = { datetime: iso, title: formatDateTime(iso, locale), dataset: { relative: locale } };
  return h("time", attrs, relativeTime(iso, locale));
}

/**
 * Rewrite all relative times under `root` twice a minute; returns a function that stops it.
 * @param {ParentNode} root
 */
export function keepTimesFresh(root) {
  const timer = setInterval(() => {
    for (const time of root.querySelectorAll("time[data-relative]")) {
      const text = relativeTime(time.dateTime, time.dataset.relative);
      if (time.textContent !== text) time.textContent = text;
    }
  }, 30_000);
  return () => clearInterval(timer);
}

/** More at a time is a wall, not a message. */
const MOST_TOASTS = 3;

/** A message for six seconds (where, the page says), the newest first, announced politely; `kind` "red" for what failed. */
export function toast(text, { kind = "", root = document.body } = {}) {
  let list = root.querySelector(":scope > .toasts");
  if (!list) root.append((list = h("div", { class: "toasts", role: "status" })));
  while (list.childElementCount >= MOST_TOASTS) list.lastElementChild.remove();
  const item = h("div", { class: `toast ${kind}` }, text);
  list.prepend(item);
  setTimeout(() => item.remove(), 6000);
}
