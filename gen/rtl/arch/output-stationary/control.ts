import { gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type Bias, biasOf } from '../../product-bias.js';
import { type RegisterView, type ShiftView, shiftRegister } from '../../register.js';
import { literal, replicate, slice, zeroExtend } from '../../verilog.js';
import { type BubbleView, bubbleCounter } from './bubble.js';
import { busOf } from './bus.js';
import { lateCycles } from './late.js';

/** A register without reset: what it takes, and when, unless in every cycle. */
interface Follower extends RegisterView {
  readonly when: string;
  readonly meaning: string;
}

interface ResetRegister extends RegisterView {
  readonly zero: string;
}

export interface ControlView extends PeripheryView, BubbleView {
  /** Swaps are a row of PEs each, or one of clusters. */
  readonly ofClusters: string;
  /** Cycles between two last beats, at least. */
  readonly distance: number;
  readonly busRows: number;
  readonly busRegisters: number;
  /** What follows a tile's last beat until its last row has left the accumulators. */
  readonly lastPipe: ShiftView;
  readonly pipeReset: string;
  /** The rows' swaps among it, and that it is the last row's. */
  readonly swap: string;
  readonly lastSwap: string;
  /** Whether registers cut the bus, into how many segments of how many rows; else that there is a swap. */
  readonly cut: boolean;
  readonly segments: number;
  readonly segment: number;
  /** The swaps of all rows, the last segment filled up. */
  readonly padded: string;
  readonly anySwap: string;
  /** The rows on their way over the bus and through the columns. */
  readonly wave: readonly ResetRegister[];
  /** Signals that the followers wait for. */
  readonly marks: readonly { readonly name: string; readonly value: string; readonly meaning: string }[];
  /** The registers that follow the modes of tiles and what their sums have on top; none without 8-bit operands and signs. */
  readonly followers: readonly Follower[] | undefined;
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The control of tiles. Rows are rows of PEs, or of clusters of them. Counted from the cycle in which a tile's last beat leaves
 * the input register, row p (from the top) of column 0 has its final sum after p + PIPELINE + 1 cycles, and then its swap, too:
 * p + PIPELINE registers here, and one in the PE. The row is in the register at the end of its segment of the bus a cycle
 * later, and in one more register each cycle; the other columns follow one by one. Of accumulators in two parts the lower one takes
 * the swap without the PE's register, which is here then, and waits a cycle behind the bus for the late one.
 */
export function controlModule(core: DesignCore): ControlView {
  const { config, facts, a, w } = core;
  // A late part takes the swap from a register of its own, and so the others take it as it comes, a cycle later.
  const behind = config.pipeline + lateCycles(config);
  const { colClusters, tall } = gridView(config);
  const bus = busOf(config);
  const { rows, segment, segments, registers, holdsRows } = bus;
  const modes = [a, w].filter(({ wideTypes }) => wideTypes.length > 0);
  const stages = rows + behind - 1;
  const lastPipe = shiftRegister('last_pipe_q', stages, 'last_i');
  // Behind the de-skew a held row is a cycle behind the next one.
  const across = colClusters + (holdsRows ? 1 : 0);
  const valid = shiftRegister('row_valid_q', across, slice('bus_valid_q', segments, 0, 0));
  const last = shiftRegister('row_last_q', segments + across, 'last_swap');
  const next = segments > 1 ? `(entering | {1'b0, bus_valid_q[${segments - 1}:1]})` : 'entering';
  const busValid = {
    name: 'bus_valid_q',
    width: segments,
    next: `${next} & ${replicate(segments, '~flush_q')}`,
    zero: literal(segments, 0),
  };
  const bias = biasOf(core);
  const first = bitBehind([lastPipe, last], behind - 1 + colClusters);
  const odd = holdsRows ? [{ name: 'odd_q', width: 1, next: `odd_q ^ ${valid.last}`, zero: literal(1, 0) }] : [];
  const role = { a: 'row_pair', w: 'row_wide' } as const;
  const crossing = modes.map(({ letter }) => ({
    letter,
    wave: shiftRegister(`${role[letter]}_q`, across, `${letter}_bus_wide_q`),
  }));
  const followers = [
    ...modes.flatMap(({ letter, role: what }) => modeRegisters(letter, what)),
    ...(bias ? biasRegisters(bias, facts.computing.lanes) : []),
  ];
  const pair = crossing.find(({ letter }) => letter === 'a')?.wave.last ?? '';
  return {
    ...peripheryModule(core, {
      suffix: 'control',
      title: 'Control: spaces the tiles and hands their rows to the bus.',
      ports: [
        clock,
        reset,
        ...enablePorts(config),
        input('last_i', 1, 'the last beat of a tile enters the array'),
        ...modes.map((port) => input(`${port.letter}_wide_i`, 1, `1: its ${port.role}s have 8 bits`)),
        output('grant_o', 1, 'the last beat of the next tile may enter the array'),
        output(
          'swap_o',
          rows,
          `per row ${tall ? 'of PE clusters ' : ''}from the top: put the sum on the bus and start anew`,
        ),
        output('row_valid_o', 1, 'a row of results leaves the array'),
        output('row_last_o', 1, 'it is the last of its tile'),
        ...(a.wideTypes.length > 0
          ? [output('row_pair_o', 1, 'the row has results of 8-bit activations: add pairs of rows')]
          : []),
        ...(w.wideTypes.length > 0
          ? [output('row_wide_o', 1, 'the row has results of 8-bit weights: add pairs of columns')]
          : []),
        ...(bias
          ? [output('row_bias_o', bias.bits, `what takes the bias off a row's sums, in units of 2^${bias.low}`)]
          : []),
      ],
      instances: 1,
      template: 'rtl/arch/output-stationary/control',
    }),
    ...bubbleCounter('the last beat of a tile', rows + registers - 1, rows + registers - 1),
    ofClusters: tall ? ' of PE clusters' : '',
    distance: rows + registers,
    busRows: rows,
    busRegisters: registers,
    lastPipe,
    pipeReset: literal(stages, 1),
    swap: slice('last_pipe_q', stages, stages - 1, behind - 1),
    lastSwap: slice('swap', rows, rows - 1, rows - 1),
    cut: registers > 0,
    segments,
    segment,
    padded: zeroExtend('swap', rows, segments * segment),
    anySwap: rows > 1 ? '|swap' : 'swap',
    wave: [busValid, valid, last, ...odd],
    marks: bias
      ? [{ name: 'first_row', value: first, meaning: 'the first row of a tile leaves the de-skew next' }]
      : [],
    followers: followers.length > 0 ? followers : undefined,
    outputs: [
      { name: 'swap_o', value: 'swap' },
      { name: 'row_valid_o', value: holdsRows ? `${valid.last} & ~(${pair} & odd_q)` : valid.last },
      { name: 'row_last_o', value: holdsRows ? `${pair} ? ${before(last)} : ${last.last}` : last.last },
      ...crossing.map(({ letter, wave }) => ({ name: `${role[letter]}_o`, value: wave.last })),
      ...(bias ? [{ name: 'row_bias_o', value: 'bias_q' }] : []),
    ],
  };

  /** A tile's mode on its way: behind its last beat, while its rows are on the bus, and through the columns. */
  function modeRegisters(letter: 'a' | 'w', what: string): Follower[] {
    const follow = shiftRegister(`${letter}_wide_q`, behind, `${letter}_wide_i`);
    const wave = crossing.find((other) => other.letter === letter)?.wave as ShiftView;
    return [
      { ...follow, when: '', meaning: `the ${what}s have 8 bits` },
      {
        ...{ name: `${letter}_bus_wide_q`, width: 1, next: follow.last },
        ...{ when: `if (${slice('swap', rows, 0, 0)}) `, meaning: 'those of the tile whose rows are on the bus' },
      },
      { ...wave, when: '', meaning: 'the same, with the rows through the columns' },
    ];
  }
}

/**
 * The count of cycles from one tile's first row to the next one's: as many products lie between the two swaps, with the bias on top
 * of each. It is counted where the first row leaves the de-skew a cycle later, and holds for all rows of the tile.
 */
function biasRegisters({ bits }: Bias, lanes: number): Follower[] {
  return [
    {
      ...{
        name: 'count_q',
        width: bits,
        when: '',
        meaning: `${lanes > 1 ? 'products' : 'cycles'} since the first row of a tile, negative`,
      },
      next: `(count_q & ${replicate(bits, '~first_row')}) - ${literal(bits, BigInt.asUintN(bits, BigInt(lanes)))}`,
    },
    {
      name: 'bias_q',
      width: bits,
      next: 'count_q',
      when: 'if (first_row) ',
      meaning: 'those between the tile and the one before',
    },
  ];
}

/** The bit `cycles` behind the first one, in shift registers each of which takes what leaves the one before. */
function bitBehind([register, ...others]: readonly ShiftView[], cycles: number): string {
  const { name, width } = register as ShiftView;
  return cycles < width ? slice(name, width, cycles, cycles) : bitBehind(others, cycles - width);
}

/** The bit of a shift register that leaves it a cycle later. */
const before = ({ name, width }: ShiftView): string => `${name}[${width - 2}]`;
