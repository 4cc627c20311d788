import { EXIT, UserError } from '../../../gen/base/errors.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import {
  type Check,
  filesOf,
  hasPort,
  type ModuleOfDesign,
  moduleNamed,
  outcomePorts,
  type Property,
  range,
} from '../check.js';
import type { Registers } from '../opened.js';
import { type Operands, operandsOf } from './operands.js';

const SUM: Property = {
  name: 'sum',
  statement:
    'the next sum is the one before, or 0, plus the product of the values of both codes and its bias, modulo 2^bits: for all codes and all sums',
};
const BUS: Property = {
  name: 'bus',
  statement: 'the sum is on the bus when it is told to, or else what comes from below',
};
const WEIGHTS: Property = {
  name: 'weights',
  statement:
    'the waiting weight is the one from above when told to load, the weight in use the waiting one when told to swap',
};
const PASS: Property = { name: 'pass', statement: 'operands and what goes with them are passed on a cycle later' };
const HOLD: Property = { name: 'hold', statement: 'without the enable no register changes' };

/** PEs with integer sums: their registers' next contents and their outputs, for all contents. */
export function peChecks(manifest: Manifest): Check[] {
  const module = moduleNamed(manifest, 'pe');
  if (module === undefined || manifest.configuration.pe === 'float') return [];
  const stays = factsOf(manifest.configuration).computing.adds === 'passes';
  // Of weight-stationary PEs those with each width of the partial sum.
  const widths = stays ? manifest.partialSums.map(({ bits }) => bits) : [manifest.accumulator.bits];
  return [...new Set(widths)].map((bits) => peCheck(manifest, module, bits, stays));
}

function peCheck(manifest: Manifest, module: ModuleOfDesign, bits: number, stays: boolean): Check {
  const [a, w] = [operandsOf(manifest, 'a'), operandsOf(manifest, 'w')];
  const passes = hasPort(module, 'a_o');
  const properties = [
    SUM,
    stays ? WEIGHTS : BUS,
    ...(passes ? [PASS] : []),
    ...(hasPort(module, 'en_i') ? [HOLD] : []),
  ];
  const pe: Pe = { manifest, module, bits, stays, passes, a, w };
  return {
    module: module.name,
    ...(stays ? { label: `${module.name}_sum_bits${bits}`, parameters: { SUM_BITS: bits } } : {}),
    files: filesOf(manifest, module),
    others: [...new Set([...a.files, ...w.files])],
    opens: true,
    properties,
    harness: (registers) => harness(pe, registers, properties),
  };
}

interface Pe {
  readonly manifest: Manifest;
  readonly module: ModuleOfDesign;
  /** Of a sum. */
  readonly bits: number;
  /** Whether weights stay. */
  readonly stays: boolean;
  /** Whether it passes its operands on. */
  readonly passes: boolean;
  readonly a: Operands;
  readonly w: Operands;
}

/** Registers that hold what the properties speak of; all others are between operands and sum. */
const NAMED = ['a_q', 'w_q', 'swap_q', 'load_q', 'shadow_q', 'acc_n_q', 'sum_q', 'carry_q', 'rest_q'];

function harness(pe: Pe, registers: Registers, properties: readonly Property[]): string {
  requireRegisters(pe, registers);
  const { manifest, module, bits, stays, a, w } = pe;
  const { lanes, pipeline } = manifest.configuration;
  const enabled = hasPort(module, 'en_i');
  const between = [...registers.keys()].filter((name) => !NAMED.includes(name));
  const inputs = module.ports.filter(
    ({ direction, name }) => direction === 'input' && !['clk_i', 'en_i'].includes(name),
  );
  const outputs = module.ports.filter(({ direction }) => direction === 'output');
  const width = (port: ModuleOfDesign['ports'][number]): number => (typeof port.width === 'number' ? port.width : bits);
  const operandBits = { a: lanes * a.bits, w: lanes * w.bits };
  // Operands are what decoders make of codes, in the registers or, without these, on the ports.
  const operandAt = { a: pe.passes ? 'a_q' : 'a_i', w: pe.passes || stays ? 'w_q' : 'w_i' };
  const copy = (index: number, enable: string): string => {
    const first = index === 1;
    const state = (name: string): string => {
      if (first && name === operandAt.a) return 'a_operand';
      if (first && name === operandAt.w) return 'w_operand';
      return between.includes(name) && index > 1 ? `${name}_${index - 1}` : name;
    };
    const port = (name: string): string =>
      first && name === operandAt.a ? 'a_operand' : first && name === operandAt.w ? 'w_operand' : name;
    const connections = [
      ...inputs.map(({ name }) => `.${name}(${port(name)})`),
      ...(enabled ? [`.en_i(${enable})`] : []),
      ...outputs.map(({ name }) => `.${name}(${name}_${index})`),
      ...[...registers.keys()].flatMap((name) => [`.${name}(${state(name)})`, `.${name}_next(${name}_${index})`]),
    ];
    return [
      ...outputs.map((output) => `  wire ${range(width(output))}${output.name}_${index};`),
      ...[...registers].map(([name, of]) => `  wire ${range(of)}${name}_${index};`),
      `  opened copy_${index} (`,
      `    ${connections.join(',\n    ')}`,
      '  );',
    ].join('\n');
  };
  const last = pipeline;
  const free = [
    ...inputs.map((port) => `  input wire ${range(width(port))}${port.name}`),
    ...[...registers].map(([name, of]) => `  input wire ${range(of)}${name}`),
  ];
  const bias = BigInt(manifest.accumulator.productBias) * BigInt(lanes);
  const product = Array.from({ length: lanes }, (_, lane) => `a_value_${lane} * w_value_${lane}`).join(' + ');
  return `module properties (
${[...free, ...a.ports(lanes), ...w.ports(lanes)].join(',\n')},
${outcomePorts(properties)}
);
${a.functions}
${w.functions}
  wire [${operandBits.a - 1}:0] a_operand;
  wire [${operandBits.w - 1}:0] w_operand;
${a.lanes(lanes)}
${w.lanes(lanes)}

  // A cycle of the PE for each of its stages, the operands in the first.
${Array.from({ length: last }, (_, i) => copy(i + 1, "1'b1")).join('\n')}

  wire signed [${bits - 1}:0] product = ${product};
  wire [${bits - 1}:0] added = product + ${bits}'d${BigInt.asUintN(bits, bias)};
${stays ? stationary(pe, last) : accumulating(pe, last)}
${pe.passes ? passing(pe, last) : ''}
${enabled ? holding(registers, copy(last + 1, "1'b0"), last + 1) : ''}
endmodule
`;
}

/** @throws UserError (exit code 1) where a PE lacks registers that the properties speak of. */
function requireRegisters({ manifest, module, stays, passes }: Pe, registers: Registers): void {
  const ofPassing = stays ? ['a_q', 'swap_q', 'load_q', 'sum_q'] : ['a_q', 'w_q', 'swap_q'];
  const rest = manifest.configuration.lanes > 1 ? ['rest_q'] : [];
  const late = manifest.accumulator.lateFrom === null ? [] : ['carry_q', ...rest];
  const wanted = [...(stays ? ['w_q', 'shadow_q'] : ['acc_n_q', ...late]), ...(passes ? ofPassing : [])];
  const missing = wanted.filter((name) => !registers.has(name));
  if (missing.length > 0) {
    throw new UserError(`${module.name} has no register ${missing.join(', ')}`, EXIT.checkFailed);
  }
}

/** The sum is the accumulator's, held inverted. */
function accumulating({ manifest, bits, passes }: Pe, last: number): string {
  const { lateFrom } = manifest.accumulator;
  const [swap, lateSwap] = passes ? [lateFrom === null ? 'swap_q' : 'swap_i', 'swap_q'] : ['swap_i', 'late_swap_i'];
  const above = (copy: string): string =>
    manifest.configuration.lanes > 1 ? `rest_q${copy} + carry_q${copy}` : `carry_q${copy}`;
  const sums =
    lateFrom === null
      ? `  wire [${bits - 1}:0] sum = ~acc_n_q;
  wire [${bits - 1}:0] sum_next = ~acc_n_q_${last};
  wire [${bits - 1}:0] on_bus = ${swap} ? sum : ${bits}'d0;
  wire late_differs = 1'b0;`
      : `  // The bits from ${lateFrom} up are a cycle late, and so is their swap.
  wire [${bits - 1}:0] held = ~acc_n_q;
  wire [${bits - lateFrom - 1}:0] late = (${lateSwap} ? 0 : held[${bits - 1}:${lateFrom}]) + ${above('')};
  wire [${bits - 1}:0] sum = {late, held[${lateFrom - 1}:0]};
  wire [${bits - 1}:0] held_next = ~acc_n_q_${last};
  wire [${bits - lateFrom - 1}:0] late_next = (${swap} ? 0 : held_next[${bits - 1}:${lateFrom}]) + ${above(`_${last}`)};
  wire [${bits - 1}:0] sum_next = {late_next, held_next[${lateFrom - 1}:0]};
  wire [${bits - 1}:0] on_bus = {${lateSwap} ? held[${bits - 1}:${lateFrom}] : ${bits - lateFrom}'d0, ${swap} ? held[${lateFrom - 1}:0] : ${lateFrom}'d0};
  wire late_differs = held_next[${bits - 1}:${lateFrom}] != late;`;
  return `${sums}
  assign cover_sum = ~${swap} & sum != 0 & product < 0;
  assign bad_sum = sum_next != (${swap} ? ${bits}'d0 : sum) + added | late_differs;
  assign cover_bus = ${swap} & bus_i != 0;
  assign bad_bus = bus_o_${last} != (bus_i | on_bus);`;
}

/** The sum is that from above with the product. */
function stationary({ passes }: Pe, last: number): string {
  const sum = passes ? 'sum_q' : 'sum_o';
  const out = passes ? `| sum_o_${last} != sum_q` : '';
  return `  assign cover_sum = sum_i != 0 & product < 0;
  assign bad_sum = ${sum}_${last} != sum_i + added ${out};
  assign cover_weights = load_i & swap_i;
  assign bad_weights = shadow_q_${last} != (load_i ? w_i : shadow_q) | w_q_${last} != (swap_i ? shadow_q : ${last === 1 ? 'w_operand' : 'w_q'}) |
    w_o_${last} != shadow_q;`;
}

/** Each register of what is passed on takes what comes, and is what goes on. */
function passing({ stays }: Pe, last: number): string {
  const names = stays ? ['a', 'swap', 'load'] : ['a', 'w', 'swap'];
  const held = (name: string): string => (last === 1 && ['a', 'w'].includes(name) ? `${name}_operand` : `${name}_q`);
  const differs = names.map((name) => `${name}_q_${last} != ${name}_i | ${name}_o_${last} != ${held(name)}`);
  return `  assign cover_pass = a_i != a_o_${last} & swap_i;
  assign bad_pass = ${differs.join(' |\n    ')};`;
}

function holding(registers: Registers, instance: string, index: number): string {
  // The copy that is held gets no contents of other copies.
  const own = [...registers.keys()].map((name) => `${name}_${index} != ${name}`);
  const plain = [...registers.keys()].reduce(
    (text, name) => text.replace(`.${name}(${name}_${index - 1})`, `.${name}(${name})`),
    instance,
  );
  return `${plain}
  assign cover_hold = ${[...registers.keys()][0]} != ${[...registers.keys()][0]}_${index - 1};
  assign bad_hold = ${own.join(' |\n    ')};`;
}
