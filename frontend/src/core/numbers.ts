import { decimalSign } from "./i18n";

/** Keep a number within [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Write a number with at most `digits` decimals and no trailing zeros, with the decimal sign of the language. */
export function formatNumber(value: number, digits = 0): string {
  const text = value.toFixed(digits);
  return digits > 0 ? text.replace(/\.?0+$/, "").replace(".", decimalSign) : text;
}

/** Significant decimals for a value of unknown magnitude, such as SUV beside HU. */
export function formatValue(value: number): string {
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) || magnitude >= 100) return formatNumber(value, 0);
  return formatNumber(value, magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 4);
}
