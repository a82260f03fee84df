import { KINDS } from "../annotations/kinds/table";
import { loginUrl, type RequestError } from "../api/client";
import type { Disposer } from "../core/disposable";
import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import { edgeLabels } from "../dicom/orientationLabels";
import { formatSuvRange } from "../dicom/suv";
import { formatDemographics, formatPersonName, formatStudy } from "../dicom/text";
import type { StudyImage } from "../dicom/types";
import { fitScale } from "../geometry/camera";
import { isTrueSize } from "../geometry/trueSize";
import { frameShape } from "../render/tilePlan";
import type { Painted } from "../viewport/painted";
import type { Stack } from "../viewport/stack";
import type { Viewport } from "../viewport/viewport";
import { element, setText } from "./dom";
import { pixelOfThisMonitor } from "./trueSize";

type Line = { readonly name: string; readonly quiet?: boolean };
type Corner = { readonly name: string; readonly lines: readonly Line[] };

const CORNERS: readonly Corner[] = [
  {
    name: "top-left",
    lines: [{ name: "patient-name" }, { name: "patient-id" }, { name: "demographics" }],
  },
  {
    name: "top-right",
    lines: [
      { name: "study-date" },
      { name: "study-description", quiet: true },
      { name: "accession-number", quiet: true },
      { name: "facility", quiet: true },
    ],
  },
  {
    name: "bottom-left",
    lines: [
      { name: "side" },
      { name: "series", quiet: true },
      { name: "key-image" },
      { name: "plane" },
      { name: "image-number" },
      { name: "slice", quiet: true },
    ],
  },
  {
    name: "bottom-right",
    lines: [
      { name: "quality" },
      { name: "presentation" },
      { name: "marks" },
      { name: "annotations" },
      { name: "regions" },
      { name: "fusion" },
      { name: "lossy" },
      { name: "window" },
      { name: "window-label", quiet: true },
      { name: "suv-problem", quiet: true },
      { name: "zoom", quiet: true },
    ],
  },
];

const EDGES = ["left", "right", "top", "bottom"] as const;

/** The words over a picture. They are written from what is painted, in the frame that painted it. */
export function attachOverlay(viewport: Viewport, retry: () => void): Disposer {
  const overlay = new Overlay(viewport, retry);
  viewport.root.append(overlay.root);
  const unsubscribe = viewport.paintedChanged.subscribe((painted) => overlay.write(painted));
  overlay.write(viewport.painted);
  return () => {
    unsubscribe();
    overlay.root.remove();
  };
}

class Overlay {
  readonly root = element("div", { class: "overlay" });
  private readonly fields = new Map<string, HTMLElement>();
  private readonly notice = element("div", { class: "overlay__notice", role: "status" });
  private readonly empty = element(
    "p",
    { class: "overlay__empty" },
    t("Drag a series here, or click one in the list."),
  );
  /** The canvas says nothing to a screen reader: the same measurements as text. */
  private readonly measurements = element("ul", {
    class: "visually-hidden",
    "aria-label": t("Measurements on this image"),
  });
  private noticeFor: RequestError | null = null;

  constructor(
    private readonly viewport: Viewport,
    private readonly retry: () => void,
  ) {
    for (const corner of CORNERS) {
      const box = element("div", { class: `overlay__corner overlay__corner--${corner.name}` });
      for (const line of corner.lines) box.append(this.field(line));
      this.root.append(box);
    }
    for (const edge of EDGES) {
      const label = element("span", { class: `overlay__edge overlay__edge--${edge}` });
      label.dataset.overlay = `edge-${edge}`;
      this.fields.set(`edge-${edge}`, label);
      this.root.append(label);
    }
    const awaited = element("span", { class: "overlay__awaited" });
    this.fields.set("awaited", awaited);
    this.root.append(awaited, this.notice, this.empty, this.measurements);
  }

  write(painted: Painted | null): void {
    this.empty.hidden = this.viewport.study !== null;
    const texts = painted === null ? {} : overlayTexts(painted, pixelOfThisMonitor());
    for (const [name, node] of this.fields) {
      const text = texts[name] ?? "";
      setText(node, text);
      node.hidden = text === "";
    }
    this.root.dataset.chestWall = painted?.stack.series.modality === "MG" ? chestWallOf(texts) : "";
    this.writeMeasurements(painted?.measurements ?? []);
    this.writeFailure(painted?.failure ?? null);
  }

  private writeMeasurements(measurements: Painted["measurements"]): void {
    const texts = measurements.map(({ annotation, lines }) =>
      [KINDS[annotation.kind].label, ...lines].join(" ").trim(),
    );
    this.measurements.hidden = texts.length === 0;
    if (texts.join() === [...this.measurements.children].map((item) => item.textContent).join()) return;
    this.measurements.replaceChildren(...texts.map((text) => element("li", {}, text)));
  }

  private field(line: Line): HTMLElement {
    const node = element("div", {
      class: line.quiet ? "overlay__line overlay__line--quiet" : "overlay__line",
    });
    node.dataset.overlay = line.name;
    this.fields.set(line.name, node);
    return node;
  }

  private writeFailure(failure: RequestError | null): void {
    this.notice.hidden = failure === null;
    if (failure === null || failure === this.noticeFor) {
      this.noticeFor = failure;
      return;
    }
    this.noticeFor = failure;
    const title =
      failure.kind === "unshowable" ? t("This image cannot be displayed") : t("This image did not load");
    const isSession = failure.kind === "session";
    this.notice.replaceChildren(
      element("strong", {}, isSession ? t("Your session has ended") : title),
      element("p", {}, isSession ? t("Log in again to go on.") : failure.message),
    );
    if (isSession) this.notice.append(element("a", { class: "button", href: loginUrl() }, t("Log in")));
    if (failure.kind === "network" || failure.kind === "server") this.notice.append(this.retryButton());
  }

  private retryButton(): HTMLButtonElement {
    const button = element("button", { type: "button", class: "button" }, t("Try again"));
    button.addEventListener("click", this.retry);
    return button;
  }
}

/** The edge at which a mammogram has the chest wall; words there would lie on the breast, so they stand at the other one. */
function chestWallOf(texts: Readonly<Record<string, string>>): "" | "left" | "right" {
  if (texts["edge-left"]?.startsWith("P")) return "left";
  return texts["edge-right"]?.startsWith("P") ? "right" : "";
}

/** Every text of the overlay by its place. Pure, so that it can be tested without a page. */
export function overlayTexts(
  painted: Painted,
  mmPerDevicePixel: number | null = null,
): Readonly<Record<string, string>> {
  const { stack, image, camera } = painted;
  const labels = edgeLabels(image, camera.orientation);
  const count = stack.series.images.length;
  return {
    ...identityTexts(stack),
    series: seriesLine(stack),
    "image-number": `${painted.imageIndex + 1} / ${count}`,
    side: sideLine(image),
    "key-image": painted.keyTitle ? t("★ Key image: {title}", { title: painted.keyTitle }) : "",
    plane: image.plane || image.title,
    slice: sliceLine(image),
    quality: [
      painted.quality === "preview" ? t("Preview") : "",
      painted.isIncomplete ? t("Incomplete: file cut off") : "",
    ]
      .filter(Boolean)
      .join(", "),
    presentation: painted.presentation
      ? t("Shown as {presentation}", { presentation: painted.presentation.label })
      : "",
    marks: painted.hidesMarks ? t("Overlays and shutter off") : "",
    annotations: painted.hidesAnnotations ? t("Annotations hidden") : "",
    regions: painted.regionNote,
    fusion: painted.fusionNote,
    lossy: image.lossy
      ? t("Lossy {compression}", { compression: image.lossy.replace(/^lossy\s*/i, "") }).trim()
      : "",
    window: windowLine(painted),
    "suv-problem": image.suvProblem ? t("No SUV: {reason}", { reason: image.suvProblem }) : "",
    "window-label": [painted.voi?.label, painted.invert ? t("inverted") : "", painted.palette?.label]
      .filter(Boolean)
      .join(", "),
    zoom: zoomLine(painted, mmPerDevicePixel),
    awaited:
      painted.awaitedIndex === null
        ? ""
        : t("Loading image {number} of {count}", { number: painted.awaitedIndex + 1, count }),
    "edge-left": labels.left,
    "edge-right": labels.right,
    "edge-top": labels.top,
    "edge-bottom": labels.bottom,
  };
}

/** Identity comes from the study that the stack belongs to. */
export function identityTexts({ study }: Stack): Record<string, string> {
  const { patient } = study;
  return {
    "patient-name": formatPersonName(patient.name) || t("No name"),
    "patient-id": [patient.patientId || t("No ID"), patient.issuerOfPatientId].filter(Boolean).join("  "),
    demographics: formatDemographics(patient),
    "study-date": formatStudy(study),
    "study-description": study.studyDescription,
    "accession-number": study.accessionNumber ? t("Acc. {number}", { number: study.accessionNumber }) : "",
    facility: study.facilityName,
  };
}

export function seriesLine({ series }: Stack): string {
  const number = series.seriesNumber === null ? "" : `S ${series.seriesNumber}`;
  return [number, series.modality, series.seriesDescription].filter(Boolean).join("  ");
}

/** Side and view; U, for an unpaired part of the body, names no side. */
function sideLine({ laterality, viewPosition }: StudyImage): string {
  return [laterality === "U" ? "" : laterality, viewPosition].filter(Boolean).join(" ");
}

function sliceLine(image: StudyImage): string {
  const location =
    image.sliceLocationMm === null
      ? ""
      : t("Loc {position} mm", { position: formatNumber(image.sliceLocationMm, 1) });
  const thickness =
    image.sliceThicknessMm === null
      ? ""
      : t("Thk {thickness} mm", { thickness: formatNumber(image.sliceThicknessMm, 2) });
  return [location, thickness].filter(Boolean).join("  ");
}

function windowLine({ image, voi }: Painted): string {
  if (image.kind === "colour") return t("Colour");
  if (voi === null) return "";
  if (voi.kind === "table") return t("VOI table");
  if (image.suvFactor !== null) return formatSuvRange(voi.window, image.suvFactor);
  const { windowCenter, windowWidth } = voi.window;
  const digits = windowWidth < 20 ? 2 : 0;
  return t("W {width}  C {centre}", {
    width: formatNumber(windowWidth, digits),
    centre: formatNumber(windowCenter, digits),
  });
}

function zoomLine({ scale, image, camera, screen }: Painted, mm: number | null): string {
  const fitted = Math.abs(scale - fitScale(frameShape(image), camera.orientation, screen)) < 1e-9;
  const isTrue = isTrueSize(image, scale, mm);
  const zoom = t("Zoom {percent} %", { percent: formatNumber(scale * 100) });
  return [zoom, fitted && t("fit"), isTrue && t("true size")].filter(Boolean).join("  ");
}
