/** What a table of a library is looked up by. */
export interface Conditions {
  /** Transition time of the input, in seconds. */
  readonly slew: number;
  /** Capacitance on the output, in farads. */
  readonly load: number;
}

/** A table of a library, in SI units: a value per point of a grid of slews and loads; one point where it does not depend. */
export interface Table {
  readonly slews: readonly number[];
  readonly loads: readonly number[];
  /** `values[i][j]` at `slews[i]` and `loads[j]`. */
  readonly values: readonly (readonly number[])[];
}

/** The value of a table, linear between its points and beyond them, as Liberty reads tables. */
export function lookUp({ slews, loads, values }: Table, { slew, load }: Conditions): number {
  const row = place(slews, slew);
  const col = place(loads, load);
  const along = (i: number): number => between(values[i]?.[col.index], values[i]?.[col.next], col.fraction);
  return between(along(row.index), along(row.next), row.fraction);
}

const between = (from = Number.NaN, to = Number.NaN, fraction: number): number => from + (to - from) * fraction;

/** The two points of an axis that a value is measured from, and how far it is on the way from the one to the other. */
function place(axis: readonly number[], value: number): { index: number; next: number; fraction: number } {
  if (axis.length === 1) return { index: 0, next: 0, fraction: 0 };
  const above = axis.findIndex((point) => point > value);
  const next = above < 0 ? axis.length - 1 : Math.max(above, 1);
  const [from, to] = [axis[next - 1] as number, axis[next] as number];
  return { index: next - 1, next, fraction: (value - from) / (to - from) };
}
