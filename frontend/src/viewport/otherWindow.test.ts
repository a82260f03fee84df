import { expect, test } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Series, Study } from "../dicom/types";
import { FITTED } from "../geometry/camera";
import { type Leading, OtherWindow, Teller } from "./otherWindow";
import type { Stack } from "./stack";
import { FILE_DEFAULT } from "./voi";

const stack = {
  study: { patient: { patientId: "P" } } as Study,
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
  const first = teller.tell([view(0)]);
  const second = teller.tell([view(1)]);
  other.take(structuredClone(first ?? []));
  other.take(structuredClone(second ?? []));
  expect(first?.[0]?.stack).toBe(stack);
  expect(second?.[0]?.stack).toBeNull();
  expect(other.images.map(({ frameNumber }) => frameNumber)).toEqual([2]);
  expect(other.patients).toHaveLength(1);
});

test("nothing is told twice, and a window that comes later is told everything", () => {
  const teller = new Teller();
  teller.tell([view(0)]);
  expect(teller.tell([view(0)])).toBeNull();
  teller.startAgain();
  expect(teller.tell([view(0)])?.[0]?.stack).toBe(stack);
});

test("a stack that was gone in between is told again", () => {
  const teller = new Teller();
  teller.tell([view(0)]);
  teller.tell([]);
  expect(teller.tell([view(0)])?.[0]?.stack).toBe(stack);
});
