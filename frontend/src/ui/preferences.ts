import { RequestError } from "../api/client";
import { saveLook } from "../api/preferences";
import { type Disposer, listen } from "../core/disposable";

/** Remember a look: for the user on the server, and in a cookie for this browser while nobody is logged in. */
export function rememberLook(name: "theme" | "density", value: string): void {
  document.documentElement.dataset[name] = value;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR and Safari.
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  if (document.documentElement.dataset.isLoggedIn) void keepOnServer(name, value);
}

async function keepOnServer(name: "theme" | "density", value: string): Promise<void> {
  try {
    await saveLook(name, value);
  } catch (error) {
    // The page looks as wanted, and the cookie has it; another computer does without.
    if (!(error instanceof RequestError)) throw error;
  }
}

/** Let the button of base.html change between dark and light. */
export function attachThemeSwitch(): Disposer {
  return listen(document, "click", (event) => {
    const target =
      event.target instanceof Element ? event.target.closest("[data-action=toggle-theme]") : null;
    if (target === null) return;
    rememberLook("theme", document.documentElement.dataset.theme === "light" ? "dark" : "light");
  });
}
