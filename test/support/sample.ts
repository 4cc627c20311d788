export interface Split<T> {
  readonly sample: readonly T[];
  readonly rest: readonly T[];
}

/**
 * Few cases in which every feature of the cases occurs, and the others: of those that show most new features the first,
 * again and again. Always the same.
 */
export function splitByFeatures<T>(cases: readonly T[], featuresOf: (each: T) => readonly string[]): Split<T> {
  const missing = new Set(cases.flatMap(featuresOf));
  const chosen = new Set<T>();
  const gain = (each: T): number => new Set(featuresOf(each).filter((feature) => missing.has(feature))).size;
  while (missing.size > 0) {
    const best = cases.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    chosen.add(best);
    for (const feature of featuresOf(best)) missing.delete(feature);
  }
  return {
    sample: cases.filter((each) => chosen.has(each)),
    rest: cases.filter((each) => !chosen.has(each)),
  };
}

/** Every n-th of cases that are alike, and the others. */
export const everyNth = <T>(cases: readonly T[], n: number): Split<T> => ({
  sample: cases.filter((_, index) => index % n === 0),
  rest: cases.filter((_, index) => index % n !== 0),
});
