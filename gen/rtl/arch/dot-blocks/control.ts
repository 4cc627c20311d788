import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { bitsFor } from '../../operand.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type ShiftView, shiftRegister } from '../../register.js';
import { literal } from '../../verilog.js';
import { type DotView, dotView } from '../dot/view.js';
import { blockStages } from './stages.js';

export interface BlockControlView extends DotView {
  /** Where a block has several beats, their counter: a list of one or none. */
  readonly counters: readonly {
    readonly bits: number;
    readonly zero: string;
    readonly one: string;
    readonly end: string;
  }[];
  readonly wires: readonly { readonly name: string; readonly value: string }[];
  /** What follows a beat from the input register to the sums of blocks, and a block from there to the accumulators. */
  readonly delays: readonly {
    readonly comment: string;
    readonly reset: readonly ShiftView[];
    readonly marks: readonly ShiftView[];
  }[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  readonly rowValid: string;
}

/** Follows beats and blocks: when a unit begins a new sum, when a scaler takes one, when the results of a tile are there. */
export function blockControlModule(core: DesignCore, beats: number): BlockControlView {
  const { scaled, unit } = blockStages(core.config.pipeline);
  const several = beats > 1;
  const bits = bitsFor(beats - 1);
  const last = unit - 1;
  const stage = (name: string, from: string, depth: number): ShiftView[] =>
    depth > 0 ? [shiftRegister(`${name}_q`, depth, from)] : [];
  const valid = stage('valid', 'valid_i', last);
  const marks = [
    ...(several ? [stage('begins', 'begins', last), stage('ends', 'ends', last)] : []),
    stage('opens', 'opens', last),
    stage('last', 'last_i', last),
  ].flat();
  const arriving = (name: string, own: string): string =>
    [...valid, ...marks].find((each) => each.name === `${name}_q`)?.last ?? own;
  const blocks = scaled ? 2 : 1;
  const complete = several
    ? `${arriving('valid', 'valid_i')} & ${arriving('ends', 'ends')}`
    : arriving('valid', 'valid_i');
  const done = stage('done', several ? `(${complete})` : complete, blocks);
  const blockMarks = [
    ...stage('block_opens', arriving('opens', 'opens'), blocks),
    ...stage('block_last', arriving('last', 'last_i'), blocks),
  ];
  const [take] = done as [ShiftView];
  const [opens, lastBlock] = blockMarks as [ShiftView, ShiftView];
  return {
    ...dotView(core, {
      suffix: 'control',
      title: 'Control: follows the beats to the sums of blocks, and these to the accumulators.',
      ports: [
        clock,
        reset,
        ...enablePorts(core.config),
        input('valid_i', 1, 'there is a beat in the input register'),
        input('first_i', 1, 'it is the first of its tile'),
        input('last_i', 1, 'it is the last of its tile'),
        output('add_o', 1, 'the sums of blocks take the beat that reaches them'),
        output('first_o', 1, 'it is the first of its block'),
        output('take_o', 1, 'the accumulators take a block'),
        output('open_o', 1, 'it is the first of its tile'),
        output('row_valid_o', 1, 'the accumulators hold the results of a tile'),
      ],
      instances: 1,
    }),
    template: 'rtl/arch/dot-blocks/control.v',
    counters: several ? [{ bits, zero: literal(bits, 0), one: literal(bits, 1), end: literal(bits, beats - 1) }] : [],
    wires: several ? [] : [{ name: 'opens', value: 'first_i' }],
    delays: [
      ...(last > 0 ? [{ comment: 'Of beats on their way to the sums of blocks.', reset: valid, marks }] : []),
      { comment: 'Of blocks on their way to the accumulators.', reset: done, marks: blockMarks },
    ],
    outputs: [
      { name: 'add_o', value: arriving('valid', 'valid_i') },
      { name: 'first_o', value: several ? arriving('begins', 'begins') : "1'b1" },
      { name: 'take_o', value: take.last },
      { name: 'open_o', value: opens.last },
    ],
    rowValid: `${take.last} & ${lastBlock.last}`,
  };
}
