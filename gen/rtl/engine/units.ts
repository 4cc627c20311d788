import { localparams } from '../../commands/constants.js';
import { commandKind } from '../../commands/encode.js';
import { BASE_REGISTERS, COMMAND_BYTES } from '../../commands/table.js';
import { input, type ModulePort, output } from '../module.js';
import { clock, reset } from '../ports.js';
import { literal, replicate, zeroExtend } from '../verilog.js';
import { busWidths, type EngineBus } from './bus.js';
import { transferPorts } from './dma.js';
import { commandBeats, fieldBitsIn, fieldOf } from './fields.js';
import { beatPorts, COMMANDS_AHEAD } from './queue.js';
import { COUNTERS, PLACE_BITS } from './registers.js';
import {
  beyond,
  bufferOf,
  type EngineBuffer,
  type EngineShape,
  engineBuffers,
  HEAD_BITS,
  OWN_HEAD_BITS,
} from './shape.js';
import { type EngineModuleView, engineModule } from './view.js';

/** What the templates of all units read. */
interface UnitView extends EngineModuleView {
  readonly addressTop: number;
  readonly headTop: number;
  readonly placeTop: number;
}

const unit = <More extends object>(
  bus: EngineBus,
  suffix: string,
  own: { readonly title: string; readonly ports: readonly ModulePort[] } & More,
): UnitView & More => ({
  ...engineModule(bus, suffix, own),
  addressTop: bus.addressBits - 1,
  headTop: HEAD_BITS - 1,
  placeTop: PLACE_BITS - 1,
});

const clear = input('clear_i', 1, '1: begin anew');
export const halt = input('halt_i', 1, '1: begin nothing more');

/** Ports of a unit that takes commands. */
export const commandPorts = (bus: EngineBus): ModulePort[] => [
  clock,
  reset,
  clear,
  halt,
  input('beat_valid_i', 1, 'a beat of a command is offered'),
  output('beat_ready_o', 1, 'an offered beat is accepted'),
  ...beatPorts(bus),
  output('taken_o', 1, 'a command is accepted, whole'),
  output('idle_o', 1, 'no command is there'),
  input('there_i', 3, 'tokens that are there'),
  input('full_i', 3, 'channels that take no more'),
  output('take_o', 3, 'tokens that are taken'),
  output('give_o', 3, 'tokens that are given'),
  output('error_o', 1, 'the command is illegal, or a word beyond the end of its buffer'),
  output('range_o', 1, 'it is that word'),
  output('head_o', HEAD_BITS, 'place, tag and opcode of that command'),
];

/** The base registers. */
const bases = ({ addressBits }: EngineBus): ModulePort[] =>
  Array.from({ length: BASE_REGISTERS }, (_, i) => input(`base${i}_i`, addressBits, `base register ${i}`));

/** How load and store take their commands. */
const takes = (bus: EngineBus, command: 'load' | 'store') => ({
  receives: commandBeats('load', TRANSFER_FIELDS, bus.busBits),
  fields: TRANSFER_FIELDS.map((name) => ({ name, width: fieldOf('load', name).bits })),
  offset: zeroExtend('offset_q', 32, bus.addressBits),
  fifo: `${bus.name}_fifo`,
  headBits: OWN_HEAD_BITS,
  ownHeadTop: OWN_HEAD_BITS - 1,
  opcode: literal(4, commandKind(command).number),
});
type Takes = ReturnType<typeof takes>;

const TRANSFER_FIELDS = [
  ...['offset', 'address', 'buffer', 'base', 'run', 'count1', 'count2'],
  ...['memory_step1', 'memory_step2', 'buffer_step1', 'buffer_step2'],
];

interface LoadView extends UnitView, Takes {
  readonly stepTop: number;
  readonly known: string;
  readonly buffers: readonly LoadBuffer[];
  /** Inputs that no buffer of this design needs. */
  readonly unused: readonly string[];
  readonly outside: string;
  readonly runEnds: string;
  readonly beatEnds: string;
  readonly wordEnds: string;
  readonly partWraps: string;
  readonly zeroStep: string;
  readonly oneStep: string;
}

interface LoadBuffer {
  readonly name: string;
  readonly number: string;
  readonly text: string;
  readonly lanes: string;
  readonly data: string;
}

/** The values that buffers give an expression, by the buffer of the command. */
const chosen = (values: readonly (readonly [name: string, value: string])[]): string => {
  const [[, last = "1'b0"] = [], ...rest] = [...values].reverse();
  return rest.reduce((text, [name, value]) => `is_${name} ? ${value} : ${text}`, last);
};

/** Beats of a word, or words of a beat, and which of the two. */
const ratioOf = (
  { wordBits }: EngineBuffer,
  { busBits }: EngineBus,
): { kind: 'words' | 'beats' | 'one'; count: number } => {
  if (wordBits === busBits) return { kind: 'one', count: 1 };
  return wordBits < busBits
    ? { kind: 'words', count: busBits / wordBits }
    : { kind: 'beats', count: wordBits / busBits };
};

export function loadModule(shape: EngineShape): LoadView {
  const { bus } = shape;
  const { laneBits } = busWidths(bus);
  const buffers = engineBuffers(shape);
  const stepBits = Math.max(1, ...buffers.map((buffer) => Math.log2(ratioOf(buffer, bus).count)));
  const step = (value: number): string => literal(stepBits, value);
  const lastPart = (buffer: EngineBuffer): string => {
    const { kind, count } = ratioOf(buffer, bus);
    if (kind === 'one') return "1'b1";
    if (kind === 'beats') return `(part_q == ${step(count - 1)})`;
    // The bytes of the beat end with this word or one before.
    const bytes = Array.from({ length: count - 1 }, (_, i) => [i, ((i + 1) * buffer.wordBits) / 8] as const);
    const early = bytes.map(([i, most]) => `(part_q == ${step(i)} & word_bytes_i <= ${literal(laneBits + 1, most)})`);
    return `(part_q == ${step(count - 1)} | ${early.join(' | ')})`;
  };
  const each = (value: (buffer: EngineBuffer) => string): string =>
    chosen(buffers.map((buffer) => [buffer.name, value(buffer)] as const));
  return unit(bus, 'load', {
    title: 'Load unit: from memory to a buffer.',
    ports: [
      ...commandPorts(bus),
      ...bases(bus),
      ...transferPorts(bus, 'offers'),
      output('start_tag_o', 1, 'tells a transfer from the one before'),
      input('error_tag_i', 1, 'that of a transfer that failed'),
      output('error_head_o', HEAD_BITS, 'place, tag and opcode of its command'),
      input('word_valid_i', 1, 'a beat is offered'),
      output('word_ready_o', 1, 'an offered beat is accepted'),
      input('word_i', bus.busBits, 'bytes of a run'),
      input('word_bytes_i', laneBits + 1, 'how many'),
      input('word_run_last_i', 1, 'it is the last of its run'),
      input('word_repetition_last_i', 1, 'it is the last of its repetition'),
      input('word_last_i', 1, 'it is the last of its transfer'),
      input('output_ready_i', 1, 'the output buffer can be written'),
      output('address_o', 16, 'word of a buffer'),
      ...buffers.flatMap(({ name, lanes, wordBits }) => [
        output(`${name}_write_o`, lanes, `lanes of the ${name} buffer that are written`),
        output(`${name}_data_o`, wordBits, 'what with'),
      ]),
    ],
    stepTop: stepBits - 1,
    known: buffers.map(({ number }) => `buffer_q == ${literal(3, number)}`).join(' | '),
    buffers: buffers.map((buffer) => loadBuffer(buffer, bus, stepBits)),
    unused: buffers.every((buffer) => ratioOf(buffer, bus).kind !== 'words') ? ['word_bytes'] : [],
    outside: each((buffer) => beyond('fill_address_q', buffer)),
    runEnds: 'word_run_last_i & beat_ends',
    beatEnds: each((buffer) => (ratioOf(buffer, bus).kind === 'words' ? lastPart(buffer) : "1'b1")),
    wordEnds: each((buffer) => (ratioOf(buffer, bus).kind === 'beats' ? lastPart(buffer) : "1'b1")),
    partWraps: `(${each(lastPart)})`,
    zeroStep: step(0),
    oneStep: step(1),
    ...takes(bus, 'load'),
  });
}

function loadBuffer(buffer: EngineBuffer, bus: EngineBus, stepBits: number): LoadBuffer {
  const { name, number, lanes, wordBits } = buffer;
  const { kind, count } = ratioOf(buffer, bus);
  const own = `write & is_${name}`;
  const common = { name, number: literal(3, number) };
  if (kind === 'one') {
    return { ...common, text: 'a word is a beat', lanes: lanes === 1 ? own : `{${lanes}{${own}}}`, data: 'word_i' };
  }
  if (kind === 'words') {
    const part = `part_q${stepBits > Math.log2(count) ? `[${Math.log2(count) - 1}:0]` : ''}`;
    return {
      ...common,
      text: `a beat has ${count} words`,
      lanes: lanes === 1 ? own : `{${lanes}{${own}}}`,
      data: `word_i[${part}*${wordBits} +: ${wordBits}]`,
    };
  }
  // Lanes of a beat each, or of less where the buffer has more of them.
  const perBeat = lanes / count;
  const lane = (i: number): string => {
    const here = literal(stepBits, i);
    return i === 0
      ? `(${own} & part_q == ${here})`
      : `(${own} & (part_q == ${here} | (word_run_last_i & part_q < ${here})))`;
  };
  const all = Array.from({ length: count }, (_, i) => replicate(perBeat, `{${lane(i)}}`)).reverse();
  const data = Array.from({ length: count }, (_, i) => {
    return `part_q == ${literal(stepBits, i)} ? word_i : ${literal(bus.busBits, 0)}`;
  }).reverse();
  return { ...common, text: `a word is ${count} beats`, lanes: `{${all.join(', ')}}`, data: `{${data.join(', ')}}` };
}

interface StoreView extends UnitView, Takes {
  readonly busBits: number;
  readonly wordBits: number;
  readonly wordBytes: number;
  readonly bytesTop: number;
  readonly bytesOfWord: string;
  readonly laneBits: number;
  readonly number: string;
  readonly stepTop: number;
  readonly beatEnds: string;
  readonly wordEnds: string;
  readonly partEnds: string;
  readonly outside: string;
  readonly zeroStep: string;
  readonly oneStep: string;
  readonly moves: readonly string[];
  readonly bytesWide: string;
  readonly marks: readonly { readonly name: string; readonly next: string; readonly meaning: string }[];
  /** Bytes of the run from the next beat on. */
  readonly beatLeft: readonly string[];
}

export function storeModule(shape: EngineShape): StoreView {
  const { bus } = shape;
  const { laneBits, beatBytes } = busWidths(bus);
  const buffer = bufferOf(shape, 'output');
  const { kind, count } = ratioOf(buffer, bus);
  const { wordBits } = buffer;
  const stepBits = Math.max(1, Math.log2(count));
  const step = (value: number): string => literal(stepBits, value);
  // Bytes of a word that was read.
  const bytesBits = Math.log2(wordBits / 8) + 1;
  const beatLimit = literal(bytesBits, beatBytes);
  const inBeat = (bytes: string, bits: number): string =>
    bits <= laneBits + 1 ? zeroExtend(bytes, bits, laneBits + 1) : `${bytes}[${laneBits}:0]`;
  const ofWord = inBeat('read_bytes_q', bytesBits);
  const last = `part_q == ${step(count - 1)}`;
  const parts = {
    one: {
      beatEnds: "1'b1",
      wordEnds: "1'b1",
      partEnds: "1'b1",
      moves: ['data_q <= read_word;', `beat_bytes_q <= ${ofWord};`],
    },
    words: {
      beatEnds: `${last} | read_last_q`,
      wordEnds: "1'b1",
      partEnds: 'beat_ends',
      moves: [
        `data_q[part_q*${wordBits} +: ${wordBits}] <= read_word;`,
        `beat_bytes_q <= part_q == ${step(0)} ? ${ofWord} : beat_bytes_q + ${ofWord};`,
      ],
    },
    beats: {
      beatEnds: "1'b1",
      wordEnds: `${last} | (read_last_q & beat_left <= ${beatLimit})`,
      partEnds: 'word_ends',
      moves: [
        `data_q <= read_word[part_q*BUS_BITS +: BUS_BITS];`,
        `beat_bytes_q <= beat_left > ${beatLimit} ? ${literal(laneBits + 1, beatBytes)} : ${inBeat('beat_left', bytesBits)};`,
      ],
    },
  }[kind];
  return unit(bus, 'store', {
    title: 'Store unit: from the output buffer to memory.',
    ports: [
      ...commandPorts(bus),
      ...bases(bus),
      ...transferPorts(bus, 'offers'),
      input('done_i', 1, 'all of the oldest transfer is in memory'),
      output('error_head_o', HEAD_BITS, 'place, tag and opcode of its command'),
      output('word_valid_o', 1, 'a beat is offered'),
      input('word_ready_i', 1, 'an offered beat is accepted'),
      output('word_o', bus.busBits, 'bytes of a run'),
      output('bytes_o', 32, 'bytes that are handed over in this cycle'),
      output('read_o', 1, 'read the output buffer'),
      output('read_address_o', 16, 'word'),
      input('read_ready_i', 1, 'it can be read'),
      input('read_data_i', wordBits, 'what was read in the cycle before'),
    ],
    busBits: bus.busBits,
    wordBits,
    wordBytes: wordBits / 8,
    bytesTop: bytesBits - 1,
    bytesOfWord: `run_ends ? left_q[${bytesBits - 1}:0] : ${literal(bytesBits, wordBits / 8)}`,
    laneBits,
    number: literal(3, buffer.number),
    stepTop: stepBits - 1,
    ...parts,
    marks: kind === 'one' ? [] : [{ name: 'read_last', next: 'run_ends', meaning: 'it is the last of its run' }],
    outside: beyond('word_q', buffer),
    zeroStep: step(0),
    oneStep: step(1),
    ...takes(bus, 'store'),
    bytesWide: zeroExtend('beat_bytes_q', laneBits + 1, 32),
    beatLeft:
      kind === 'beats'
        ? [
            `read_bytes_q - {${bytesBits - stepBits - laneBits > 0 ? `${literal(bytesBits - stepBits - laneBits, 0)}, ` : ''}part_q, ${literal(laneBits, 0)}}`,
          ]
        : [],
  });
}

export function fetchModule({ bus }: EngineShape) {
  const { busBits, addressBits } = bus;
  const heldBits = Math.log2(COMMANDS_AHEAD) + 1;
  return unit(bus, 'fetch', {
    title: 'Fetch unit: commands from memory.',
    ports: [
      clock,
      reset,
      clear,
      halt,
      input('begin_i', 1, 'begin a job'),
      input('start_i', addressBits, 'address of the first command'),
      output('start_valid_o', 1, 'a read of a command is offered'),
      input('start_ready_i', 1, 'it is accepted'),
      output('start_address_o', addressBits, 'where the command is'),
      input('word_valid_i', 1, 'a beat of a command is there'),
      input('word_i', busBits, 'the beat'),
      input('word_last_i', 1, 'it is the last of the command'),
      output('push_o', 3, 'units whose queue gets it: load, compute, store'),
      output('beat_o', busBits, 'the beat'),
      output('place_o', PLACE_BITS, 'place of its command'),
      input('taken_i', 3, 'units that accepted a command'),
      input('units_idle_i', 1, 'all units are idle'),
      output('finished_o', 1, 'all commands are complete'),
      output('error_o', 1, 'no command has this opcode'),
      output('head_o', HEAD_BITS, 'place of the command that comes; tag and opcode of one that is none'),
    ],
    constants: localparams((name) => /^OPCODE_(END|LOAD|STORE|PRODUCT|VECTOR)$/.test(name)),
    commandBytes: literal(addressBits, COMMAND_BYTES),
    ahead: fieldBitsIn('load', 'ahead', 'word_i'),
    aheadWide: zeroExtend('ahead', 6, PLACE_BITS),
    zeroPlace: literal(PLACE_BITS, 0),
    onePlace: literal(PLACE_BITS, 1),
    depth: COMMANDS_AHEAD,
    depthTop: heldBits - 1,
    empty: literal(heldBits, 0),
    full: literal(heldBits, COMMANDS_AHEAD),
    oneHeld: zeroExtend('asks', 1, heldBits),
    takenWide: zeroExtend('taken', 2, heldBits),
  });
}

interface TokensView extends UnitView {
  readonly channels: readonly {
    readonly name: string;
    readonly from: string;
    readonly to: string;
    readonly fromBit: number;
    readonly toBit: number;
  }[];
  readonly units: readonly {
    readonly name: string;
    readonly there: string;
    readonly full: string;
    readonly bit: number;
  }[];
}

const UNIT_NAMES = ['load', 'compute', 'store'] as const;

export function tokensModule({ bus }: EngineShape): TokensView {
  const channels = UNIT_NAMES.flatMap((from, fromBit) =>
    UNIT_NAMES.flatMap((to, toBit) => (from === to ? [] : [{ name: `${from}_${to}`, from, to, fromBit, toBit }])),
  );
  const bits = (value: (other: string) => string): string => `{${[...UNIT_NAMES].reverse().map(value).join(', ')}}`;
  return unit(bus, 'tokens', {
    title: 'Tokens between units.',
    ports: [
      clock,
      reset,
      input('clear_i', 1, '1: forget all tokens'),
      ...UNIT_NAMES.flatMap((name) => [
        input(`${name}_take_i`, 3, `channels to ${name} of which a token is taken`),
        input(`${name}_give_i`, 3, `channels from ${name} that get one`),
        output(`${name}_there_o`, 3, 'channels to it that have one'),
        output(`${name}_full_o`, 3, 'channels from it that take no more'),
      ]),
    ],
    channels,
    units: UNIT_NAMES.map((name, bit) => ({
      ...{ name, bit },
      there: bits((other) => (other === name ? "1'b0" : `${other}_${name}_q != 4'd0`)),
      full: bits((other) => (other === name ? "1'b0" : `${name}_${other}_q == 4'd15`)),
    })),
  });
}

interface JobView extends UnitView {
  readonly constants: readonly string[];
  readonly zeroAddress: string;
  readonly zeroPlace: string;
  readonly loadAddress: string;
  readonly computeAddress: string;
  readonly storeAddress: string;
  readonly counters: readonly { readonly name: string; readonly by: string }[];
}

/** What each counter goes up by in a cycle. */
const COUNTED: Readonly<Record<(typeof COUNTERS)[number], string>> = {
  cycles: "32'd1",
  array_busy: "{31'd0, array_steps_i}",
  memory_waits: "{31'd0, token_waits_i}",
  requantiser_waits: "{31'd0, requantiser_full_i}",
  bytes_read: 'bytes_in_i',
  bytes_written: 'bytes_out_i',
};

export function jobModule({ bus }: EngineShape): JobView {
  const { addressBits } = bus;
  const unitErrors = UNIT_NAMES.flatMap((name) => [
    input(`${name}_error_i`, 1, `${name}: an error`),
    input(`${name}_range_i`, 1, 'a word beyond the end of a buffer'),
    input(`${name}_head_i`, HEAD_BITS, 'place, tag and opcode of its command'),
    input(`${name}_range_address_i`, 16, 'the word'),
  ]);
  return unit(bus, 'job', {
    title: 'Begin and end of jobs, and their counters.',
    ports: [
      clock,
      reset,
      input('start_i', 1, 'begin a job'),
      input('stop_i', 1, 'end it'),
      input('finished_i', 1, 'all commands are complete'),
      input('fetch_error_i', 1, 'no command has the opcode'),
      input('fetch_head_i', HEAD_BITS, 'place of the command that comes; tag and opcode of one that is none'),
      ...unitErrors,
      input('read_error_i', 1, 'a read was answered with an error'),
      input('read_error_fetch_i', 1, 'it was that of a command'),
      input('load_error_head_i', HEAD_BITS, 'else place, tag and opcode of its load'),
      input('read_error_address_i', addressBits, 'where'),
      input('write_error_i', 1, 'a write was answered with an error'),
      input('store_error_head_i', HEAD_BITS, 'place, tag and opcode of its store'),
      input('write_error_address_i', addressBits, 'where'),
      input('read_idle_i', 1, 'no read is under way'),
      input('write_idle_i', 1, 'no write is under way'),
      input('array_steps_i', 1, 'the array takes a step'),
      input('token_waits_i', 1, 'the compute unit waits for a token'),
      input('requantiser_full_i', 1, 'the array waits for the requantiser'),
      input('bytes_in_i', 32, 'bytes that come in this cycle'),
      input('bytes_out_i', 32, 'bytes that go in this cycle'),
      output('busy_o', 1, 'a job runs'),
      output('done_o', 1, 'the last job ended by `end`'),
      output('failed_o', 1, 'the last job ended with an error'),
      output('halt_o', 1, 'begin nothing more'),
      output('clear_o', 1, 'begin anew'),
      output('begin_o', 1, 'fetch commands'),
      output('ended_done_o', 1, 'a job ends by `end`'),
      output('ended_failed_o', 1, 'a job ends with an error'),
      output('error_o', 4, 'error of the last job'),
      output('error_command_o', PLACE_BITS, 'place of its command'),
      output('error_tag_o', 16, 'its tag'),
      output('error_opcode_o', 4, 'its opcode'),
      output('error_address_o', addressBits, 'where'),
      ...COUNTERS.map((counter) => output(`${counter}_o`, 32, 'counter')),
    ],
    constants: localparams((name) => /^ERROR_(NONE|OPCODE|FIELD|RANGE|READ|WRITE|STOPPED)$/.test(name)),
    zeroAddress: literal(addressBits, 0),
    zeroPlace: literal(PLACE_BITS, 0),
    loadAddress: zeroExtend('load_range_address_i', 16, addressBits),
    computeAddress: zeroExtend('compute_range_address_i', 16, addressBits),
    storeAddress: zeroExtend('store_range_address_i', 16, addressBits),
    counters: COUNTERS.map((name) => ({ name, by: COUNTED[name] })),
  });
}
