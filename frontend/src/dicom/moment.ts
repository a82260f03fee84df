import { dateText, t } from "../core/i18n";

/**
 * A study's date and time as a reader says it: today and yesterday by name, else the date.
 *
 * @param moment "2024-01-31T12:30", "2024-01-31" or "".
 * @param today local date of the reader, "2024-01-31".
 */
export function spokenMoment(moment: string, today: string): string {
  const [date = "", time = ""] = moment.split("T");
  const name = date === today ? t("Today") : date === dayBefore(today) ? t("Yesterday") : dateText(date);
  return [name, time].filter(Boolean).join(" ");
}

/** The local date, "2024-01-31". */
export function localDate(now: Date): string {
  const part = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`;
}

/** A moment of the server, with its time zone, on the reader's clock: "2024-01-31T12:30". */
export function localMoment(moment: string): string {
  const time = new Date(moment);
  if (Number.isNaN(time.getTime())) return "";
  const part = (value: number) => String(value).padStart(2, "0");
  return `${localDate(time)}T${part(time.getHours())}:${part(time.getMinutes())}`;
}

function dayBefore(date: string): string {
  const noon = new Date(`${date}T12:00:00`);
  noon.setDate(noon.getDate() - 1);
  return localDate(noon);
}
