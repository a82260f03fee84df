/**
 * Coordinates of different spaces do not mix: passing one for another does not compile.
 *
 * ImagePoint is in pixels of the full-resolution frame, x along columns, y along rows; (0, 0) is the outer
 * corner of the first pixel, so its centre is (0.5, 0.5). ScreenPoint is in device pixels of one viewport's
 * canvas. PatientPoint is in mm (PS3.3 C.7.6.2.1.1).
 */
export type ImagePoint = { readonly x: number; readonly y: number } & { readonly space: "image" };
export type ScreenPoint = { readonly x: number; readonly y: number } & { readonly space: "screen" };
export type PatientPoint = { readonly x: number; readonly y: number; readonly z: number } & {
  readonly space: "patient";
};

export function imagePoint(x: number, y: number): ImagePoint {
  return { x, y, space: "image" };
}

export function screenPoint(x: number, y: number): ScreenPoint {
  return { x, y, space: "screen" };
}

export function patientPoint(x: number, y: number, z: number): PatientPoint {
  return { x, y, z, space: "patient" };
}

export function screenDistance(a: ScreenPoint, b: ScreenPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
