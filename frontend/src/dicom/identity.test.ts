import { expect, test } from "vitest";
import { identityConflict } from "./identity";
import type { Patient } from "./types";

const one: Patient = {
  patientId: "NG-1",
  issuerOfPatientId: "NORTH",
  name: "Lindqvist, Astrid",
  birthDate: "1950-02-01",
  sex: "F",
  age: "74 y",
};

test("one patient at two ages is one patient", () => {
  expect(identityConflict([one, { ...one, age: "70 y" }])).toBe("");
  expect(identityConflict([])).toBe("");
});

test("another ID, or the same ID of another issuer, is another patient", () => {
  const other = { ...one, patientId: "NG-2", name: "Okonkwo, Ngozi" };
  expect(identityConflict([one, other])).toBe(
    "Two patients on the screen: Lindqvist, Astrid, Okonkwo, Ngozi",
  );
  expect(identityConflict([one, { ...one, issuerOfPatientId: "SOUTH" }])).toContain("Two patients");
});

test("the same ID with another birth date asks to check", () => {
  expect(identityConflict([one, { ...one, birthDate: "1951-02-01" }])).toContain("One ID, different people?");
});
