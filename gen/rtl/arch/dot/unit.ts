import type { DesignCore } from '../../design-core.js';
import { type InstanceView, instance } from '../../instance.js';
import { input, type ModuleView, output } from '../../module.js';
import { clock, enablePorts } from '../../ports.js';
import { replicate, zeroExtend } from '../../verilog.js';
import { dotStages } from './stages.js';
import { type AdderLevel, adderTree, type Column, extend, sumBits, sumColumns } from './tree.js';
import { type DotView, dotView } from './view.js';

/** A dot-product unit: lanes, adders, accumulator. */
export interface UnitView extends DotView {
  readonly lastLane: number;
  readonly aOperandBits: number;
  readonly wOperandBits: number;
  readonly lane: InstanceView;
  /** What the header says of negative terms. */
  readonly complements: string;
  /** When the accumulator takes a sum. */
  readonly counted: string;
  readonly termBits: number;
  readonly columns: readonly Column[];
  readonly levels: readonly AdderLevel[];
  /** What the columns make: the accumulator's next value, or the sum of a beat that a register takes. */
  readonly columnSum: string;
  readonly partBits: number;
  readonly part: string;
  readonly hasCarry: boolean;
  readonly carry: string;
  readonly kept: string;
  /** Where the columns do not make the accumulator's next value themselves. */
  readonly addsNext: boolean;
  readonly next: string;
}

/** @param lane The module of a lane. */
export function unitModule(core: DesignCore, lane: ModuleView): UnitView {
  const { config, format, accumulator, magnitudeBits: termBits } = core;
  const { lanes } = config;
  const accBits = accumulator.bits;
  const stages = dotStages(config.pipeline);
  const signed = format.a.signBits + format.w.signBits > 0;
  const usesColumns = config.tree === 'columns';
  const width = stages.sum ? sumBits(accumulator.product, lanes, signed, accBits) : accBits;
  const tree = adderTree({ lanes, termBits, signed, width: accBits }, accumulator.product);
  const partBits = usesColumns ? width : tree.rootBits;
  const part = stages.sum ? { name: 'part_q', sign: `part_q[${partBits - 1}]` } : tree.root;
  const carry = stages.sum ? 'carry_q' : tree.carry;
  const hasCarry = signed && !usesColumns;
  const ports = [
    clock,
    ...enablePorts(core.config),
    input('add_i', 1, 'the accumulator takes the sum of the beat that reaches it'),
    input('first_i', 1, 'it is the first of its tile'),
    input('a_i', lanes * format.a.bits, `activations, lane l at [l*${format.a.bits} +: ${format.a.bits}]`),
    input('w_i', lanes * format.w.bits, `weights, lane l at [l*${format.w.bits} +: ${format.w.bits}]`),
    output('acc_o', accBits, 'accumulator'),
  ];
  const wires: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', en_i: 'en_i', negative_o: 'negative[l]' },
    ...{ a_i: 'a_i[l*A_OP_BITS +: A_OP_BITS]', w_i: 'w_i[l*W_OP_BITS +: W_OP_BITS]' },
    term_o: usesColumns ? 'term' : 'term[l*TERM_BITS +: TERM_BITS]',
  };
  const title = `Dot-product unit: adds ${lanes === 1 ? 'a product' : `${lanes} products`} to its accumulator in a cycle.`;
  return {
    ...dotView(core, { suffix: 'unit', title, ports, instances: config.rows * config.cols }),
    lastLane: lanes - 1,
    aOperandBits: format.a.bits,
    wOperandBits: format.w.bits,
    template: `rtl/arch/dot/unit-${config.tree}.v`,
    lane: instance(lane, (port) => wires[port]),
    complements: signed ? complements(config.tree, lanes, termBits) : '',
    counted: config.stall === 'enable' ? 'en_i & add_i' : 'add_i',
    termBits,
    columns: usesColumns ? sumColumns({ lanes, termBits, signed, width }, stages.sum ? undefined : 'kept') : [],
    levels: tree.levels,
    columnSum: stages.sum ? 'part' : 'sum',
    partBits,
    part: usesColumns ? 'part' : tree.root.name,
    hasCarry,
    carry: tree.carry,
    kept: `acc_q & ${replicate(accBits, '~first_i')}`,
    addsNext: stages.sum || !usesColumns,
    next: `kept + ${extend(part, partBits, accBits, signed)}${hasCarry ? ` + ${zeroExtend(carry, 1, accBits)}` : ''}`,
  };
}

/** How negative terms, which are complements, are made good. */
function complements(tree: DesignCore['config']['tree'], lanes: number, termBits: number): string {
  return tree === 'columns'
    ? ` A negative term is a complement: its sign is added at bit 0, and its value of\n// -2^${termBits} at bit ${termBits} as the inverted sign, which makes the sum ${lanes} * 2^${termBits} too large; the constant bits take that off.`
    : ' A negative term is a complement: each sum adds\n// the missing 1 of one of its lanes, and the accumulator that of the last lane.';
}

/** The adder of a column: `BITS` bits of one weight to a bit and carries; columns of all units share it. */
export function columnModule(core: DesignCore, unit: UnitView): ModuleView {
  const ports = [
    input('bits_i', 'BITS', 'bits of one weight, the first to be added at 0'),
    output('sum_o', 1, 'their sum, modulo 2'),
    output('carry_o', 'BITS/2', 'carries into the next column, the first to be ready at 0'),
  ];
  const instances = unit.columns.filter(({ adders }) => adders).length * core.config.rows * core.config.cols;
  return dotView(core, {
    suffix: 'column',
    title: 'Column of full adders: adds bits of one weight.',
    ports,
    instances,
  });
}
