import type { Machine } from '../../../commands/machine.js';
import { input, output } from '../../module.js';
import { bitsFor } from '../../operand.js';
import { clock, reset } from '../../ports.js';
import { biasOf } from '../../product-bias.js';
import { literal, slice, zeroExtend } from '../../verilog.js';
import type { EngineMemory } from '../memories.js';
import { dualPortRam } from '../ram.js';
import { addressBitsFor, type EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { type Computing, clear, start, tileSizes } from './common.js';

/** Cycles from the first sum of a tile until it may be read: with one beat a pixel a pair of rows is read in each, and one comes. */
export const sumsReady = ({ rows, cols, requantiseLanes }: Machine): number =>
  cols + (cols / requantiseLanes === 2 ? rows / 2 - 1 : 0);

/** Tiles of sums that are kept, as many as count in two bits: with two, a tile of as many cycles as its results take would wait for room. */
export const SUM_TILES = 3;

export function sumsModule(shape: EngineShape, { array }: Computing) {
  const { rows, cols, requantiseLanes: lanes, lanes: machineLanes } = shape.machine;
  const laneCols = cols / lanes;
  const ram = dualPortRam(shape.bus.name).name;
  const left = rows + cols - 2;
  const leftBits = bitsFor(left);
  const addressBits = addressBitsFor(SUM_TILES * (rows + cols - 1));
  const rowBits = Math.log2(rows);
  const { colBits } = tileSizes(shape.machine);
  const readBits = Math.log2(laneCols);
  const bias = biasOf(array);
  const biasBits = bias?.bits ?? 0;
  const accBits = array.accumulator.bits;
  const wide = (name: string, bits: number): string => zeroExtend(name, bits, addressBits);
  const pair = pairOf(readBits, colBits, addressBits);
  return engineModule(shape.bus, 'sums', {
    title: 'Sums on their way from the core to the requantiser.',
    ports: [
      ...[clock, reset, clear, start],
      input('a_wide_i', 1, 'activations of 8 bits'),
      input('w_wide_i', 1, 'weights of 8 bits'),
      input('began_i', 1, 'the array begins the last words of a tile'),
      input('began_last_i', 1, 'it is the last one of its product'),
      output('room_o', 1, 'it may'),
      input('run_i', 1, 'sums of a product are to be read'),
      output('end_o', 1, 'the last one of its tiles is read'),
      input('sums_i', 1, 'the top row swaps: sums come'),
      ...(bias ? [input('reset_sums_i', 1, 'the top row swaps')] : []),
      input('sum_i', cols * accBits, 'of the core'),
      output('there_o', 1, 'there are sums'),
      input('ready_i', 1, 'they may be read'),
      output('next_o', 1, 'all parts of a beat are'),
      input('col_i', colBits, 'its place in its tile'),
      input('pixel_ends_i', 1, 'it is the last of its pixel and tile'),
      input('last_pixel_i', 1, 'its pixel is the last of all'),
      output('sum_o', lanes * accBits, 'sums of the beat of two cycles before'),
    ],
    ...{ cols, lanes, laneCols, laneColsTop: laneCols - 1, accBits, addressBits, words: 2 ** (addressBits - 1) },
    ...{ fifo: `${shape.bus.name}_fifo`, ram },
    memories: [
      {
        ...{
          name: 'sums',
          module: ram,
          instances: 4 * lanes,
          words: 2 ** (addressBits - 1),
          bits: (laneCols / 2) * accBits,
          lanes: 1,
        },
        meaning: 'sums on their way to the requantiser',
      } satisfies EngineMemory,
    ],
    ...{
      leftTop: leftBits - 1,
      zeroLeft: literal(leftBits, 0),
      oneLeft: literal(leftBits, 1),
      allLeft: literal(leftBits, left),
    },
    mostTiles: literal(2, SUM_TILES),
    oneWord: literal(addressBits, 1),
    ready: sumsReady(shape.machine),
    nextReady: `{ready_q[READY-2:0], here_q}`,
    bias: bias !== undefined,
    biasTop: biasBits - 1,
    zeroBias: literal(Math.max(1, biasBits), 0),
    products: literal(Math.max(1, biasBits), machineLanes % 2 ** Math.max(1, biasBits)),
    tileWires: [{ name: 'first', width: addressBits }, ...(bias ? [{ name: 'products', width: biasBits }] : [])],
    tileBits: addressBits + biasBits,
    tileIn: bias ? '{products_2_q, write_q}' : 'write_q',
    tileOut: bias ? '{products, first}' : 'first',
    ...{
      rowTop: rowBits - 1,
      zeroRow: literal(rowBits, 0),
      oneRow: literal(rowBits, 1),
      twoRows: literal(rowBits, 2 % rows),
    },
    ...{
      lastRow: literal(rowBits, rows - 1),
      lastRowPair: literal(rowBits, rows - 2),
    },
    // Tiles of vector commands can have more beats than a column tile.
    unused: colBits > readBits ? [`col_i[${colBits - 1}:${readBits}]`] : [],
    colLow: slice('col_i', colBits, 0, 0),
    pair,
    of: readBits > 1 ? 'read_pair_q*ACC_BITS' : '0',
    twice: { cols: twice('products', biasBits), parts: twice('products_cols', biasBits) },
    begin: bias === undefined ? '' : ` + ${bias.low > 0 ? `{bias_q, ${literal(bias.low, 0)}}` : 'bias_q'}`,
    own: [wide('row_q', rowBits), ...(pair ? [pair.columns] : [])].join(' + '),
  });
}

/** The pair of columns of a lane that is read: where there is more than one, its number among them and the place of its first column. */
function pairOf(readBits: number, colBits: number, addressBits: number) {
  if (readBits === 1) return undefined;
  const bits = readBits - 1;
  return {
    top: bits - 1,
    wide: slice('col_i', colBits, bits - 1, 0),
    narrow: slice('col_i', colBits, bits, 1),
    columns: `{${literal(addressBits - bits - 1, 0)}, pair, 1'b0}`,
  };
}

/** Twice a number, in its own width. */
const twice = (name: string, bits: number): string => (bits > 1 ? `{${slice(name, bits, bits - 2, 0)}, 1'b0}` : "1'b0");
