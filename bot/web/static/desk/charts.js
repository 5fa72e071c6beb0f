/** Plots of our own, as SVG: bars by day, lines over days, bars by name. Each has a title, and its numbers as a table. */

import { h } from "../dom.js";
import { COUNTS } from "./scales.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 200; // as in overview.css
const LEFT = 56;
const BOTTOM = 24;
const TOP = 8;
/** So much room has a label below the plot. */
const LABEL = 56;

/** @typedef {{name: string, tone: string, values: Array<number | null>}} Series */

/**
 * Bars side by side (`kind` "bars") or lines over the same labels, drawn as wide as there is room: writing keeps its size.
 * @param {{title: string, labels: string[], series: Series[], kind?: "bars" | "lines", scale?: import("./scales.js").Scale,
 *   table: string, newest?: boolean}} plot `newest`: the legend tells each newest value, and of when
 */
export function plot({ title, labels, series, kind = "bars", scale = COUNTS, table, newest = false }) {
  const svg = make("svg", { class: "plot", role: "img", "aria-label": title });
  new ResizeObserver(([entry]) => entry.contentRect.width && draw(svg, entry.contentRect.width, { labels, series, kind, scale })).observe(svg);
  const values = newest && series.map((one) => newestOf(one, labels, scale));
  return figure(title, series, svg, tableOf(title, labels, series, scale.format, table), values || []);
}

function newestOf({ values }, labels, { format }) {
  const at = values.findLastIndex((value) => value !== null);
  return at < 0 ? [h("strong", null, "–")] : [h("strong", null, format(values[at])), ` (${labels[at]})`];
}

function draw(svg, width, { labels, series, kind, scale }) {
  const most = scale.top(Math.max(1, ...series.flatMap((one) => one.values.map((value) => value ?? 0))));
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  const step = (width - LEFT) / Math.max(1, labels.length);
  const x = (index) => LEFT + step * index;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  for (const value of [0, most / 2, most]) {
    svg.append(make("line", { x1: LEFT, x2: width, y1: y(value), y2: y(value), class: "grid" }),
      text(scale.format(value), { x: LEFT - 6, y: y(value) + 4, class: "axis", "text-anchor": "end" }));
  }
  const every = Math.ceil(LABEL / step);
  labels.forEach((label, index) => index % every === 0 && svg.append(text(label, { x: x(index + 0.5), y: HEIGHT - 6, class: "axis", "text-anchor": "middle" })));
  for (const [number, one] of series.entries()) svg.append(kind === "bars" ? bars(one, number) : line(one));

  function bars(one, number) {
    const group = make("g", { class: `series ${one.tone}` });
    const wide = Math.max(1, (step * 0.8) / series.length);
    one.values.forEach((value, index) => {
      if (!value) return;
      const bar = make("rect", { x: x(index + 0.1) + wide * number, y: y(value), width: Math.max(1, wide - 1), height: HEIGHT - BOTTOM - y(value), rx: 1 });
      bar.append(make("title", {}, `${labels[index]} · ${one.name}: ${scale.format(value)}`));
      group.append(bar);
    });
    return group;
  }

  function line(one) {
    const group = make("g", { class: `series line ${one.tone}` });
    const points = one.values.map((value, index) => (value === null ? null : [x(index + 0.5), y(value), value, labels[index]]));
    let path = "";
    points.forEach((point, index) => point && (path += `${points[index - 1] ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`));
    group.append(make("path", { d: path }));
    for (const point of points.filter(Boolean)) {
      const dot = make("circle", { cx: point[0], cy: point[1], r: 3 });
      dot.append(make("title", {}, `${point[3]} · ${one.name}: ${scale.format(point[2])}`));
      group.append(dot);
    }
    return group;
  }
}

/**
 * One bar per name, the longest first; a second number is drawn inside it.
 * @param {{title: string, rows: Array<{label: string, value: number, part: number}>, names: [string, string], table: string}} plot
 */
export function ranking({ title, rows, names, table }) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  const shown = rows.slice(0, 12);
  const list = h("ul", { class: "ranking", "aria-hidden": "true" }, shown.map((row) => {
    const svg = make("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "plot-bar" });
    svg.append(make("rect", { width: (100 * row.value) / most, height: 8, class: "series first" }), make("rect", { width: (100 * row.part) / most, height: 8, class: "series second" }));
    return h("li", null, h("span", { class: "label" }, row.label), svg, h("span", { class: "numbers" }, row.value));
  }));
  const series = [{ name: names[0], tone: "first", values: rows.map((row) => row.value) }, { name: names[1], tone: "second", values: rows.map((row) => row.part) }];
  return figure(title, series, list, tableOf(title, rows.map((row) => row.label), series, String, table));
}

function figure(title, series, drawing, table, values = []) {
  const legend = h("p", { class: "legend" }, series.map((one, index) => one.name && h("span", null,
    h("span", { class: `swatch ${one.tone}`, "aria-hidden": "true" }), one.name, values[index] && [" ", values[index]])));
  return h("figure", { class: "chart" }, h("figcaption", null, title), legend, drawing, table);
}

function tableOf(title, labels, series, format, summary) {
  return h("details", null, h("summary", null, summary), h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": title }, h("table", { class: "shares" },
    h("thead", null, h("tr", null, h("td"), series.map((one) => h("th", { scope: "col" }, one.name)))),
    h("tbody", null, labels.map((label, index) => h("tr", null, h("th", { scope: "row" }, label),
      series.map((one) => h("td", { class: "numbers" }, one.values[index] === null ? "–" : format(one.values[index])))))))));
}

function text(content, attrs) {
  return make("text", attrs, content);
}

/** @param {string} tag @param {Record<string, any>} attrs @param {string} [content] */
function make(tag, attrs, content) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, String(value));
  if (content !== undefined) element.textContent = content;
  return element;
}
