/** Searching a reason among all: an input and the reasons that fit, chosen by arrows and Enter or by pointer. */

import { h, replace } from "../dom.js";

const SHOWN = 8;

/** Lower case without accents, so that "pagina" finds "página". @param {string} text */
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/**
 * @param {import("./studio.js").Shared} shared
 * @param {{onPick: (intent: string) => void}} options
 * @returns {{element: HTMLElement, focus: () => void}}
 */
export function reasonPicker({ t, reason, reasons }, { onPick }) {
  let active = 0;
  /** @type {string[]} */
  let found = [];
  const list = h("ul", { class: "picker-list", id: "picker-list", role: "listbox", "aria-label": t("Reasons") });
  const input = h("input", {
    class: "input", type: "search", placeholder: t("Search among all reasons"), "aria-label": t("Search among all reasons"),
    role: "combobox", "aria-controls": "picker-list", "aria-expanded": "false", autocomplete: "off", spellcheck: "false",
    on: { input: () => search(), keydown: (event) => key(event) },
  });

  function search() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const fits = (id) => words.every((word) => plain(`${reason(id)} ${id}`).includes(word));
    found = words.length ? reasons().filter(fits).slice(0, SHOWN) : [];
    active = 0;
    render();
  }

  function render() {
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) input.setAttribute("aria-activedescendant", `picker-${active}`);
    else input.removeAttribute("aria-activedescendant");
    const nothing = input.value.trim() && !found.length;
    replace(list, nothing ? h("li", { class: "muted small" }, t("No reason fits.")) : found.map((id, index) =>
      h("li", { id: `picker-${index}`, role: "option", "aria-selected": String(index === active), on: { click: () => onPick(id) } },
        reason(id), h("code", null, id))));
    list.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      active = found.length ? (active + step + found.length) % found.length : 0;
      render();
    } else if (event.key === "Enter" && found[active]) onPick(found[active]);
    else if (event.key === "Escape") {
      input.value = "";
      search();
      input.blur();
    } else return;
    event.preventDefault();
  }

  return { element: h("div", { class: "picker" }, input, list), focus: () => input.focus() };
}
