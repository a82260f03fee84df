import { expect, test } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Patient, Series, Study } from "../dicom/types";
import { FITTED } from "../geometry/camera";
import { type Leading, OtherWindow, Teller, type Told } from "./otherWindow";
import type { Stack } from "./stack";
import { FILE_DEFAULT } from "./voi";

const PATIENT = { patientId: "P" } as Patient;
const stack = {
  study: { patient: PATIENT } as Study,
  series: { images: [sampleImage({ frameNumber: 1 }), sampleImage({ frameNumber: 2 })] } as unknown as Series,
} satisfies Stack;

function view(imageIndex: number): Leading {
  const screen = { width: 100, height: 100 };
  return {
    stack,
    image: null,
    imageIndex,
    camera: FITTED,
    screen,
    choice: FILE_DEFAULT,
    invert: false,
    palette: null,
  };
}

test("another window knows which image is shown, and gets the images once", () => {
  const teller = new Teller();
  const other = new OtherWindow();
  const first = teller.tell([view(0)], [PATIENT]);
  const second = teller.tell([view(1)], [PATIENT]);
  other.take(structuredClone(first as Told));
  other.take(structuredClone(second as Told));
  expect(first?.views[0]?.stack).toBe(stack);
  expect(second?.views[0]?.stack).toBeNull();
  expect(other.images.map(({ frameNumber }) => frameNumber)).toEqual([2]);
  expect(other.patients).toHaveLength(1);
});

test("nothing is told twice, and a window that comes later is told everything", () => {
  const teller = new Teller();
  teller.tell([view(0)], [PATIENT]);
  expect(teller.tell([view(0)], [PATIENT])).toBeNull();
  teller.startAgain();
  expect(teller.tell([view(0)], [PATIENT])?.views[0]?.stack).toBe(stack);
});

test("a stack that was gone in between is told again", () => {
  const teller = new Teller();
  teller.tell([view(0)], [PATIENT]);
  teller.tell([], []);
  expect(teller.tell([view(0)], [PATIENT])?.views[0]?.stack).toBe(stack);
});
