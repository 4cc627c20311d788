import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { dataPort, HALF_THE_COLUMNS, typePort } from '../../operand-ports.js';
import { streamOut } from '../../output-buffer.js';
import { portView } from '../../periphery.js';
import type { OperandPort } from '../../port.js';
import { type ArrayView, arrayView } from '../array-top.js';
import { tileSumBits } from './sums.js';

function streams(core: DesignCore): ModulePort[] {
  const { rows } = core.config;
  const stream = (port: OperandPort, offered: string, last: string, wideMeaning: string): ModulePort[] => [
    input(`${port.letter}_valid_i`, 1, offered),
    output(`${port.letter}_ready_o`, 1, 'the beat is taken if offered'),
    input(`${port.letter}_last_i`, 1, last),
    dataPort(portView(port)),
    ...typePort(port, wideMeaning),
  ];
  const twice = core.a.wideTypes.length > 0 ? ', for 8-bit activations each row twice' : '';
  return [
    ...stream(
      core.w,
      `a beat of weights is offered: one row of a tile, row 0 first${twice}`,
      `the beat is the last of its tile: beat ${rows} of ${rows}`,
      HALF_THE_COLUMNS,
    ),
    ...stream(
      core.a,
      "a beat of activations is offered: a code for each row of the tile's weights, which give one row of results",
      'the beat is the last of its tile',
      ', for two rows of weights',
    ),
  ];
}

export interface WeightStationaryArrayView extends ArrayView {
  /** Verilog: bits of the sums that leave the PE or tile with top row p, and of those that come to it: p products. */
  readonly sumBits: string;
  readonly aboveBits: string;
  /** Whether partial sums widen at all. */
  readonly widens: boolean;
  /** The sum from above with its sign in front. */
  readonly extended: string;
}

export function weightStationaryArray(core: DesignCore): WeightStationaryArrayView {
  const { rows, cols, tileRows } = core.config;
  const title = `Weight-stationary ${rows} x ${cols} array: results[m][c] = sum over r of a[m][r] * w[r][c].`;
  const bits = tileSumBits(core);
  return {
    ...arrayView(core, 'rtl/arch/weight-stationary/array', title, [...streams(core), ...streamOut(core)], 'sum_out'),
    sumBits: byRow(bits, tileRows, 0),
    aboveBits: byRow(bits, tileRows, 1),
    widens: new Set(bits).size > 1,
    extended: '{{(SUM_BITS-ABOVE_BITS){sign}}, g_row[p-1].g_col[c].sum_out}',
  };
}

/** A Verilog expression in the row p for the entry of its tile, or of the one `shift` tiles above. */
function byRow(bits: readonly number[], tileRows: number, shift: number): string {
  const steps = bits.flatMap((width, p) => (width === bits[p + 1] || p === bits.length - 1 ? [] : [{ width, p }]));
  return [...steps.map(({ width, p }) => `p < ${(p + 1 + shift) * tileRows} ? ${width} :`), String(bits.at(-1))].join(
    ' ',
  );
}
