/** Where a row stands in its list: the values that the server sorts by, as numbers; null where only it can tell. */
export type Order = readonly number[] | null;

export function orderOf(row: HTMLElement): Order {
  try {
    const values: unknown = JSON.parse(row.dataset.order ?? "[]");
    const isOrder = Array.isArray(values) && values.length > 0 && values.every(Number.isFinite);
    return isOrder ? (values as number[]) : null;
  } catch {
    return null;
  }
}

/**
 * Compare two places; negative where the first comes before the second.
 *
 * The first value says whether the reader has set the study aside: that comes last whichever way the list is sorted.
 */
export function compareOrders(
  one: readonly number[],
  other: readonly number[],
  isDescending: boolean,
): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return index > 0 && isDescending ? -difference : difference;
  }
  return 0;
}
