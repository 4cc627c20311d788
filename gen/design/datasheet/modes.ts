import type { Design } from '../../rtl/design.js';
import { counted } from '../../rtl/render/counted.js';
import type { TileMode } from '../../rtl/tile-modes.js';
import { markdownTable } from './markdown.js';

/** Whether a design takes 8-bit integers on pairs of 4-bit lanes. */
export const hasModes = ({ config }: Design): boolean => config.wideActivations.length + config.wideWeights.length > 0;

/** What 8-bit integers change: a table of all modes, and a note for each port. */
export function modes(design: Design) {
  const { config, facts } = design;
  return {
    table: modeTable(design),
    notes: [
      ...(config.wideActivations.length > 0
        ? facts.tile.weightsStay
          ? twiceTheWeights(design)
          : pairsOfRows(design)
        : []),
      ...(config.wideWeights.length > 0
        ? ['8-bit weights: two columns of PEs are added on the way out. Result c leaves on lane 2c; lane 2c + 1 is 0.']
        : []),
    ],
  };
}

function twiceTheWeights({ config }: Design): string[] {
  const what = config.lanes > 1 ? `${config.lanes} steps` : 'row r';
  return [
    `8-bit activations: an activation takes two rows of PEs, which need the same weights. Send ${what} of weights twice, in beats 2r and 2r + 1.`,
    `A tile of weights has ${counted(config.rows, 'beat')} in every mode.`,
  ];
}

function pairsOfRows({ config, facts }: Design): string[] {
  if (facts.tile.rowsPerBeat > 1) {
    return [
      '8-bit activations: two rows of PEs are added on the way out. Of two rows of a beat the even one carries the sum, the odd one 0.',
      'Beats of results leave as in the other modes, and tiles follow each other as fast.',
    ];
  }
  const rows = config.rows / 2;
  const leave = rows === 1 ? 'the only row leaves' : `${rows} rows leave, one every second cycle`;
  return [
    `8-bit activations: two rows of PEs are added on the way out. So ${leave}, \`out_last_o\` with the last.`,
    'The first row leaves as early as in the other modes, and tiles follow each other as fast.',
  ];
}

/** A line for every mode. */
function modeTable({ config, tileModes }: Design): string[] {
  const flag = (set: boolean): string => (set ? '1' : '0');
  const columns: readonly (readonly [string, (kind: TileMode) => string | number])[] = [
    ...(config.wideActivations.length > 0 ? [['`a_wide_i`', ({ aWide }: TileMode) => flag(aWide)] as const] : []),
    ...(config.wideWeights.length > 0 ? [['`w_wide_i`', ({ wWide }: TileMode) => flag(wWide)] as const] : []),
    ['activations of a beat', ({ aCodes }) => aCodes],
    ['weights of a beat', ({ wCodes }) => wCodes],
    ['rows of results', ({ resultRows }) => resultRows ?? 'M'],
    ['results of a row', ({ resultCols }) => resultCols],
    ['products of a result', ({ terms }) => terms ?? 'K'],
    ['multiply-accumulates per cycle', ({ macsPerCycle }) => macsPerCycle],
  ];
  return markdownTable([
    columns.map(([title]) => title),
    ...tileModes.map((kind) => columns.map(([, cell]) => String(cell(kind)))),
  ]);
}
