import { type ClockGateView, clockGateView, testEnablePorts } from '../../clock-gate.js';
import type { DesignCore } from '../../design-core.js';
import {
  type InstanceView,
  instance,
  type LocalParameter,
  selectorParameters,
  selectorWires,
  type WireView,
} from '../../instance.js';
import type { ModuleView } from '../../module.js';
import { portView } from '../../periphery.js';
import type { OperandPort } from '../../port.js';
import { clock, resetOf } from '../../ports.js';
import { allStreamPorts, type Streams, streamPorts } from '../../streams.js';
import { dotStages } from './stages.js';
import { type DotView, dotView } from './view.js';

export interface DotTopView extends DotView {
  readonly gate: ClockGateView | undefined;
  readonly clk: string;
  readonly a: DotOperand;
  readonly w: DotOperand;
  readonly typeParameters: readonly LocalParameter[];
  readonly selectors: readonly WireView[];
  /** The decoders' output where operands have a register behind it; else the operands. */
  readonly decoded: string;
  readonly input: InstanceView;
  readonly control: InstanceView;
  readonly unit: InstanceView;
  readonly output: InstanceView;
}

/** The modules that the top instantiates. */
export interface DotParts {
  readonly input: ModuleView;
  readonly control: ModuleView;
  readonly unit: ModuleView;
  readonly output: ModuleView;
}

interface DotOperand {
  readonly codeBits: number;
  /** What selects the type, if anything does. */
  readonly types: readonly string[];
  readonly operandBits: number;
}

export function dotModule(core: DesignCore, streams: Streams, parts: DotParts): DotTopView {
  const { config } = core;
  const title = `Dot-product units, ${config.rows} x ${config.cols} of ${config.lanes} lanes: results[r][c] = sum over k of a[k][r] * w[k][c].`;
  const results = 'results[(r*COLS+c)*ACC_BITS +: ACC_BITS]';
  return dotTop(core, streams, parts, { title, control: {}, unit: { acc_o: results } });
}

/** What tells a top from others: its title, and wires of control and units that are its own. */
interface TopText {
  readonly title: string;
  readonly control: Readonly<Record<string, string>>;
  readonly unit: Readonly<Record<string, string>>;
}

/** A top with input register, control, decoders, units and output buffer. */
export function dotTop(core: DesignCore, streams: Streams, parts: DotParts, text: TopText): DotTopView {
  const { config } = core;
  const operand = ({ letter, codeBits, typeBits, fields }: OperandPort): DotOperand => ({
    codeBits,
    types: typeBits > 0 ? [`${letter}_type`] : [],
    operandBits: fields.bits,
  });
  const gate = clockGateView(config, 'clk_dot');
  const clk = gate?.clock ?? 'clk_i';
  const common: Readonly<Record<string, string>> = { clk_i: clk, rst_ni: 'rst_ni', en_i: 'run' };
  const own = (...names: string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(names.map((name) => [name, name]));
  const inputs: Readonly<Record<string, string>> = {
    ...common,
    ...own(...streams.inputs.flatMap(streamPorts).map(({ name }) => name)),
  };
  const control: Readonly<Record<string, string>> = { ...common, first_o: 'add_first', ...text.control };
  const unit: Readonly<Record<string, string>> = {
    ...common,
    ...{ first_i: 'add_first', a_i: 'g_a[r].operands', w_i: 'g_w[c].operands' },
    ...text.unit,
  };
  const results: Readonly<Record<string, string>> = {
    ...{ row_data_i: 'results', ...own('clk_i', 'rst_ni') },
    ...own(...streamPorts(streams.results).map(({ name }) => name)),
  };
  const operandPorts = [portView(core.a), portView(core.w)];
  const ports = [clock, resetOf(config), ...testEnablePorts(config), ...allStreamPorts(streams)];
  return {
    ...dotView(core, { suffix: 'dot', title: text.title, ports }),
    gate,
    clk,
    a: operand(core.a),
    w: operand(core.w),
    typeParameters: selectorParameters(operandPorts),
    selectors: selectorWires(operandPorts),
    decoded: dotStages(config.pipeline).operands ? 'decoded' : 'operands',
    input: instance(parts.input, (port) => inputs[port]),
    control: instance(parts.control, (port) => control[port]),
    unit: instance(parts.unit, (port) => unit[port]),
    output: instance(parts.output, (port) => results[port]),
  };
}
