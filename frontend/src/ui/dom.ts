type Child = Node | string | null | undefined | false;

type Properties = Readonly<Record<string, string | boolean | number | null | undefined>>;

/** Build an element. Properties are attributes; true writes an empty one, null, undefined and false none. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite that base.html names. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.iconsUrl ?? "/static/icons.svg"}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * The name of a control that shows a shorter word: who speaks to the computer says what can be seen, so the name holds it
 * (WCAG 2.2, 2.5.3).
 */
export function spokenName(seen: string, label: string): string {
  const words = (text: string) =>
    ` ${
      text
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu)
        ?.join(" ") ?? ""
    } `;
  return words(label).includes(words(seen)) ? label : `${seen}: ${label}`;
}

/** Find what the page promises to have. */
export function required<E extends Element>(selector: string, root: ParentNode = document): E {
  const found = root.querySelector<E>(selector);
  if (found === null) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/** Write text only when it differs: untouched nodes cost no layout. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
