/** The shell of the staff's and sellers' pages: icons, signing out, the language of the account. */

import { errorText, post, put } from "./api.js";
import { toast } from "./dom.js";
import { fillIcons } from "./icons.js";
import { loadTexts } from "./texts.js";

const locale = document.documentElement.lang;

/** Run a call of the shell; what fails is told. @param {() => Promise<unknown>} call */
async function attempt(call) {
  try {
    await call();
  } catch (error) {
    const { t } = await loadTexts("staff", locale);
    toast(errorText(error, t), { kind: "red" });
  }
}

fillIcons();

document.querySelector("[data-staff='sign-out']")?.addEventListener("click", () =>
  attempt(async () => {
    await post("/api/v1/sign-out");
    location.assign("/sign-in");
  }),
);

document.querySelector("[data-staff='language']")?.addEventListener("change", (event) =>
  attempt(async () => {
    await put("/api/v1/account", { locale: /** @type {HTMLSelectElement} */ (event.target).value });
    const url = new URL(location.href);
    url.searchParams.delete("locale");
    location.replace(url);
    location.reload();
  }),
);
