import type { RawConfiguration } from '../../../../gen/config/raw.js';

const SIZE = 16;
const LANES = [1, 2, 4, 8] as const;
const STAGES = [1, 2] as const;

/** What stays in the PEs, and how `npm run gen` and names of designs call that. */
const STAYS = { sums: 'os', weights: 'ws' } as const;

/** An array of the default types by what stays in its PEs, its lanes and its stages. */
export interface LaneForm {
  readonly stays: keyof typeof STAYS;
  readonly lanes: number;
  readonly pipeline: number;
}

/** Row by row of the table of paths: lanes, then where sums stay, then stages. */
export const LANE_FORMS: readonly LaneForm[] = LANES.flatMap((lanes) =>
  (['sums', 'weights'] as const).flatMap((stays) => STAGES.map((pipeline) => ({ stays, lanes, pipeline }))),
);

/** Those of one stage whose weights stay. */
export const WS_FORMS: readonly LaneForm[] = LANE_FORMS.filter(
  ({ stays, pipeline }) => stays === 'weights' && pipeline === 1,
);

/** The name of a form's design. */
export const laneFormName = ({ stays, lanes, pipeline }: LaneForm): string =>
  `${STAYS[stays]}_16x16_n${lanes}_p${pipeline}`;

/** The options of `npm run gen` for a form. */
export const laneFormOptions = ({ stays, lanes, pipeline }: LaneForm): string =>
  `--rows ${SIZE} --cols ${SIZE} --dataflow ${STAYS[stays]} --lanes ${lanes} --pipeline ${pipeline}`;

/** The same as parameters. */
export const laneFormParameters = ({ stays, ...form }: LaneForm): RawConfiguration => ({
  ...{ rows: SIZE, cols: SIZE, dataflow: STAYS[stays] },
  ...form,
});
