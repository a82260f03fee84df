import { dateText } from "../core/i18n";
import type { Patient, Study } from "./types";

/** The date "2024-01-31" as the language writes it, and "" for an unknown one. */
export function formatDate(date: string | null): string {
  return date === null ? "" : dateText(date);
}

/** Hours and minutes of a time. */
export function formatTime(time: string | null): string {
  return time === null ? "" : time.slice(0, 5);
}

/** A person's name for reading; component carets that came through become a comma and spaces (PS3.5 6.2.1). */
export function formatPersonName(name: string): string {
  if (!name.includes("^")) return name;
  const [family = "", given = "", middle = ""] = (name.split("=")[0] ?? "").split("^");
  const first = [given, middle].filter(Boolean).join(" ");
  return first ? `${family}, ${first}` : family;
}

/** Birth date, age and sex on one line. */
export function formatDemographics(patient: Patient): string {
  return [patient.birthDate === null ? "" : `*${dateText(patient.birthDate)}`, patient.age, patient.sex]
    .filter(Boolean)
    .join("  ");
}

/** Date, time and description of a study on one line. */
export function formatStudy(study: Study): string {
  return [formatDate(study.studyDate), formatTime(study.studyTime)].filter(Boolean).join(" ");
}
