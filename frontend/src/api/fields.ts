/** A body from the server that does not have the promised shape. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

export type Fields = Readonly<Record<string, unknown>>;

/** Readers of one field each: they return the promised type or say which field broke the promise. */
export function asFields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(`${what} is not an object`);
  }
  return value as Fields;
}

export function readList(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new ShapeError(`${name} is not a list`);
  return value;
}

export function readText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new ShapeError(`${name} is not text`);
  return value;
}

export function readTextOrEmpty(fields: Fields, name: string): string {
  return fields[name] == null ? "" : readText(fields, name);
}

export function readTextOrNull(fields: Fields, name: string): string | null {
  return fields[name] == null ? null : readText(fields, name);
}

export function readNumber(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new ShapeError(`${name} is not a number`);
  return value;
}

export function readNumberOrNull(fields: Fields, name: string): number | null {
  return fields[name] == null ? null : readNumber(fields, name);
}

export function readFlag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== "boolean") throw new ShapeError(`${name} is not true or false`);
  return value;
}

/** A list of exactly `count` numbers, or null where the file gives none. */
export function readNumbersOrNull(fields: Fields, name: string, count: number): readonly number[] | null {
  if (fields[name] == null) return null;
  const list = readList(fields, name);
  const numbers = list.filter((item): item is number => typeof item === "number" && Number.isFinite(item));
  if (numbers.length !== count || list.length !== count) {
    throw new ShapeError(`${name} is not a list of ${count} numbers`);
  }
  return numbers;
}

export function readPairOrNull(fields: Fields, name: string): readonly [number, number] | null {
  const [first, second] = readNumbersOrNull(fields, name, 2) ?? [];
  return first === undefined || second === undefined ? null : [first, second];
}

/** One of the allowed words. */
export function readWord<W extends string>(fields: Fields, name: string, words: readonly W[]): W {
  const value = fields[name];
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new ShapeError(`${name} is none of ${words.join(", ")}`);
  return word;
}
