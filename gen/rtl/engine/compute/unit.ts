import { localparams } from '../../../commands/constants.js';
import { commandKind } from '../../../commands/encode.js';
import { stepsPerWord, typeNumber, wordBytes } from '../../../commands/machine.js';
import type { Design } from '../../design.js';
import { type InstanceView, instance } from '../../instance.js';
import { input, type ModuleView, output } from '../../module.js';
import { literal, replicate, zeroExtend } from '../../verilog.js';
import { commandBeats, fieldOf } from '../fields.js';
import { beyond, bufferOf, type EngineShape, leastTileBits, OWN_HEAD_BITS } from '../shape.js';
import { commandPorts } from '../units.js';
import { engineModule } from '../view.js';
import { beatsModule } from './beats.js';
import {
  byTile,
  type Computing,
  FACTOR_BITS,
  notOneOf,
  PRODUCT_BITS,
  tileSizes,
  typeChoice,
  VALUE_BITS,
} from './common.js';
import { feedModule } from './feed.js';
import { lookupModule } from './lookup.js';
import { placesModule } from './places.js';
import { boundBits, requantiseModule } from './requantise.js';
import { resultsModule } from './results.js';
import { secondModule } from './second.js';
import { SEQUENCE_FIELDS, sequenceModule, tapModule } from './sequence.js';
import { sumsModule } from './sums.js';
import { valuesModules } from './values.js';
import { vectorModule } from './vector.js';

/** All fields that the unit keeps of a command. */
const FIELDS = [
  ...['a_type', 'w_type', 'out_type', 'second_type', 'copy_type', 'second', 'copy', 'copy_relu', 'lookup'],
  ...['per_channel', 'hold'],
  ...SEQUENCE_FIELDS,
  ...['constant_start', 'out_start', 'second_start', 'copy_start', 'low', 'high', 'out_pixel_words'],
  ...['second_pixel_words', 'copy_pixel_words', 'shift', 'copy_shift', 'second_multiplier'],
] as const;

/** Those that count where results are made. */
const LATE_FIELDS = [
  ...['out_type', 'second_type', 'copy_type', 'second', 'copy', 'copy_relu', 'lookup'],
  ...['per_channel', 'out_height', 'out_width', 'more_images', 'constant_start', 'out_start', 'second_start'],
  ...['copy_start', 'out_pixel_words', 'second_pixel_words', 'copy_pixel_words', 'shift', 'copy_shift'],
  'second_multiplier',
] as const;

/** What the core's decoders are told of a type: whether it has 8 bits, and its place among those. */
function modeOf(signal: string, port: Design['a']): { readonly bits: number; readonly value: string } {
  const { types, wideTypes, typeBits } = port;
  const place = (i: number): string => (typeBits > 0 ? `, ${literal(typeBits, i)}` : '');
  const values = [
    ...types.map(({ name }, i) => [typeNumber(name), `{1'b0${place(i)}}`] as const),
    ...wideTypes.map(({ name }, i) => [typeNumber(name), `{1'b1${place(i)}}`] as const),
  ];
  return { bits: typeBits + 1, value: typeChoice(signal, values) };
}

/** The fields of a command, by name. */
const commandFields = (name: 'product' | 'vector'): ReadonlySet<string> =>
  new Set(commandKind(name).fields.map((each) => each.name));

/** A bound of 16 bits in the width that the requantiser has for it. */
function bound(from: string, width: number): string {
  if (width === 16) return from;
  if (width > 16) return `{${replicate(width - 16, `${from}[15]`)}, ${from}}`;
  const upper = `${from}[15:${width - 1}]`;
  return `(&${upper} | ~|${upper}) ? ${from}[${width - 1}:0] : {${from}[15], ${replicate(width - 1, `~${from}[15]`)}}`;
}

/** A number in two's complement in more bits, or its lower bits. */
const fitted = (name: string, from: number, to: number): string =>
  from < to
    ? `{${replicate(to - from, `${name}[${from - 1}]`)}, ${name}}`
    : from === to
      ? name
      : `${name}[${to - 1}:0]`;

/** Ports of the unit that its fields do not make. */
function unitPorts(shape: EngineShape) {
  const { machine } = shape;
  const { rows, cols, lanes, requantiseLanes } = machine;
  const table = bufferOf(shape, 'table');
  const outputBits = 8 * wordBytes(machine, 'output');
  const read = (name: string, what: string, width: number) => [
    output(`${name}_read_o`, 1, `read a word of ${what}`),
    output(`${name}_address_o`, 16, 'which'),
    input(`${name}_data_i`, width, 'what was read in the cycle before'),
  ];
  return [
    output('range_address_o', 16, 'the word'),
    ...read('a', 'activations', 4 * rows * lanes),
    ...read('w', 'weights', 4 * cols * lanes),
    ...read('constant', 'constants', 64 * requantiseLanes),
    ...read('second', 'the output buffer', outputBits),
    input('table_write_i', table.lanes, 'parts of a word of the table that are written'),
    input('table_address_i', table.addressBits, 'which word'),
    input('table_data_i', table.wordBits, 'what with'),
    output('output_write_o', outputBits / leastTileBits(machine), 'parts of the output buffer that are written'),
    output('output_address_o', 16, 'word'),
    output('output_data_o', outputBits, 'what with'),
    output('stepping_o', 1, 'the array takes a step'),
    output('waits_token_o', 1, 'the unit waits for a token'),
    output('waits_requantiser_o', 1, 'the array waits for the requantiser'),
  ];
}

/** What a command is refused for; the second part counts where there are results. */
function illegalities({ machine }: EngineShape): { illegal: string; illegalResults: string } {
  const steps = (bits: number): string => literal(8, stepsPerWord(machine, bits));
  const bits = (name: string): number => fieldOf('product', name).bits;
  const isVector = (name: string): boolean => commandFields('vector').has(name);
  const zero = (name: string): string => `${name}_q == ${literal(bits(name), 0)}`;
  const least = FIELDS.filter((name) => fieldOf('product', name).least === 1);
  const ofProduct = [
    ...least.filter((name) => !isVector(name)).map(zero),
    notOneOf('w_type_q', machine.weightTypes),
    `depth_tail_q > (a_wide ? ${steps(8)} : ${steps(4)})`,
  ];
  return {
    illegal: [
      ...least.filter(isVector).map(zero),
      notOneOf('a_type_q', machine.activationTypes),
      `(~is_vector & (${ofProduct.join('\n          | ')}))`,
      ...["second_q == 2'd3", 'wait_q[1]', 'signal_q[1]'],
    ].join('\n        | '),
    illegalResults: [
      notOneOf('out_type_q', machine.resultTypes),
      `(second_q != 2'd0 & ${notOneOf('second_type_q', machine.resultTypes)})`,
      `(copy_q & ${notOneOf('copy_type_q', machine.resultTypes)})`,
      '(~is_vector & second_q == SECOND_MULTIPLY)',
      '$signed(high_q) < $signed(low_q)',
    ].join('\n        | '),
  };
}

/** The compute unit and its parts, in compile order. */
export function computeModules(shape: EngineShape, computing: Computing): ModuleView[] {
  const { array, requantiser } = computing;
  const { machine } = shape;
  const { rows, cols, lanes, requantiseLanes } = machine;
  const { decoders, values } = valuesModules(shape);
  const places = placesModule(shape);
  const sequence = sequenceModule(shape);
  const [a, w] = [modeOf('a_type_q', computing.array.a), modeOf('w_type_q', computing.array.w)];
  const feed = feedModule(shape, computing, { a: a.bits, w: w.bits });
  const beats = beatsModule(shape);
  const sums = sumsModule(shape, computing);
  const vector = vectorModule(shape, computing);
  const second = secondModule(shape);
  const lookup = lookupModule(shape);
  const requantise = requantiseModule(shape, computing);
  const results = resultsModule(shape);
  const core = array.modules.find(({ name }) => name === `${array.config.name}_core`);
  if (core === undefined) throw new Error('the array has no core');
  const own: Readonly<Record<string, string>> = {
    ...Object.fromEntries(FIELDS.map((name) => [`${name}_i`, `${name}_q`])),
    ...{ clk_i: 'clk_i', rst_ni: 'rst_ni', clear_i: 'clear_i', halt_i: 'halt_i', start_i: 'begin_q' },
    // The results of all kinds of commands.
    ...{ last_beat_i: 'last_beat', beats_i: 'beats', ready_i: 'second_ready', next_i: 'next' },
    ...{ out_size_i: 'out_size', copy_size_i: 'copy_size' },
  };
  const late: Readonly<Record<string, string>> = {
    ...Object.fromEntries(LATE_FIELDS.map((name) => [`${name}_i`, `late_${name}_q`])),
    ...{ start_i: 'late_begin_q', a_wide_i: 'late_a_wide_q', w_wide_i: 'late_w_wide_q' },
    ...{ out_wide_i: 'late_out_type_q[3]', copy_wide_i: 'late_copy_type_q[3]' },
  };
  const with_ = (module: Pick<ModuleView, 'name' | 'ports'>, more: Readonly<Record<string, string>>): InstanceView =>
    instance(module, (port) => more[port] ?? own[port]);
  const withLate = (module: Pick<ModuleView, 'name' | 'ports'>, more: Readonly<Record<string, string>>): InstanceView =>
    with_(module, { ...late, ...more });
  const accBits = array.accumulator.bits;
  const { biasBits } = requantiser.config;
  const bounds = boundBits(computing);
  const { sizeBits, colBits, beatsBits, least } = tileSizes(machine);
  const size = (type: string): string => `tile_size + ${zeroExtend(`late_${type}_type_q[3]`, 1, sizeBits)}`;
  const wires: Readonly<Record<string, number>> = {
    ...Object.fromEntries(
      [
        ...[
          'a_padding',
          'load',
          'w_there',
          'tile_ends',
          'tile_began',
          'tile_began_last',
          'sequence_busy',
          'sequence_a_read',
          'waiting',
        ],
        ...['sums_room', 'sums_come', 'reset_sums', 'sums_there', 'sums_next', 'vector_next'],
        ...['vector_busy', 'vector_a_read', 'second_ready', 'pixel_ends', 'last_x', 'last_y', 'last_pixel'],
        'beat_valid',
        ...['beat_last', 'beat_copy', 'beats_busy', 'codes_valid', 'codes_last', 'codes_copy', 'found_valid'],
        ...['found_last', 'found_copy', 'results_busy', 'results_range', 'requantise_busy'],
      ].map((name) => [name, 1]),
    ),
    ...{ sequence_a_address: 16, vector_a_address: 16 },
    ...{ a_modes: rows * a.bits, w_modes: cols * w.bits },
    ...{ a_code: 4 * rows * lanes, w_code: 4 * cols * lanes, swap: rows, sum: cols * accBits },
    ...{ product_sums: requantiseLanes * accBits, vector_sums: requantiseLanes * accBits },
    ...{ second_values: requantiseLanes * VALUE_BITS, col: colBits, col_late: colBits },
    ...{ codes: 8 * requantiseLanes, found: 8 * requantiseLanes },
  };
  const vectorA = { a_read_o: 'vector_a_read', a_address_o: 'vector_a_address', a_data_i: 'a_data_i' };
  const sequenceA = { a_read_o: 'sequence_a_read', a_address_o: 'sequence_a_address' };
  const compute = engineModule(shape.bus, 'compute', {
    title: 'Compute unit: products on the array, vector commands, and what becomes of their sums.',
    ports: [...commandPorts(shape.bus), ...unitPorts(shape)],
    receives: commandBeats('product', ['opcode', ...FIELDS], shape.bus.busBits),
    fields: [
      { name: 'head', width: OWN_HEAD_BITS },
      { name: 'opcode', width: 4 },
      { name: 'wait', width: 3 },
      { name: 'signal', width: 3 },
      ...FIELDS.map((name) => ({ name, width: fieldOf('product', name).bits })),
    ],
    lateFields: [
      { name: 'late_head', from: 'head_q', width: OWN_HEAD_BITS },
      { name: 'late_signal', from: 'signal_q', width: 3 },
      { name: 'late_a_wide', from: 'a_type_q[3]', width: 1 },
      { name: 'late_w_wide', from: 'w_type_q[3]', width: 1 },
      ...LATE_FIELDS.map((name) => ({ name: `late_${name}`, from: `${name}_q`, width: fieldOf('product', name).bits })),
      // Within what the requantiser tells apart.
      ...['low', 'high'].map((name) => ({ name: `late_${name}`, from: bound(`${name}_q`, bounds), width: bounds })),
    ],
    constants: localparams((name) => /^OPCODE_(PRODUCT|VECTOR)$|^SECOND_(ADD|MULTIPLY)$/.test(name)),
    ...illegalities(shape),
    wires: Object.entries(wires).map(([name, width]) => ({ name, width })),
    tile: {
      sizeTop: sizeBits - 1,
      size: byTile(machine, sizeBits, (channels) => Math.log2(channels / least)),
      ...{ outSize: size('out'), secondSize: size('second'), copySize: size('copy') },
      beatsTop: beatsBits - 1,
      beats: byTile(machine, beatsBits, (channels) => Math.log2(channels / requantiseLanes)),
      colTop: colBits - 1,
      last: byTile(machine, colBits, (channels) => channels / requantiseLanes - 1),
    },
    sequence: with_(sequence, {
      ...{ wide_i: 'a_wide', start_i: 'begin_q & ~is_vector', room_i: 'sums_room | hold_q', ...sequenceA },
      ...{ w_read_o: 'w_read_o', w_address_o: 'w_address_o', ends_o: 'tile_ends', began_o: 'tile_began' },
      began_last_o: 'tile_began_last',
      ...{ busy_o: 'sequence_busy', stepping_o: 'stepping_o' },
    }),
    feed: with_(feed, {
      ...{ a_data_i: 'a_data_i', w_data_i: 'w_data_i', ends_i: 'tile_ends & ~hold_q' },
      sums_o: 'sums_come',
    }),
    ...{ aModeTop: a.bits - 1, aMode: a.value, wModeTop: w.bits - 1, wMode: w.value },
    core: with_(core, { a_mode_i: 'a_modes', w_mode_i: 'w_modes' }),
    beats: withLate(beats, {
      ...{ valid_o: 'beat_valid', last_o: 'beat_last', copy_o: 'beat_copy', busy_o: 'beats_busy' },
      ...{ constant_read_o: 'constant_read_o', constant_address_o: 'constant_address_o' },
    }),
    sums: withLate(sums, {
      ...{ began_i: 'tile_began & ~hold_q', began_last_i: 'tile_began_last', room_o: 'sums_room' },
      ...{ sums_i: 'sums_come', there_o: 'sums_there', run_i: 'makes_sums', end_o: 'sums_end' },
      ...{ next_o: 'sums_next', sum_o: 'product_sums' },
    }),
    vector: with_(vector, {
      ...{ start_i: 'late_begin_q & late_vector_q', reduce_i: 'hold_q', next_o: 'vector_next', sum_o: 'vector_sums' },
      ...{ busy_o: 'vector_busy', ...vectorA },
    }),
    second: withLate(second, {
      ...{ there_i: 'has_second', size_i: 'second_size', wanted_i: 'sums_there | vector_busy' },
      ...{ pixel_ends_i: 'next & pixel_ends', ready_o: 'second_ready', read_o: 'second_read_o' },
      ...{ address_o: 'second_address_o', data_i: 'second_data_i', values_o: 'second_values' },
    }),
    ...{ requantiseLanes, accBits, valueBits: VALUE_BITS, factorBits: FACTOR_BITS, biasBits },
    sumFactor: fitted('own_sum', accBits, FACTOR_BITS),
    unsignedProduct: `${zeroExtend('value[VALUE_BITS-2:0]', VALUE_BITS - 1, PRODUCT_BITS - 1)} * ${zeroExtend('factor[FACTOR_BITS-2:0]', FACTOR_BITS - 1, PRODUCT_BITS - 1)}`,
    takenValue: `{value[VALUE_BITS-1], value, ${literal(FACTOR_BITS - VALUE_BITS, 0)}} & {FACTOR_BITS+1{factor[FACTOR_BITS-1]}}`,
    productSum: fitted('product', PRODUCT_BITS + 1, accBits),
    unusedProduct: accBits < PRODUCT_BITS + 1 ? ['product[PRODUCT_BITS]'] : [],
    unusedRecord: `{${['constant_data_i[RECORD+48 +: 16]', ...(biasBits < 32 ? [`constant_data_i[RECORD+BIAS_BITS +: ${32 - biasBits}]`] : [])].join(', ')}}`,
    requantise: withLate(requantise, {
      ...{ valid_i: 'beat_valid', last_i: 'beat_last', copy_i: 'beat_copy', sum_i: 'sums_q', bias_i: 'biases' },
      ...{ multiplier_i: 'multipliers', addend_i: 'addends_q', low_i: 'late_low_q', high_i: 'late_high_q' },
      ...{ valid_o: 'codes_valid', last_o: 'codes_last', copy_o: 'codes_copy', codes_o: 'codes' },
      busy_o: 'requantise_busy',
    }),
    lookup: withLate(lookup, {
      ...{ write_i: 'table_write_i', write_address_i: 'table_address_i', write_data_i: 'table_data_i' },
      ...{ valid_i: 'codes_valid', last_i: 'codes_last', copy_i: 'codes_copy', codes_i: 'codes' },
      ...{ valid_o: 'found_valid', last_o: 'found_last', copy_o: 'found_copy', codes_o: 'found' },
    }),
    results: withLate(results, {
      ...{ valid_i: 'found_valid', last_i: 'found_last', copy_i: 'found_copy', codes_i: 'found' },
      ...{ write_o: 'output_write_o', address_o: 'output_address_o', data_o: 'output_data_o' },
      ...{ range_o: 'results_range', busy_o: 'results_busy' },
    }),
    reads: [
      { name: 'a', buffer: 'activation' as const },
      { name: 'w', buffer: 'weight' as const },
      { name: 'constant', buffer: 'constant' as const },
      { name: 'second', buffer: 'output' as const },
    ].map(({ name, buffer }) => ({
      name,
      outside: `${name}_read_o & ${beyond(`${name}_address_o`, bufferOf(shape, buffer))}`,
    })),
  });
  return [
    ...decoders,
    values,
    places,
    tapModule(shape),
    sequence,
    feed,
    beats,
    sums,
    vector,
    second,
    requantise,
    lookup,
    results,
    compute,
  ];
}
