import { type Disposer, listen } from "../core/disposable";

/** Remember a look in a cookie: the server writes it into the next page, so nothing flashes. */
export function rememberLook(name: "theme" | "density", value: string): void {
  document.documentElement.dataset[name] = value;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR and Safari.
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
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
