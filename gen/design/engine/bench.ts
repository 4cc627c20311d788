import { type Command, command, encodeCommands, withAhead } from '../../commands/encode.js';
import { type Machine, typeNumber } from '../../commands/machine.js';
import {
  BUFFERS,
  COMMAND_BYTES,
  IDENTIFICATION,
  REGISTERS,
  type Register,
  TABLE_VERSION,
} from '../../commands/table.js';
import type { EngineDesign } from '../../rtl/engine/engine.js';
import { type Identity, identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { literal } from '../../rtl/verilog.js';
import type { RenderedFile } from '../rendered-file.js';

const MEMORY = 'tb/memory.hex';
const OFFSET_BITS = 10;
const MEMORY_BYTES = 2 ** OFFSET_BITS;
/** Where the memory of the bench begins. */
const BASE = 0x1_0000;
const BYTES = 64;
const BYTES_PER_LINE = 16;

const COMMANDS = 3;
const SOURCE = COMMANDS * COMMAND_BYTES;
/** Not at a multiple of a wide bus, so that strobes count. */
const TARGET = SOURCE + BYTES + 4;

const registerOf = (name: string): Register => {
  const found = REGISTERS.find((register) => register.name === name);
  if (found === undefined) throw new Error(`there is no register ${name}`);
  return found;
};

const offsetOf = (name: string): number => registerOf(name).offset;

/** Types as a register tells them: bit n stands for the type of number n. */
const typeBitsOf = (names: readonly string[]): number => names.reduce((bits, name) => bits + 2 ** typeNumber(name), 0);

/** What the registers read that tell what the engine is: numbers, or their fields. */
function identification({ rows, cols, lanes, requantiseLanes, rounding, accumulatorBits, words, ...types }: Machine) {
  const { activationTypes, weightTypes, resultTypes } = types;
  const values: Readonly<Record<string, number | Readonly<Record<string, number>>>> = {
    identification: IDENTIFICATION,
    version: TABLE_VERSION,
    array: { rows, cols, lanes },
    requantiser: {
      requantise_lanes: requantiseLanes,
      even: rounding === 'even' ? 1 : 0,
      accumulator_bits: accumulatorBits,
    },
    activation_words: words.activation,
    weight_words: words.weight,
    constant_words: words.constant,
    output_words: words.output,
    operand_types: { activation_types: typeBitsOf(activationTypes), weight_types: typeBitsOf(weightTypes) },
    result_types: typeBitsOf(resultTypes),
  };
  return Object.entries(values).map(([name, value]): [string, number] => {
    if (typeof value === 'number') return [name, value];
    return [
      name,
      registerOf(name).fields.reduce((sum, { name: field, low }) => sum + (value[field] ?? 0) * 2 ** low, 0),
    ];
  });
}

/** A register with what is written to it or read from it. */
interface RegisterValue {
  readonly name: string;
  readonly offset: number;
  readonly value: number;
}

/** What a bench of the engine does: the memory's bytes, and the registers. */
export interface EngineJob {
  readonly memory: Uint8Array;
  readonly base: number;
  readonly source: number;
  readonly target: number;
  readonly bytes: number;
  /** What tells what the engine is. */
  readonly facts: readonly RegisterValue[];
  /** What starts the job, in order. */
  readonly settings: readonly RegisterValue[];
  readonly status: number;
  readonly acknowledge: number;
}

/** A job that copies some bytes. */
export function engineJob({ machine }: EngineDesign): EngineJob {
  const buffer = BUFFERS.find(({ name }) => name === 'output')?.number ?? 0;
  const transfer = { buffer, run: BYTES, count1: 1, count2: 1 };
  const commands: Command[] = [
    command('load', { ...transfer, offset: SOURCE, signal_store: 1 }),
    command('store', { ...transfer, offset: TARGET, wait_load: 1 }),
    command('end'),
  ];
  const memory = new Uint8Array(MEMORY_BYTES);
  memory.set(encodeCommands(withAhead(commands)));
  for (let i = 0; i < BYTES; i++) memory[SOURCE + i] = (37 * i + 11) % 256;
  const set = (name: string, value: number): RegisterValue => ({ name, offset: offsetOf(name), value });
  return {
    memory,
    ...{ base: BASE, source: SOURCE, target: TARGET, bytes: BYTES },
    facts: identification(machine).map(([name, value]) => set(name, value)),
    settings: [
      ...[set('start_low', BASE), set('start_high', 0), set('base0_low', BASE), set('base0_high', 0)],
      ...[set('interrupt_enable', 3), set('control', 1)],
    ],
    status: offsetOf('status'),
    acknowledge: offsetOf('interrupt_status'),
  };
}

/** The stand-alone test bench of an engine: its registers, and a job that copies some bytes. */
export function renderEngineBench(design: EngineDesign, identity: Identity): RenderedFile[] {
  const { config, top } = design;
  const { memory, facts, settings, status, acknowledge } = engineJob(design);
  const place = (offset: number): string => `8'h${offset.toString(16).padStart(2, '0')}`;
  const word = (value: number): string => `32'h${(value >>> 0).toString(16).padStart(8, '0')}`;
  const listed = ({ name, offset, value }: RegisterValue) => ({ name, place: place(offset), value: word(value) });
  const name = `${config.name}_tb`;
  const view = {
    header: identityComment('//', `Self-checking bring-up bench of ${top.name}.`, identity),
    ...{ name, design: config.name, top: top.name },
    ...{ addressBits: config.addressBits, busBytes: config.busBits / 8, laneBits: Math.log2(config.busBits / 8) },
    ...{ memoryBytes: MEMORY_BYTES, offsetBits: OFFSET_BITS, base: literal(config.addressBits, BASE) },
    ...{ source: SOURCE, target: TARGET, bytes: BYTES, facts: facts.map(listed), settings: settings.map(listed) },
    ...{ status: place(status), acknowledge: place(acknowledge) },
  };
  const digits = [...memory].map((byte) => byte.toString(16).padStart(2, '0'));
  const lines = Array.from({ length: MEMORY_BYTES / BYTES_PER_LINE }, (_, i) =>
    digits.slice(i * BYTES_PER_LINE, (i + 1) * BYTES_PER_LINE).join(' '),
  );
  const title = `Memory of the test bench, a byte a word: commands, then ${BYTES} bytes to copy.`;
  return [
    { path: `tb/${name}.v`, text: renderTemplate('design/engine/testbench.v', view) },
    {
      path: MEMORY,
      text: `${[identityComment('//', title, identity), ...lines, '// end mark', 'aa'].join('\n')}\n`,
    },
  ];
}
