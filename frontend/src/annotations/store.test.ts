import { describe, expect, it } from "vitest";
import type { AnnotationContent } from "../dicom/annotation";
import { imagePoint } from "../geometry/points";
import { AnnotationStore } from "./store";

const CONTENT: AnnotationContent = {
  kind: "length",
  studyInstanceUid: "1.2",
  seriesInstanceUid: "1.2.3",
  sopInstanceUid: "1.2.3.4",
  frameNumber: 1,
  points: [imagePoint(0, 0), imagePoint(10, 0)],
  text: "",
  lengthMm: null,
  plane: null,
};

function drawn(store: AnnotationStore, content: Partial<AnnotationContent> = {}): string {
  const { id } = store.begin({ ...CONTENT, ...content });
  store.commit(id, null);
  return id;
}

describe("undo and redo", () => {
  it("goes back over drawing, moving, words and deleting, and forward again", () => {
    const store = new AnnotationStore();
    const id = drawn(store);
    const before = store.get(id);
    store.preview(id, { points: [imagePoint(0, 0), imagePoint(5, 0)] });
    store.preview(id, { points: [imagePoint(0, 0), imagePoint(20, 0)] });
    store.commit(id, before);
    store.change(id, { text: "nodule" });
    store.remove(id);

    store.history.undo();
    expect(store.get(id)?.text).toBe("nodule");
    store.history.undo();
    expect(store.get(id)?.text).toBe("");
    store.history.undo();
    expect(store.get(id)?.points[1]?.x).toBe(10);
    store.history.undo();
    expect(store.all).toEqual([]);
    expect(store.history.undo()).toBe(false);

    for (let step = 0; step < 3; step += 1) expect(store.history.redo()).toBe(true);
    expect(store.get(id)).toMatchObject({ text: "nodule" });
    expect(store.get(id)?.points[1]?.x).toBe(20);
    store.history.redo();
    expect(store.get(id)).toBeNull();
  });

  it("forgets what was undone once something new is done", () => {
    const store = new AnnotationStore();
    drawn(store);
    store.history.undo();
    drawn(store);

    expect(store.history.redo()).toBe(false);
  });

  it("leaves no trace of a drawing that was given up, or of a click that moved nothing", () => {
    const store = new AnnotationStore();
    store.revert(store.begin(CONTENT).id, null);
    const id = drawn(store);
    store.commit(id, store.get(id));
    store.history.undo();

    expect(store.all).toEqual([]);
    expect(store.history.undo()).toBe(false);
  });
});

describe("what others drew", () => {
  it("cannot be changed or deleted by those who may only look", () => {
    const store = new AnnotationStore();
    const id = drawn(store);
    const known = store.get(id);
    store.take(id, known && { ...known, mayEdit: false });
    store.select(id);

    store.change(id, { text: "mine now" });

    expect(store.removeSelected()).toBe(false);
    expect(store.get(id)?.text).toBe("");
  });
});

describe("calibration", () => {
  it("follows the newest line of the instance and nobody else's", () => {
    const store = new AnnotationStore();
    const line = (lengthMm: number, sopInstanceUid = "1.2.3.4") =>
      drawn(store, { kind: "calibration", lengthMm, sopInstanceUid });
    line(10);
    const newer = line(20);
    line(30, "9.9");

    expect(store.calibrationLine("1.2.3.4")?.lengthMm).toBe(20);
    store.remove(newer);
    expect(store.calibrationLine("1.2.3.4")?.lengthMm).toBe(10);
    expect(store.calibrationLine("1.2.3.5")).toBeNull();
  });
});
