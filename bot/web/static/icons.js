/** Our own small set of line icons, 24 × 24, drawn with the current text colour (class `icon` of base.css). */

const SVG = "http://www.w3.org/2000/svg";

/** Name → path data. A leading "." in a part means: filled instead of drawn. */
const PATHS = {
  attach: ["M19 11.5l-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.7-7.7a3 3 0 0 1 4.3 4.3l-7.6 7.6a1.5 1.5 0 0 1-2.1-2.1l6.8-6.8"],
  bot: [
    "M6.5 9h11A2.5 2.5 0 0 1 20 11.5v5a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 16.5v-5A2.5 2.5 0 0 1 6.5 9z",
    "M12 9V5.5",
    "M9 13.5v1M15 13.5v1",
    "M2 13v2M22 13v2",
    ".M12 3.2a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z",
  ],
  box: ["M4 8l8-4.5L20 8v8l-8 4.5L4 16z", "M4 8l8 4.5L20 8M12 12.5v8M8 5.8l8 4.5"],
  case: ["M4 8.5h16v10.5H4z", "M9 8.5V6a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2.5", "M4 13h16M12 12v2"],
  camera: ["M4 8h3.5L9 5.5h6L16.5 8H20v11H4z", "M12 10a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6z"],
  chart: ["M4 4v16h16", "M8 16v-4M12 16V8M16 16v-6"],
  chat: [
    "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 19 16h-7l-4.5 4v-4H5a1.5 1.5 0 0 1-1.5-1.5v-8A1.5 1.5 0 0 1 5 5z",
    "M8 9h8M8 12.2h5",
  ],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  checks: ["M2.5 12.5L7 17l8.5-9.5", "M12 16.5l.5.5L21.5 7.5"],
  "chevron-down": ["M6 9.5l6 6 6-6"],
  "chevron-left": ["M14.5 6l-6 6 6 6"],
  "chevron-right": ["M9.5 6l6 6-6 6"],
  clock: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z", "M12 7.5V12l3 2"],
  close: ["M6 6l12 12M18 6L6 18"],
  download: ["M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14"],
  edit: ["M5 19l.8-3.8L16 5l3 3L8.8 18.2z", "M14 7l3 3"],
  external: ["M13 5h6v6M19 5l-8.5 8.5M17 14v5H5V7h5"],
  filter: ["M4 6h16M7 12h10M10 18h4"],
  globe: [
    "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
    "M3.5 12h17M12 3.5c2.5 2.5 3.5 5.3 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.3-3.5-8.5s1-6 3.5-8.5z",
  ],
  help: [
    "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
    "M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7",
    "M12 16.5v.1",
  ],
  info: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z", "M12 11v5.5M12 7.5v.1"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2"],
  mail: ["M4 6h16v12H4z", "M4.5 6.5L12 13l7.5-6.5"],
  menu: ["M4 7h16M4 12h16M4 17h16"],
  note: ["M5 4h14v10.5L14 20H5z", "M19 14.5h-5V20M8.5 8.5h7M8.5 12h4"],
  person: ["M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z", "M4.5 20c.8-3.8 3.7-5.5 7.5-5.5s6.7 1.7 7.5 5.5"],
  phone: [
    "M6 4h3.5l1.5 4.5-2 1.5a11 11 0 0 0 5 5l1.5-2 4.5 1.5V18a2 2 0 0 1-2.2 2A15.5 15.5 0 0 1 4 6.2 2 2 0 0 1 6 4z",
  ],
  play: ["M8 5.5l10 6.5-10 6.5z"],
  plus: ["M12 5v14M5 12h14"],
  quote: ["M5 17V12a5 5 0 0 1 4-5M5 12h4v5H5zM14 17v-5a5 5 0 0 1 4-5M14 12h4v5h-4z"],
  retry: ["M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9", "M19.5 4.5V9H15"],
  return: ["M4.5 9.5H15a4.5 4.5 0 0 1 0 9H9", "M8.5 5l-4.5 4.5L8.5 14"],
  search: ["M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12z", "M15 15l5 5"],
  send: ["M4.5 12L4 4.5 21 12 4 19.5 4.5 12zM4.5 12H13"],
  "sign-in": ["M13 4h6v16h-6M4 12h10M10 8l4 4-4 4"],
  "sign-out": ["M11 4H5v16h6M10 12h10M16 8l4 4-4 4"],
  star: ["M12 4l2.4 5.2 5.6.6-4.2 3.8 1.2 5.6L12 16.3 7 19.2l1.2-5.6L4 9.8l5.6-.6z"],
  store: [
    "M5 10v9.5h14V10",
    "M4 9.5L5.5 4.5h13L20 9.5a2.65 2.65 0 0 1-5.3 0 2.65 2.65 0 0 1-5.4 0 2.65 2.65 0 0 1-5.3 0z",
    "M10 19.5V14.5h4v5",
  ],
  tag: ["M4 4h7.5L20 12.5 12.5 20 4 11.5z", "M8 8v.1"],
  trash: ["M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5"],
  upload: ["M12 16V5M7.5 9L12 4.5 16.5 9M5 20h14"],
  warning: ["M12 4.5L21 19.5H3z", "M12 10v4.5M12 17v.1"],
};

/**
 * An icon as a fresh element, hidden from assistive technology: the text beside it, or the label of its button, speaks.
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const parts = PATHS[name];
  if (!parts) throw new Error(`there is no icon "${name}"`);
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const part of parts) {
    const path = document.createElementNS(SVG, "path");
    const filled = part.startsWith(".");
    path.setAttribute("d", filled ? part.slice(1) : part);
    if (filled) path.setAttribute("fill", "currentColor");
    svg.append(path);
  }
  return svg;
}

/** Names of all icons. */
export const ICONS = Object.keys(PATHS);

/** Fill every `<span data-icon="name">` under `root`: how server-made pages ask for an icon. */
export function fillIcons(root = document) {
  for (const place of root.querySelectorAll("[data-icon]:empty")) {
    place.append(icon(/** @type {HTMLElement} */ (place).dataset.icon));
  }
}
