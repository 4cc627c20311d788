import { BASE_REGISTERS, IDENTIFICATION, REGISTERS, type Register, TABLE_VERSION } from '../../commands/table.js';
import { input, type ModulePort, output } from '../module.js';
import { clock, reset } from '../ports.js';
import { literal, zeroExtend } from '../verilog.js';
import type { EngineBus } from './bus.js';
import { type EngineModuleView, engineModule } from './view.js';

/** What the registers that never change read. */
export interface EngineFacts {
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;
  readonly requantiseLanes: number;
  readonly roundsToEven: boolean;
  readonly accumulatorBits: number;
  readonly activationWords: number;
  readonly weightWords: number;
  readonly constantWords: number;
  readonly outputWords: number;
  /** Numbers of the types at each port. */
  readonly activationTypes: readonly number[];
  readonly weightTypes: readonly number[];
  readonly resultTypes: readonly number[];
}

/** Counters of the registers, 32 bits each. */
export const COUNTERS = [
  'cycles',
  'array_busy',
  'memory_waits',
  'requantiser_waits',
  'bytes_read',
  'bytes_written',
] as const;
/** Bits of the place of a command in its job. */
export const PLACE_BITS = 24;

interface AddressView {
  readonly name: string;
  readonly register: string;
  readonly bits: number;
  readonly zero: string;
  readonly value: string;
  readonly parts: readonly Part[];
}

/** Bits of an address that a register holds. */
interface Part {
  readonly name: string;
  readonly place: string;
  readonly high: number;
  readonly low: number;
  readonly top: number;
  readonly bottom: number;
}

interface RegistersView extends EngineModuleView {
  readonly control: string;
  readonly interruptEnable: string;
  readonly interruptStatus: string;
  readonly addresses: readonly AddressView[];
  readonly reads: readonly { readonly place: string; readonly value: string; readonly name: string }[];
}

const registerOf = (name: string): Register => {
  const found = REGISTERS.find((register) => register.name === name);
  if (found === undefined) throw new Error(`there is no register ${name}`);
  return found;
};

const placeOf = (name: string): string => literal(6, registerOf(name).offset / 4);

/** Bits of an address below those that it has. */
const COMMAND_LANES = 6;
const ADDRESSES = ['start', ...Array.from({ length: BASE_REGISTERS }, (_, i) => `base${i}`)];

function addressView(name: string, addressBits: number): AddressView {
  const first = name === 'start' ? COMMAND_LANES : 0;
  const part = (half: string, from: number, to: number): Part[] => {
    const low = Math.max(first, from);
    if (to <= low) return [];
    const place = placeOf(`${name}_${half}`);
    return [{ name, place, high: to - 1 - first, low: low - first, top: to - 1 - from, bottom: low - from }];
  };
  return {
    name,
    register: `${name}_q`,
    bits: addressBits - first,
    zero: literal(addressBits - first, 0),
    value: first === 0 ? `${name}_q` : `{${name}_q, ${literal(first, 0)}}`,
    parts: [...part('low', 0, Math.min(32, addressBits)), ...part('high', 32, addressBits)],
  };
}

/** A word of registers whose bits are numbers that never change. */
function packed(name: string, values: Readonly<Record<string, number>>): string {
  const word = registerOf(name).fields.reduce((all, { name: field, low }) => {
    const value = values[field];
    if (value === undefined) throw new Error(`${name} has no ${field}`);
    return all + value * 2 ** low;
  }, 0);
  return literal(32, word);
}

const typeMask = (numbers: readonly number[]): number => numbers.reduce((mask, number) => mask + 2 ** number, 0);

/** What each register reads. */
function readValues(facts: EngineFacts, addressBits: number): ReadonlyMap<string, string> {
  const { requantiseLanes, roundsToEven, accumulatorBits, rows, cols, lanes } = facts;
  const halves = (name: string, value: string): [string, string][] => [
    [`${name}_low`, `${value}[31:0]`],
    [
      `${name}_high`,
      addressBits > 32 ? zeroExtend(`${value}[${addressBits - 1}:32]`, addressBits - 32, 32) : literal(32, 0),
    ],
  ];
  return new Map([
    ['identification', literal(32, IDENTIFICATION)],
    ['version', literal(32, TABLE_VERSION)],
    ['array', packed('array', { rows, cols, lanes })],
    [
      'requantiser',
      packed('requantiser', {
        ...{ requantise_lanes: requantiseLanes, even: roundsToEven ? 1 : 0, accumulator_bits: accumulatorBits },
      }),
    ],
    ['activation_words', literal(32, facts.activationWords)],
    ['weight_words', literal(32, facts.weightWords)],
    ['constant_words', literal(32, facts.constantWords)],
    ['output_words', literal(32, facts.outputWords)],
    [
      'operand_types',
      packed('operand_types', {
        ...{ activation_types: typeMask(facts.activationTypes), weight_types: typeMask(facts.weightTypes) },
      }),
    ],
    ['result_types', literal(32, typeMask(facts.resultTypes))],
    ['control', literal(32, 0)],
    ['status', "{29'd0, failed_i, done_i, busy_i}"],
    ['interrupt_enable', "{30'd0, interrupt_enable_q}"],
    ['interrupt_status', "{30'd0, interrupt_status_q}"],
    ...ADDRESSES.flatMap((name) => halves(name, `${name}_o`)),
    ['error', "{28'd0, error_i}"],
    ['error_command', zeroExtend('error_command_i', PLACE_BITS, 32)],
    ['error_tag', "{12'd0, error_opcode_i, error_tag_i}"],
    ...halves('error_address', 'error_address_i'),
    ...COUNTERS.map((name) => [name, `${name}_i`] as const),
  ]);
}

/** Signals of AXI4-Lite. */
const axiLite = (): ModulePort[] => {
  const taken = (name: string, bits: number): ModulePort => input(`s_axil_${name}`, bits, 'AXI4-Lite');
  const given = (name: string, bits: number): ModulePort => output(`s_axil_${name}`, bits, 'AXI4-Lite');
  return [
    ...[taken('awvalid', 1), given('awready', 1), taken('awaddr', 8), taken('awprot', 3)],
    ...[taken('wvalid', 1), given('wready', 1), taken('wdata', 32), taken('wstrb', 4)],
    ...[given('bvalid', 1), taken('bready', 1), given('bresp', 2)],
    ...[taken('arvalid', 1), given('arready', 1), taken('araddr', 8), taken('arprot', 3)],
    ...[given('rvalid', 1), taken('rready', 1), given('rdata', 32), given('rresp', 2)],
  ];
};

export function registersModule(bus: EngineBus, facts: EngineFacts): RegistersView {
  const { addressBits } = bus;
  const values = readValues(facts, addressBits);
  return engineModule(bus, 'registers', {
    title: 'Registers.',
    ports: [
      clock,
      reset,
      ...axiLite(),
      output('irq_o', 1, 'an enabled interrupt is there'),
      output('start_job_o', 1, 'begin a job'),
      output('stop_job_o', 1, 'end the job'),
      ...ADDRESSES.map((each) => output(`${each}_o`, addressBits, `address in register \`${each}\``)),
      input('busy_i', 1, 'a job runs'),
      input('done_i', 1, 'the last job ended by `end`'),
      input('failed_i', 1, 'the last job ended with an error'),
      input('ended_done_i', 1, 'a job ends by `end`, for one cycle'),
      input('ended_failed_i', 1, 'a job ends with an error, for one cycle'),
      input('error_i', 4, 'error of the last job'),
      input('error_command_i', PLACE_BITS, 'place of the command that failed'),
      input('error_tag_i', 16, 'its tag'),
      input('error_opcode_i', 4, 'its opcode'),
      input('error_address_i', addressBits, 'where it failed'),
      ...COUNTERS.map((counter) => input(`${counter}_i`, 32, 'counter')),
    ],
    control: placeOf('control'),
    interruptEnable: placeOf('interrupt_enable'),
    interruptStatus: placeOf('interrupt_status'),
    addresses: ADDRESSES.map((each) => addressView(each, addressBits)),
    reads: REGISTERS.map(({ name: each }) => {
      const value = values.get(each);
      if (value === undefined) throw new Error(`register ${each} reads nothing`);
      return { place: placeOf(each), value, name: each };
    }),
  });
}
