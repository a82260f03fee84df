import { t } from "../core/i18n";
import { formatPersonName } from "./text";
import type { Patient } from "./types";

/**
 * What is wrong with the identities on one screen, in words, or "".
 *
 * An identity is an ID with its issuer. The same ID with another birth date or name is a conflict as well: one of the
 * studies may belong to somebody else.
 */
export function identityConflict(patients: readonly Patient[]): string {
  const names = (list: readonly Patient[]) =>
    [
      ...new Set(list.map((patient) => formatPersonName(patient.name) || patient.patientId || t("No name"))),
    ].join(", ");
  const ids = new Set(patients.map((patient) => `${patient.issuerOfPatientId}\n${patient.patientId}`));
  if (ids.size === 2) return t("Two patients on the screen: {names}", { names: names(patients) });
  if (ids.size > 2) return t("More than two patients on the screen: {names}", { names: names(patients) });
  const people = new Set(patients.map((patient) => personKey(patient)));
  if (people.size > 1)
    return t("One ID, different people? {names}. Check name and birth date.", { names: names(patients) });
  return "";
}

function personKey({ name, birthDate }: Patient): string {
  return `${formatPersonName(name).toLocaleLowerCase()}\n${birthDate ?? ""}`;
}
