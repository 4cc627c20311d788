/** What all arrays of the tables have in common. */
export const COMMON = { accumulatorBits: 24, maxK: 2047 } as const;

export const SIZES = [4, 8, 16, 32, 64] as const;
/** The largest of them. */
export const LARGEST = 64;

/** A form of the array, by what sets it apart from the default. */
export interface Form {
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;
  readonly clusterRows: number;
  readonly clusterCols: number;
  readonly pipeline: number;
  /** Rows of a segment of the bus, if not the default. */
  readonly busSegment?: number;
}

const PLAIN = { lanes: 1, clusterRows: 1, clusterCols: 1, pipeline: 1 } as const;

const square = (size: number, more: Partial<Form> = {}): Form => ({ rows: size, cols: size, ...PLAIN, ...more });

/** The default in all sizes. */
export const DRAIN_FORMS: readonly Form[] = SIZES.map((size) => square(size));

/** Rows and columns of the clusters that are measured with a number of lanes. */
const CLUSTERS = [
  { lanes: 1, clusters: ['1x1', '1x2', '1x4', '2x2', '4x4'] },
  { lanes: 2, clusters: ['1x1'] },
  { lanes: 4, clusters: ['1x1', '1x2', '2x2'] },
] as const;

/** Lanes and shared registers in the largest size. */
export const CORE_FORMS: readonly Form[] = CLUSTERS.flatMap(({ lanes, clusters }) =>
  clusters.map((cluster) => {
    const [clusterRows, clusterCols] = cluster.split('x').map(Number) as [number, number];
    return square(LARGEST, { lanes, clusterRows, clusterCols });
  }),
);

/** The forms that had an area to reach, as a share of double drain's. */
export const AIMED_FORMS = [
  { form: square(LARGEST), share: 0.7 },
  { form: square(LARGEST, { clusterCols: 2 }), share: 0.7 },
  { form: square(LARGEST, { lanes: 4 }), share: 0.42 },
  { form: square(LARGEST, { lanes: 4, clusterRows: 2, clusterCols: 2 }), share: 0.42 },
] as const;

/** Segments of the bus, of PEs with one and two stages. Columns are alike: two of them are enough. */
export const BUS_FORMS: readonly Form[] = [1, 2].flatMap((pipeline) =>
  [8, 16, 32, 64].map((busSegment) => ({ rows: LARGEST, cols: 2, ...PLAIN, pipeline, busSegment })),
);

/** What energy is measured of. */
export const ENERGY_FORMS: readonly Form[] = [1, 2, 4].map((lanes) => square(16, { lanes }));

/** The name of a form's design. */
export function formName({ rows, cols, lanes, clusterRows, clusterCols, pipeline, busSegment }: Form): string {
  return [
    `core_${rows === cols ? rows : `${rows}x${cols}`}`,
    ...(lanes > 1 ? [`n${lanes}`] : []),
    ...(clusterRows > 1 ? [`t${clusterRows}`] : []),
    ...(clusterCols > 1 ? [`u${clusterCols}`] : []),
    ...(pipeline > 1 ? [`p${pipeline}`] : []),
    ...(busSegment === undefined ? [] : [`g${busSegment}`]),
  ].join('_');
}

/** The options of `npm run gen` for a form. */
export const formOptions = ({ rows, cols, lanes, clusterRows, clusterCols, pipeline, busSegment }: Form): string =>
  [
    `--rows ${rows} --cols ${cols} --accumulator-bits ${COMMON.accumulatorBits} --max-k ${COMMON.maxK}`,
    ...(lanes > 1 ? [`--lanes ${lanes}`] : []),
    ...(clusterRows > 1 ? [`--cluster-rows ${clusterRows}`] : []),
    ...(clusterCols > 1 ? [`--cluster-cols ${clusterCols}`] : []),
    ...(pipeline > 1 ? [`--pipeline ${pipeline}`] : []),
    ...(busSegment === undefined ? [] : [`--bus-segment ${busSegment}`]),
  ].join(' ');
