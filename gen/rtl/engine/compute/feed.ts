import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { literal } from '../../verilog.js';
import type { EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { type Computing, clear } from './common.js';

/** Cycles from the read of a word of activations to its use by the top row. */
const LAG = 3;

/** @param modeBits What the core's decoders are told of types. */
export function feedModule(
  shape: EngineShape,
  { array }: Computing,
  modeBits: { readonly a: number; readonly w: number },
) {
  const { rows, cols, lanes } = shape.machine;
  // A swap comes PIPELINE cycles behind the last operands, or one more where accumulators have a late part.
  const behind = array.config.pipeline + (array.lateFrom === undefined ? 0 : 1);
  const codeBits = 4 * lanes;
  const wordBits = rows * codeBits;
  const placeBits = Math.log2(rows);
  return engineModule(shape.bus, 'feed', {
    title: 'Operands of the core, skewed.',
    ports: [
      ...[clock, reset, clear],
      input('start_i', 1, 'the first word of a product is read in the next cycle'),
      input('a_mode_i', modeBits.a, '{wide, type} of its activations'),
      input('w_mode_i', modeBits.w, 'and of its weights'),
      input('a_data_i', wordBits, 'a word of activations'),
      input('a_padding_i', 1, 'it is 0'),
      input('load_i', 1, 'the top row gets the word before'),
      input('w_data_i', cols * codeBits, 'a word of weights'),
      input('w_there_i', 1, 'it is there; else 0'),
      input('ends_i', 1, 'a tile ends'),
      output('a_code_o', wordBits, 'to the core'),
      output('w_code_o', cols * codeBits, 'to the core'),
      output('a_modes_o', rows * modeBits.a, 'to the core'),
      output('w_modes_o', cols * modeBits.w, 'to the core'),
      output('swap_o', rows, 'to the core'),
      output('sums_o', 1, 'the swap of the top row is that of a tile'),
      output('reset_sums_o', 1, 'the top row swaps'),
    ],
    ...{ rows, cols, codeBits, delay: `${shape.bus.name}_delay` },
    ...{ lag: LAG, aBits: modeBits.a, wBits: modeBits.w, aTop: modeBits.a - 1, wTop: modeBits.w - 1 },
    ...{ placeBits, firstPlace: literal(placeBits, 0), onePlace: literal(placeBits, 1) },
    lastPlace: literal(placeBits, rows - 1),
    endsTop: behind,
    firstSwap: behind + 2,
    noEnds: literal(behind + 1, 0),
    nextEnds: `{ends_q[${behind - 1}:0], ends_i}`,
    nextSwaps: rows > 2 ? `{swap_q[ROWS-3:0], swap}` : 'swap',
  });
}
