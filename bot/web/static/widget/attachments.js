/** Files of a message: pictures with a preview, other files by name; each opened by an address that soon ends. */

import { button, h } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {Array<{id: string, name: string, kind: string, size: number, preview: boolean, width?: number, height?:
 *   number}>} files
 * @param {import("./cards.js").Scene} scene
 */
export function filesElement(files, scene) {
  return h("ul", { class: "attached", role: "list" }, files.map((file) => h("li", null, fileButton(file, scene))));
}

function fileButton(file, scene) {
  const open = button("attachment", () => show(file, scene), icon("attach"), h("span", null, file.name), size(file, scene));
  if (file.preview) drawPreview(open, file, scene);
  return open;
}

function size({ size: bytes }, { locale }) {
  const unit = bytes < 1_000_000 ? "kilobyte" : "megabyte";
  const amount = bytes / (unit === "kilobyte" ? 1000 : 1_000_000);
  const format = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
  return h("span", { class: "small" }, new Intl.NumberFormat(locale, format).format(amount));
}

/** The small picture in the place of the name; the frame has its size before it is there, so nothing jumps. */
async function drawPreview(element, file, scene) {
  const scale = Math.min(1, 240 / Math.max(file.width, file.height));
  const alt = scene.t("Photo: {name}", { name: file.name });
  const [width, height] = [file.width, file.height].map((side) => Math.max(1, Math.round(side * scale)));
  const image = h("img", { alt, width, height, class: "attachment-image" });
  element.replaceChildren(image);
  element.classList.add("picture");
  try {
    image.src = new URL((await scene.fileLink(file.id)).preview, scene.base).href;
  } catch {
    element.replaceChildren(icon("attach"), h("span", null, file.name));
    element.classList.remove("picture");
  }
}

/** A picture in a tab of its own, everything else to be saved. */
async function show(file, scene) {
  const tab = file.preview ? globalThis.open("", "_blank") : null;
  try {
    const url = new URL((await scene.fileLink(file.id)).url, scene.base).href;
    if (tab) {
      tab.opener = null;
      tab.location.href = url;
    } else {
      h("a", { href: `${url}&save=1`, download: file.name, target: "_blank", rel: "noopener" }).click();
    }
  } catch (error) {
    tab?.close();
    console.warn("the file could not be opened:", error?.code ?? error);
  }
}
