/*
 * Puente's chat for any shop page:
 *   <script src="https://…/static/widget/loader.js" data-locale="es" data-product-id="…" data-order-id="…"
 *     defer></script>
 * Optional: `window.puenteCustomerToken = async () => token` names the signed-in customer (null: nobody is
 * signed in); call `window.puente.customerChanged()` when that changes while the page stays.
 * `data-privacy` is the address of the shop's privacy notice. `data-theme="light"` forbids dark colours. Only the round button is shown at first; the rest is loaded by the
 * first click, or when a conversation is going on.
 */
(() => {
  const script = document.currentScript;
  if (!script?.src || window.puente) return;

  const base = new URL("../../", script.src);
  const language = (script.dataset.locale || document.documentElement.lang || "").slice(0, 2).toLowerCase();
  const locale = ["es", "de"].includes(language) ? language : "es";
  // The one text that is needed before the first click: as in the catalogue, which a test holds it to.
  const name = { es: "Abrir el chat con atención al cliente", de: "Chat mit dem Kundenservice öffnen" }[locale];
  const DAY = 86_400_000;

  const host = document.createElement("puente-chat");
  if (script.dataset.theme) host.dataset.theme = script.dataset.theme;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .launcher{position:fixed;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));
      z-index:2147483000;display:grid;place-items:center;width:56px;height:56px;padding:0;border:0;border-radius:50%;
      background:var(--puente-accent,#0b6a69);color:var(--puente-on-accent,#fff);cursor:pointer;
      box-shadow:0 2px 6px rgb(0 0 0/20%),0 8px 24px rgb(0 0 0/20%)}
    @media (prefers-color-scheme:dark){:host(:not([data-theme=light])) .launcher{
      background:var(--puente-accent-dark,#62c8c0);color:#062b2a}}
    .launcher:hover{filter:brightness(1.12)}
    .launcher:focus-visible{outline:3px solid var(--puente-accent,#0b6a69);outline-offset:3px;box-shadow:0 0 0 3px #fff}
    .launcher[aria-busy=true]{cursor:progress;opacity:.8}
    .launcher svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linejoin:round;
      stroke-linecap:round}
    .launcher[aria-expanded=true] .o,.launcher[aria-expanded=false] .x{display:none}
    .badge-count{position:absolute;top:-4px;right:-4px;min-width:22px;padding:0 4.8px;border:2px solid #fff;
      border-radius:99px;background:#b1271f;color:#fff;font:700 12px/20px Arial,sans-serif}
    [hidden]{display:none!important}`);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.setAttribute("aria-label", name);
  button.title = name;
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.append(
    drawing(
      "o",
      "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 19 16h-7l-4.5 4v-4H5a1.5 1.5 0 0 1-1.5-1.5v-8" +
        "A1.5 1.5 0 0 1 5 5zM8 9h8M8 12.2h5",
    ),
  );
  button.append(drawing("x", "M6 9.5l6 6 6-6"));
  const badge = document.createElement("span");
  badge.className = "badge-count";
  badge.hidden = true;
  badge.setAttribute("aria-hidden", "true");
  button.append(badge);
  root.append(button);

  let widget = null;
  const load = () => {
    if (widget) return widget;
    button.setAttribute("aria-busy", "true");
    widget = import(new URL("static/widget/widget.js", base).href)
      .then((module) =>
        module.mount({ root, host, button, badge, base, locale, context: contextOf(script.dataset), privacy: script.dataset.privacy }),
      )
      .catch((error) => {
        widget = null;
        throw error;
      })
      .finally(() => button.removeAttribute("aria-busy"));
    return widget;
  };

  window.puente = {
    open: (options) => load().then((loaded) => loaded.open(options)),
    close: () => widget?.then((loaded) => loaded.close()),
    comeBack: (key) => load().then((loaded) => loaded.comeBack(key)),
    customerChanged: () => widget?.then((loaded) => loaded.customerChanged()),
  };
  button.addEventListener("click", () => {
    load().then(
      (loaded) => loaded.toggle(),
      (error) => console.error("the chat could not be loaded", error),
    );
  });
  (document.body
    ? Promise.resolve()
    : new Promise((done) => addEventListener("DOMContentLoaded", done))
  ).then(begin);

  function begin() {
    document.body.append(host);
    const back = /^#puente=([\w.-]+)$/.exec(location.hash);
    if (back) {
      history.replaceState(history.state, "", location.pathname + location.search);
      window.puente.comeBack(back[1]).catch((error) => console.warn("the chat could not come back", error));
    } else if ("open" in script.dataset) window.puente.open().catch(() => {});
    else if (openBefore() && matchMedia("(min-width: 40rem)").matches) window.puente.open().catch(() => {});
    else if (isGoingOn()) load().catch(() => {});
  }

  function isGoingOn() {
    try {
      const kept = JSON.parse(localStorage.getItem(`puente:${base.host}:conversation`));
      return Boolean(kept) && Date.now() - kept.used_at < DAY;
    } catch {
      return false;
    }
  }

  function openBefore() {
    try {
      return sessionStorage.getItem(`puente:${base.host}:open`) === "1";
    } catch {
      return false;
    }
  }

  function contextOf(data) {
    return {
      page: location.href.slice(0, 300),
      product_id: data.productId || null,
      order_id: data.orderId || null,
    };
  }

  function drawing(name, shape) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", name);
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    svg.append(path);
    return svg;
  }
})();
