/** What all arrays of the tables have in common. */
export const COMMON = { accumulatorBits: 24, maxK: 2047 } as const;

export const SIZES = [4, 8, 16, 32, 64] as const;
/** The largest of them. */
export const LARGEST = 64;

/** A form of the array, by what sets it apart from the default. */
export interface Form {
  readonly size: number;
  readonly lanes: number;
  readonly clusterCols: number;
}

const form = (size: number, lanes = 1, clusterCols = 1): Form => ({ size, lanes, clusterCols });

/** The default in all sizes. */
export const DRAIN_FORMS: readonly Form[] = SIZES.map((size) => form(size));

/** Lanes and shared registers in the largest size. */
export const CORE_FORMS: readonly Form[] = [1, 2, 4].flatMap((lanes) =>
  [1, 2, 4].map((clusterCols) => form(LARGEST, lanes, clusterCols)),
);

/** What energy is measured of. */
export const ENERGY_FORMS: readonly Form[] = [1, 2, 4].map((lanes) => form(16, lanes));

/** The name of a form's design. */
export const formName = ({ size, lanes, clusterCols }: Form): string =>
  `core_${size}${lanes > 1 ? `_n${lanes}` : ''}${clusterCols > 1 ? `_u${clusterCols}` : ''}`;

/** The options of `npm run gen` for a form. */
export const formOptions = ({ size, lanes, clusterCols }: Form): string =>
  [
    `--rows ${size} --cols ${size} --accumulator-bits ${COMMON.accumulatorBits} --max-k ${COMMON.maxK}`,
    ...(lanes > 1 ? [`--lanes ${lanes}`] : []),
    ...(clusterCols > 1 ? [`--cluster-cols ${clusterCols}`] : []),
  ].join(' ');
