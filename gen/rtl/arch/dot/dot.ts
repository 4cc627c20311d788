import type { DesignCore } from '../../core.js';
import { operandLayout } from '../../decoder.js';
import { type DelayLine, delayModule } from '../../delay.js';
import { input, type ModulePort, type ModuleView, output } from '../../module.js';
import { typePort } from '../../operand-ports.js';
import type { OperandPort } from '../../port.js';
import { clock, enablePorts, reset, resetOf } from '../../ports.js';
import { type Multiplication, multiplication, type OperandSlice, operandSlices } from '../../product.js';
import { literal, replicate, zeroExtend } from '../../verilog.js';
import { type AdderLevel, adderTree, type Column, extend, sumBits, sumColumns } from './tree.js';

/**
 * Where a design of dot-product units has registers between its input register and its accumulators. They come in
 * the order in which `--pipeline` adds them.
 */
export interface DotStages {
  /** Behind complementing: the lanes' terms. */
  readonly terms: boolean;
  /** Behind the adders, before the accumulator. */
  readonly sum: boolean;
  /** Behind the decoders; shared by all units of a row or column. */
  readonly operands: boolean;
  /** Between multiplier and shifter. */
  readonly products: boolean;
}

export function dotStages(pipeline: number): DotStages {
  return { terms: pipeline >= 2, sum: pipeline >= 3, operands: pipeline >= 4, products: pipeline >= 5 };
}

/** What all modules of the architecture have in common. */
interface DotView extends ModuleView {
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;
  readonly accBits: number;
  readonly enable: boolean;
  readonly async: boolean;
  readonly signed: boolean;
  readonly stages: DotStages;
  readonly modules: Readonly<Record<string, string>>;
}

interface ViewText {
  readonly suffix: string;
  readonly title: string;
  readonly ports: readonly ModulePort[];
  readonly instances?: number;
}

function dotView(core: DesignCore, { suffix, title, ports, instances }: ViewText): DotView {
  const { config, accumulator, format } = core;
  const module = (name: string): string => `${config.name}_${name}`;
  return {
    name: module(suffix),
    file: `rtl/${module(suffix)}.v`,
    template: `rtl/arch/dot/${suffix}.v`,
    title,
    ports,
    ...(instances === undefined ? {} : { instances }),
    rows: config.rows,
    cols: config.cols,
    lanes: config.lanes,
    accBits: accumulator.bits,
    enable: config.stall === 'enable',
    async: config.reset === 'async',
    signed: format.a.signBits + format.w.signBits > 0,
    stages: dotStages(config.pipeline),
    modules: {
      clockGate: module('clock_gate'),
      input: module('input'),
      control: module('control'),
      delay: module('delay'),
      decodeA: module('decode_a'),
      decodeW: module('decode_w'),
      unit: module('unit'),
      lane: module('lane'),
      column: module('column'),
      output: module('output'),
    },
  };
}

/** The registers behind the decoders, one line per row and column. */
export function operandLines({ config, format }: DesignCore): DelayLine[] {
  if (!dotStages(config.pipeline).operands) return [];
  return [
    { use: 'operands of the activations', width: config.lanes * format.a.bits, stages: config.rows },
    { use: 'operands of the weights', width: config.lanes * format.w.bits, stages: config.cols },
  ];
}

export function operandDelayModule(core: DesignCore): ModuleView {
  const instances = core.config.rows + core.config.cols;
  return { ...delayModule(core), title: 'Delay line: DEPTH registers of WIDTH bits, for operands.', instances };
}

/** A lane: multiplies two operands to a term, which is the product's magnitude or, if negative, its complement. */
export interface LaneView extends DotView, Multiplication {
  readonly fields: readonly OperandSlice[];
  readonly clocked: boolean;
  readonly negativeIntoTerm: string;
  readonly termBits: number;
  readonly term: string;
}

export function laneModule(core: DesignCore): LaneView {
  const { config, format, magnitudeBits } = core;
  const stages = dotStages(config.pipeline);
  const clocked = stages.terms;
  const product = multiplication(core, stages.products);
  const { signed } = product;
  const negativeSignal = stages.products ? 'product_negative_q' : 'negative';
  const ports = [
    ...(clocked ? [clock, ...enablePorts(core.config)] : []),
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}`),
    input('w_i', format.w.bits, `weight ${operandLayout(format.w)}`),
    output('term_o', magnitudeBits, `magnitude of the product${signed ? ', complemented if negative' : ''}`),
    ...(signed ? [output('negative_o', 1, '1: the term is a complement, 1 is to be added')] : []),
  ];
  const title = 'Multiplier lane: multiplies one activation by one weight.';
  return {
    ...dotView(core, { suffix: 'lane', title, ports, instances: config.rows * config.cols * config.lanes }),
    ...product,
    fields: [...operandSlices('a', format.a, 'a_i'), ...operandSlices('w', format.w, 'w_i')],
    clocked,
    negativeIntoTerm: negativeSignal,
    termBits: magnitudeBits,
    term: signed ? `magnitude ^ ${replicate(magnitudeBits, negativeSignal)}` : 'magnitude',
  };
}

/** A dot-product unit: lanes, adders, accumulator. */
export interface UnitView extends DotView {
  readonly lastLane: number;
  readonly aOperandBits: number;
  readonly wOperandBits: number;
  readonly clockedLanes: boolean;
  readonly termBits: number;
  readonly usesColumns: boolean;
  readonly columns: readonly Column[];
  readonly levels: readonly AdderLevel[];
  /** What the columns make: the accumulator's next value, or the sum of a beat that a register takes. */
  readonly columnSum: string;
  readonly offset: string;
  readonly partBits: number;
  readonly part: string;
  readonly hasCarry: boolean;
  readonly carry: string;
  readonly kept: string;
  /** Where the columns do not make the accumulator's next value themselves. */
  readonly addsNext: boolean;
  readonly next: string;
}

export function unitModule(core: DesignCore): UnitView {
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
    input('add_i', 1, 'the beat whose sum reaches the accumulator counts'),
    input('first_i', 1, 'it is the first of its tile'),
    input('a_i', lanes * format.a.bits, `activations, lane l at [l*${format.a.bits} +: ${format.a.bits}]`),
    input('w_i', lanes * format.w.bits, `weights, lane l at [l*${format.w.bits} +: ${format.w.bits}]`),
    output('acc_o', accBits, 'accumulator'),
  ];
  const title = `Dot-product unit: adds ${lanes === 1 ? 'a product' : `${lanes} products`} to its accumulator in a cycle.`;
  return {
    ...dotView(core, { suffix: 'unit', title, ports, instances: config.rows * config.cols }),
    lastLane: lanes - 1,
    aOperandBits: format.a.bits,
    wOperandBits: format.w.bits,
    clockedLanes: stages.terms,
    termBits,
    usesColumns,
    columns: usesColumns ? sumColumns({ lanes, termBits, signed, width }, stages.sum ? undefined : 'kept') : [],
    levels: tree.levels,
    columnSum: stages.sum ? 'part' : 'sum',
    offset: `${lanes} * 2^${termBits}`,
    partBits,
    part: tree.root.name,
    hasCarry,
    carry: tree.carry,
    kept: `acc_q & ${replicate(accBits, '~first_i')}`,
    addsNext: stages.sum || !usesColumns,
    next: `kept + ${extend(part, partBits, accBits, signed)}${hasCarry ? ` + ${zeroExtend(carry, 1, accBits)}` : ''}`,
  };
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

const dataPort = ({ letter, role, codeBits, lanes }: OperandPort, perUnit: number): ModulePort => {
  const side = letter === 'a' ? 'row r' : 'column c';
  const index = `(${letter === 'a' ? 'r' : 'c'}*${perUnit}+l)*${codeBits}`;
  return input(`${letter}_data_i`, codeBits * lanes, `${role} codes, ${side}, lane l at [${index} +: ${codeBits}]`);
};

function streamIn({ a, w, config }: DesignCore): ModulePort[] {
  return [
    input('in_valid_i', 1, `a beat is offered: ${config.lanes} reduction steps for all rows and columns`),
    output('in_ready_o', 1, 'the beat is taken if offered'),
    input('in_last_i', 1, 'the beat is the last of its tile'),
    dataPort(a, config.lanes),
    ...typePort(a),
    dataPort(w, config.lanes),
    ...typePort(w),
  ];
}

export interface DotInputView extends DotView {
  readonly operands: readonly {
    readonly letter: string;
    readonly dataBits: number;
    readonly typeBits: number;
    readonly hasType: boolean;
    readonly dataRegister: string;
    readonly typeRegister: string;
  }[];
}

function edgeOperands({ a, w }: DesignCore): DotInputView['operands'] {
  return [a, w].map(({ letter, codeBits, lanes, typeBits }) => ({
    letter,
    dataBits: codeBits * lanes,
    typeBits,
    hasType: typeBits > 0,
    dataRegister: `${letter}_data_q`,
    typeRegister: `${letter}_type_q`,
  }));
}

export function dotInputModule(core: DesignCore): DotInputView {
  const issued = ({ letter, role, codeBits, lanes, typeBits }: OperandPort): ModulePort[] => [
    output(`${letter}_code_o`, codeBits * lanes, `${role} codes; they mean nothing in an idle cycle`),
    ...(typeBits ? [output(`${letter}_type_o`, typeBits, `type of the ${role} codes`)] : []),
  ];
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    ...streamIn(core).filter(({ direction }) => direction === 'input'),
    output('valid_o', 1, 'there is a beat'),
    output('first_o', 1, 'it is the first of its tile'),
    output('last_o', 1, 'it is the last of its tile'),
    ...issued(core.a),
    ...issued(core.w),
  ];
  return {
    ...dotView(core, { suffix: 'input', title: 'Input register.', ports, instances: 1 }),
    operands: edgeOperands(core),
  };
}

export interface DotControlView extends DotView {
  /** Registers between the input register and the accumulators. */
  readonly delay: number;
  readonly delayed: boolean;
  readonly manyDelayed: boolean;
  readonly last: number;
  readonly lastButOne: number;
  readonly zero: string;
}

export function dotControlModule(core: DesignCore): DotControlView {
  const delay = core.config.pipeline - 1;
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    input('valid_i', 1, 'there is a beat in the input register'),
    input('first_i', 1, 'it is the first of its tile'),
    input('last_i', 1, 'it is the last of its tile'),
    output('add_o', 1, 'the beat whose sum reaches the accumulators counts'),
    output('first_o', 1, 'it is the first of its tile'),
    output('row_valid_o', 1, 'the accumulators hold the results of a tile'),
  ];
  const title = 'Control: follows the beats to the accumulators.';
  return {
    ...dotView(core, { suffix: 'control', title, ports, instances: 1 }),
    delay,
    delayed: delay > 0,
    manyDelayed: delay > 1,
    last: delay - 1,
    lastButOne: delay - 2,
    zero: literal(Math.max(delay, 1), 0),
  };
}

export interface DotTopView extends DotView {
  readonly gate: boolean;
  readonly clk: string;
  readonly a: DotOperand;
  readonly w: DotOperand;
}

interface DotOperand {
  readonly codeBits: number;
  readonly typeBits: number;
  readonly hasType: boolean;
  readonly operandBits: number;
}

/** @param streamOut Ports of the result stream. */
export function dotModule(core: DesignCore, streamOut: readonly ModulePort[]): DotTopView {
  const { config } = core;
  const title = `Dot-product units, ${config.rows} x ${config.cols} of ${config.lanes} lanes: results[r][c] = sum over k of a[k][r] * w[k][c].`;
  const operand = ({ codeBits, typeBits, fields }: OperandPort): DotOperand => ({
    codeBits,
    typeBits,
    hasType: typeBits > 0,
    operandBits: fields.bits,
  });
  const ports = [clock, resetOf(config), ...streamIn(core), ...streamOut];
  return {
    ...dotView(core, { suffix: 'dot', title, ports }),
    gate: config.stall === 'gate',
    clk: config.stall === 'gate' ? 'clk_dot' : 'clk_i',
    a: operand(core.a),
    w: operand(core.w),
  };
}
