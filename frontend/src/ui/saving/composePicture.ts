import type { Viewport } from "../../viewport/viewport";

/** The words over a picture that say whose it is. */
const IDENTITY: ReadonlySet<string> = new Set([
  "patient-name",
  "patient-id",
  "demographics",
  "accession-number",
]);

/**
 * Draw viewports as they stand on the screen, pixels, marks and the words over them.
 *
 * Without identity the words that say whose picture it is are left out. What the file itself holds in its pixels, and
 * what a reader wrote into a mark, is drawn as it is.
 *
 * @param ratio pixels of the picture to one CSS pixel; paper has more than the screen, so that words are sharp.
 */
export function composePicture(
  viewports: readonly Viewport[],
  hasIdentity: boolean,
  ratio = window.devicePixelRatio || 1,
): HTMLCanvasElement {
  const boxes = viewports.map(({ root }) => root.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((Math.max(...boxes.map((box) => box.right)) - left) * ratio);
  canvas.height = Math.round((Math.max(...boxes.map((box) => box.bottom)) - top) * ratio);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser has no 2D canvas.");
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const viewport of viewports) {
    const box = viewport.canvas.getBoundingClientRect();
    context.drawImage(
      viewport.canvas,
      Math.round((box.left - left) * ratio),
      Math.round((box.top - top) * ratio),
      Math.round(box.width * ratio),
      Math.round(box.height * ratio),
    );
    for (const line of viewport.root.querySelectorAll<HTMLElement>("[data-overlay]")) {
      if (hasIdentity || !IDENTITY.has(line.dataset.overlay ?? "")) drawLine(context, line, left, top, ratio);
    }
  }
  return canvas;
}

/** Draw words where the page has them. */
function drawLine(
  context: CanvasRenderingContext2D,
  line: HTMLElement,
  left: number,
  top: number,
  ratio: number,
): void {
  const text = line.innerText.trim();
  const box = line.getBoundingClientRect();
  if (!text || box.width === 0) return;
  const style = getComputedStyle(line);
  const size = Number.parseFloat(style.fontSize);
  context.font = `${style.fontWeight} ${size * ratio}px ${style.fontFamily}`;
  context.textBaseline = "middle";
  const isRight = style.textAlign === "right" || style.textAlign === "end";
  context.textAlign = isRight ? "right" : "left";
  context.shadowColor = "#000";
  context.shadowBlur = 3 * ratio;
  context.fillStyle = style.color;
  context.fillText(
    text,
    ((isRight ? box.right : box.left) - left) * ratio,
    (box.top + box.height / 2 - top) * ratio,
  );
  context.shadowBlur = 0;
}
