/**
 * The words of the page in the reader's language. The English text is the key; `locale/<language>.po` holds the
 * others, and the page loads its catalogue before any module runs, so that messages may stand in constants.
 */

interface Catalogue {
  /** The index of the form for each category of Intl.PluralRules. */
  readonly plurals: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, string | readonly string[]>>;
}

type Values = Readonly<Record<string, string | number>>;

declare global {
  var readingRoomCatalogue: Catalogue | undefined;
}

const catalogue = globalThis.readingRoomCatalogue;

/** The language of the page, which is English where there is no page, as in a worker. */
export const language = globalThis.document?.documentElement?.lang || "en";

export const isRightToLeft = globalThis.document?.documentElement?.dir === "rtl";

// Values on images are compared with those that devices burn in, which have Latin digits in every language.
const withLatinDigits = `${language}-u-nu-latn`;
const pluralRules = new Intl.PluralRules(language);

/** The sign before the decimals, "." or ",". */
export const decimalSign = new Intl.NumberFormat(withLatinDigits).format(0.5).charAt(1);

const dateFormat = new Intl.DateTimeFormat(withLatinDigits, {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  timeZone: "UTC",
});

/** Returns a message; `{name}` in it stands for the value of that name. */
export function t(message: string, values: Values = {}): string {
  const found = catalogue?.messages[message];
  return filled(typeof found === "string" ? found : (found?.at(-1) ?? message), values);
}

/** Returns the form of a message that fits a count, which stands in it as `{count}`. */
export function tn(one: string, other: string, count: number, values: Values = {}): string {
  const found = catalogue?.messages[one];
  const english = count === 1 ? one : other;
  const index = catalogue?.plurals[pluralRules.select(count)];
  const form = typeof found === "string" ? found : index === undefined ? undefined : found?.[index];
  return filled(form ?? english, { count, ...values });
}

/** Returns a number as the language writes it, with a fixed number of decimals where one is given. */
export function numberText(value: number, decimals?: number): string {
  return new Intl.NumberFormat(withLatinDigits, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** Returns the date "2024-01-31" as the language writes it; in English as it is, for ISO dates know one order only. */
export function dateText(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  return language.startsWith("en") || Number.isNaN(day.getTime()) ? date : dateFormat.format(day);
}

/** Returns "a, b and c" or "a, b or c" in the language. */
export function listText(
  items: readonly string[],
  type: "conjunction" | "disjunction" = "conjunction",
): string {
  return new Intl.ListFormat(language, { type }).format(items);
}

function filled(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numberText(value) : value;
  });
}
