import { gridView } from '../../cluster-grid.js';
import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type ShiftView, shiftRegister } from '../../register.js';
import { literal, replicate } from '../../verilog.js';
import { type BubbleView, bubbleCounter } from './bubble.js';

/** A register of the 8-bit mode: what it takes, and when, unless in every cycle. */
interface ModeRegister {
  readonly name: string;
  readonly next: string;
  readonly when: string;
}

export interface ControlView extends PeripheryView, BubbleView {
  readonly cleared: string;
  readonly pipeText: string;
  /** What follows a tile's last beat until its drain starts; none where it starts at once. */
  readonly lastPipe: readonly ShiftView[];
  readonly pipeReset: string;
  readonly modePipelines: readonly (ShiftView & { readonly meaning: string })[];
  readonly drainStart: string;
  readonly drainReset: string;
  readonly drainNext: string;
  /** That the lowest row leaves, and that it is the last of its tile. */
  readonly bottom: string;
  readonly bottomLast: string;
  readonly rowValid: string;
  readonly rowLast: string;
  /** The drain wave on its way through the columns. */
  readonly wave: readonly ShiftView[];
  readonly modeWave: readonly ShiftView[];
  /** The registers that follow the modes of tiles; none without 8-bit operands. */
  readonly modeRegisters: readonly ModeRegister[] | undefined;
  readonly aWide: boolean;
  readonly wWide: boolean;
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The control of tiles. The waves of operands and of the drain take a cycle per row and column of clusters of PEs; a row
 * is one of clusters here, and ROWS their number. Counted from the cycle in which a tile's last beat leaves the input
 * register, row p (from the top) of column 0 has its final sum after p + PIPELINE + 1 cycles. Single: the drain wave must
 * be in the PEs of column 0 when the last row has its sum, ROWS + PIPELINE; double: one cycle later, when the last row's
 * shadow has it. Two registers lie between the start of the drain wave and there: that gives the stages of the valid
 * pipeline.
 */
export function controlModule(core: DesignCore): ControlView {
  const { config } = core;
  const double = config.drain === 'double';
  const [aWide, wWide] = [core.a.wideTypes.length > 0, core.w.wideTypes.length > 0];
  const grid = gridView(config);
  const { rowClusters, colClusters } = grid;
  const stages = double ? rowClusters + config.pipeline - 1 : rowClusters + config.pipeline - 2;
  const bubble = double ? config.rows - 1 : config.rows;
  const ports = [
    clock,
    reset,
    ...enablePorts(config),
    input('last_i', 1, 'the last beat of a tile enters the array'),
    ...[core.a, core.w]
      .filter(({ wideTypes }) => wideTypes.length > 0)
      .map(({ letter, role }) => input(`${letter}_wide_i`, 1, `1: its ${role}s have 8 bits`)),
    output('grant_o', 1, double ? 'the last beat of the next tile may enter the array' : 'a beat may enter the array'),
    ...(double
      ? [
          output(
            'swap_o',
            rowClusters,
            `per row ${grid.tall ? 'of PE clusters ' : ''}from the top: hand the sum to the shadow and start anew`,
          ),
        ]
      : []),
    output('drain_o', config.rows, 'per row from the top: shift down by one row'),
    output('row_valid_o', 1, 'a row of results leaves the array'),
    output('row_last_o', 1, 'it is the last of its tile'),
    ...(aWide ? [output('pair_o', config.cols, 'per column: add the row above to the lowest one')] : []),
    ...(wWide ? [output('row_wide_o', 1, 'the row has results of 8-bit weights, in pairs of columns')] : []),
  ];
  const { rows } = config;
  const follow = (name: string, into: string): ShiftView[] => (stages > 0 ? [shiftRegister(name, stages, into)] : []);
  const cross = (name: string, into: string): ShiftView => shiftRegister(name, colClusters, into);
  const wave = [cross('row_valid_q', 'row_valid'), cross('row_last_q', 'row_last')] as const;
  const [lastPipe] = follow('last_pipe_q', 'last_i');
  const modes = [
    ...(aWide ? [{ letter: 'a', crossing: cross('pair_q', 'a_drain_wide_q') }] : []),
    ...(wWide ? [{ letter: 'w', crossing: cross('row_wide_q', 'w_drain_wide_q') }] : []),
  ].map((mode) => ({ ...mode, following: follow(`${mode.letter}_wide_q`, `${mode.letter}_wide_i`) }));
  const modeRegisters = modes.flatMap(({ letter, following, crossing }): ModeRegister[] => [
    ...following.map((each) => ({ ...each, when: '' })),
    { name: `${letter}_drain_wide_q`, next: following[0]?.last ?? `${letter}_wide_i`, when: 'if (drain_start) ' },
    ...(letter === 'a' ? [{ name: 'odd_q', next: 'bottom & ~odd_q', when: '' }] : []),
    { ...crossing, when: '' },
  ]);
  const meanings: Readonly<Record<string, string>> = { a: 'its activations have 8 bits', w: 'its weights have' };
  return {
    ...peripheryModule(core, {
      suffix: 'control',
      title: 'Control: spaces the tiles and starts their drain.',
      ports,
      instances: 1,
      template: 'rtl/arch/output-stationary/control',
    }),
    cleared: double ? 'the way for the first tile' : 'the accumulators',
    // After reset the rows of a cluster of PEs are cleared one by one, and operands reach them together.
    ...bubbleCounter(double ? 'the last beat of a tile' : 'a beat', bubble, double || grid.tall ? bubble : 0),
    pipeText: pipeText(stages, grid.tall),
    lastPipe: lastPipe ? [lastPipe] : [],
    pipeReset: literal(Math.max(stages, 1), double ? 1 : 0),
    modePipelines: modes.flatMap(({ letter, following }) =>
      following.map((each) => ({ ...each, meaning: meanings[letter] as string })),
    ),
    drainStart: lastPipe?.last ?? 'last_i',
    drainReset: double ? literal(rows, 0) : replicate(rows, "1'b1"),
    drainNext: rows > 1 ? `{drain_q[${rows - 2}:0], 1'b0} | {${rows}{drain_start}}` : 'drain_start',
    bottom: rows > 1 ? `drain_q[${rows - 1}]` : 'drain_q',
    bottomLast: rows > 1 ? `bottom & ~drain_q[${rows - 2}]` : 'bottom',
    rowValid: `bottom & ~flush_q${aWide ? ' & ~(a_drain_wide_q & odd_q)' : ''}`,
    rowLast: rowLast(rows, aWide),
    wave,
    modeWave: modes.map(({ crossing }) => crossing),
    modeRegisters: modeRegisters.length > 0 ? modeRegisters : undefined,
    aWide,
    wWide,
    outputs: [
      ...(double
        ? [{ name: 'swap_o', value: stages > 1 ? `last_pipe_q[${stages - 1}:${config.pipeline - 1}]` : 'last_pipe_q' }]
        : []),
      { name: 'drain_o', value: 'drain_q' },
      { name: 'row_valid_o', value: wave[0].last },
      { name: 'row_last_o', value: wave[1].last },
      ...(aWide ? [{ name: 'pair_o', value: 'pair_q' }] : []),
      ...(wWide ? [{ name: 'row_wide_o', value: cross('row_wide_q', '').last }] : []),
    ],
  };
}

function pipeText(stages: number, tall: boolean): string {
  if (stages === 0) {
    return `A single row${tall ? ' of PE clusters' : ''} has its sums when the drain wave, started at once, reaches it.`;
  }
  return stages > 1
    ? "Bit j: a tile's last beat entered the array j + 1 cycles ago."
    : "A tile's last beat entered the array a cycle ago.";
}

/** Whether the row that leaves is a tile's last one: of rows in pairs, the lower one of the last pair. */
function rowLast(rows: number, pairs: boolean): string {
  if (!pairs) return 'bottom_last';
  return rows > 2 ? `a_drain_wide_q ? bottom & ~drain_q[${rows - 3}] : bottom_last` : 'a_drain_wide_q | bottom_last';
}
