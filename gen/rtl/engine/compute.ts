import { stepsPerWord, typeNumber, wordBytes } from '../../commands/machine.js';
import type { Design } from '../design.js';
import { type InstanceView, instance } from '../instance.js';
import { input, type ModuleView, output } from '../module.js';
import { bitsFor } from '../operand.js';
import { clock, reset } from '../ports.js';
import { biasOf } from '../product-bias.js';
import type { RequantiserDesign } from '../requantise/design.js';
import { literal, replicate, zeroExtend } from '../verilog.js';
import { fieldOf, fieldPorts } from './fields.js';
import { addressBitsFor, beyond, bufferOf, type EngineShape, HEAD_BITS, leastTileBits } from './shape.js';
import { commandPorts, halt } from './units.js';
import { engineModule } from './view.js';

/** What computes in an engine: the array's core and the requantiser. */
export interface Computing {
  readonly array: Design;
  readonly requantiser: RequantiserDesign;
}

const clear = input('clear_i', 1, '1: forget what is under way');
const start = input('start_i', 1, 'begin a product');

const SEQUENCE_FIELDS = [
  ...['a_start', 'w_start', 'a_step_x', 'a_step_y', 'a_tap_x', 'a_tap_y', 'group_step', 'in_height', 'in_width'],
  ...['out_height', 'out_width', 'kernel_height', 'kernel_width', 'pad_top', 'pad_left', 'stride_y', 'stride_x'],
  ...['dilation_y', 'dilation_x', 'depth_tail', 'depth_words', 'groups', 'column_tiles'],
] as const;

/** Cycles by which the weights of a step follow the activations of the same slot. */
const AHEAD = 2;

function sequenceModule(shape: EngineShape) {
  const { rows } = shape.machine;
  const slotBits = Math.log2(rows);
  const half = slotBits - 1;
  const slotLow = half > 0 ? zeroExtend(`slot_q[${half - 1}:0]`, half, 9) : literal(9, 0);
  const slotBit = `slot_q[${half}]`;
  return engineModule(shape.bus, 'sequence', {
    title: 'Sequence of a product: which words are read, and what is done with them.',
    ports: [
      ...[clock, reset, clear, halt, start],
      input('wide_i', 1, 'activations of 8 bits'),
      ...fieldPorts('product', SEQUENCE_FIELDS),
      input('room_i', 1, 'one more tile of sums can be kept'),
      output('a_read_o', 1, 'read a word of activations'),
      output('a_address_o', 16, 'which'),
      output('a_padding_o', 1, 'of the cycle before: it is 0 instead'),
      output('load_o', 1, 'the top row gets the word of the cycle before'),
      output('w_read_o', 1, 'read a word of weights'),
      output('w_address_o', 16, 'which'),
      output('w_there_o', 1, 'of the cycle before: there is one'),
      output('ends_o', 1, 'a tile ends'),
      output('began_o', 1, 'a tile of sums is to be kept'),
      output('busy_o', 1, 'there is more to come'),
      output('stepping_o', 1, 'rows take a step'),
      output('waiting_o', 1, 'there is no room'),
    ],
    ...{ rows, halfRows: rows / 2, ahead: AHEAD, aheadTop: AHEAD - 1, aheadTopLess: AHEAD - 2 },
    slotTop: slotBits - 1,
    firstSlot: literal(slotBits, 0),
    lastSlot: literal(slotBits, rows - 1),
    oneSlot: literal(slotBits, 1),
    pixelEnds: '~wide_i | slot_q[0]',
    stepsOfSlot: `wide_i ? ${slotLow} : ${zeroExtend('slot_q', slotBits, 9)}`,
    inLast: `words_q == (wide_i & ${slotBit} ? 12'd2 : 12'd1)`,
    stepThere: `~wide_i | ~${slotBit} | second`,
    noneAhead: literal(AHEAD, 0),
  });
}

function feedModule(shape: EngineShape, { array }: Computing) {
  const { rows, cols, lanes } = shape.machine;
  const { pipeline } = array.config;
  const codeBits = 4 * lanes;
  const wordBits = rows * codeBits;
  return engineModule(shape.bus, 'feed', {
    title: 'Operands of the core, skewed.',
    ports: [
      ...[clock, reset, clear],
      input('wide_i', 1, 'activations of 8 bits'),
      input('a_data_i', wordBits, 'a word of activations'),
      input('a_padding_i', 1, 'it is 0'),
      input('load_i', 1, 'the top row gets the word before'),
      input('w_data_i', cols * codeBits, 'a word of weights'),
      input('w_there_i', 1, 'it is there; else 0'),
      input('ends_i', 1, 'a tile ends'),
      output('a_code_o', wordBits, 'to the core'),
      output('w_code_o', cols * codeBits, 'to the core'),
      output('swap_o', rows, 'to the core'),
      output('sums_o', 1, 'the swap of the top row is that of a tile'),
      output('reset_sums_o', 1, 'the top row swaps'),
    ],
    ...{ rows, cols, codeBits, delay: `${shape.bus.name}_delay` },
    shifted: `{{CODE_BITS{1'b0}}, codes_q[WORD_BITS-1:CODE_BITS]}`,
    late:
      array.lateFrom === undefined
        ? []
        : [`Sums come a cycle later: the bits from ${array.lateFrom} up are that late.`],
    sumsCome: array.lateFrom === undefined ? `ends_q[${pipeline}]` : 'ends_late_q',
    sumsBegin: array.lateFrom === undefined ? 'swap' : 'swap_late_q',
    endsTop: pipeline,
    firstSwap: pipeline + 2,
    noEnds: literal(pipeline + 1, 0),
    nextEnds: `{ends_q[${pipeline - 1}:0], ends_i}`,
    nextSwaps: rows > 2 ? `{swap_q[ROWS-3:0], swap}` : 'swap',
  });
}

function sumsModule(shape: EngineShape, { array }: Computing) {
  const { rows, cols, requantiseLanes: lanes, lanes: machineLanes } = shape.machine;
  const laneCols = cols / lanes;
  const left = rows + cols - 2;
  const leftBits = bitsFor(left);
  const addressBits = addressBitsFor(2 * (rows + cols - 1));
  const rowBits = Math.log2(rows);
  const colBits = Math.max(1, Math.log2(laneCols));
  const bias = biasOf(array);
  const biasBits = bias?.bits ?? 0;
  const accBits = array.accumulator.bits;
  const wide = (name: string, bits: number): string => zeroExtend(name, bits, addressBits);
  return engineModule(shape.bus, 'sums', {
    title: 'Sums on their way from the core to the requantiser.',
    ports: [
      ...[clock, reset, clear, start],
      input('a_wide_i', 1, 'activations of 8 bits'),
      input('w_wide_i', 1, 'weights of 8 bits'),
      ...fieldPorts('product', ['out_height', 'out_width', 'per_channel', 'constant_start']),
      input('began_i', 1, 'the array begins the last words of a tile'),
      output('room_o', 1, 'it may'),
      input('sums_i', 1, 'the top row swaps: sums come'),
      ...(bias ? [input('reset_sums_i', 1, 'the top row swaps')] : []),
      input('sum_i', cols * accBits, 'of the core'),
      output('valid_o', 1, 'sums for the requantiser'),
      output('last_o', 1, 'of the last pixel of a column tile'),
      output('sum_o', lanes * accBits, 'sums'),
      output('constant_read_o', 1, 'read constants'),
      output('constant_address_o', 16, 'which word'),
      output('idle_o', 1, 'there are none'),
    ],
    ...{ cols, lanes, laneCols, laneColsTop: laneCols - 1, accBits, addressBits, words: 2 ** addressBits },
    ...{ fifo: `${shape.bus.name}_fifo`, ram: `${shape.bus.name}_ram_1r1w` },
    ...{
      leftTop: leftBits - 1,
      zeroLeft: literal(leftBits, 0),
      oneLeft: literal(leftBits, 1),
      allLeft: literal(leftBits, left),
    },
    oneWord: literal(addressBits, 1),
    nextReady: `{ready_q[COLS-2:0], here_q}`,
    bias: bias === undefined ? null : { module: `${shape.bus.name}_correct` },
    biasTop: biasBits - 1,
    zeroBias: literal(Math.max(1, biasBits), 0),
    products: literal(Math.max(1, biasBits), machineLanes % 2 ** Math.max(1, biasBits)),
    tileWires: [{ name: 'first', width: addressBits }, ...(bias ? [{ name: 'products', width: biasBits }] : [])],
    tileBits: addressBits + biasBits,
    tileIn: bias ? '{products_2_q, write_q}' : 'write_q',
    tileOut: bias ? '{products, first}' : 'first',
    ...{
      rowTop: rowBits - 1,
      zeroRow: literal(rowBits, 0),
      oneRow: literal(rowBits, 1),
      twoRows: literal(rowBits, 2 % rows),
    },
    ...{
      lastRow: literal(rowBits, rows - 1),
      lastRowPair: literal(rowBits, rows - 2),
      oddRow: zeroExtend('odd_row_q', 1, rowBits),
    },
    ...{
      colTop: colBits - 1,
      zeroCol: literal(colBits, 0),
      oneCol: literal(colBits, 1),
      twoCols: literal(colBits, 2 % 2 ** colBits),
    },
    ...{ lastCol: literal(colBits, laneCols - 1), lastColPair: literal(colBits, Math.max(0, laneCols - 2)) },
    oddColOr: `col_q | ${zeroExtend('odd_col_q', 1, colBits)}`,
    rowWide: wide('row', rowBits),
    colWide: wide('col', colBits),
  });
}

function resultsModule(shape: EngineShape) {
  const { machine } = shape;
  const { cols, requantiseLanes: lanes } = machine;
  const laneCols = cols / lanes;
  const colBits = Math.max(1, Math.log2(laneCols));
  const wordBits = 8 * wordBytes(machine, 'output');
  const partBits = leastTileBits(machine);
  const parts = wordBits / partBits;
  const partWidth = Math.max(1, Math.log2(parts));
  // Bits of a column tile by `size`, and what follows.
  const sizes = [2 * cols, 4 * cols, 8 * cols].map((bits) => ({
    bits,
    parts: Math.min(bits, wordBits) / partBits,
    words: Math.max(1, bits / wordBits),
  }));
  const bySize = (value: (size: (typeof sizes)[number]) => string): string => {
    const [small = '', middle = '', large = ''] = sizes.map(value);
    return `size == 2'd0 ? ${small} : size == 2'd1 ? ${middle} : ${large}`;
  };
  const restWords = (sizes.at(-1)?.words ?? 1) - 1;
  const restBits = bitsFor(restWords);
  const restTotal = 8 * cols - wordBits;
  const tilePart = (of: { parts: number }): string => {
    const place = of.parts === 1 ? '0' : `(n % ${of.parts})`;
    return `tile_q[${place}*PART_BITS +: PART_BITS]`;
  };
  const laneBody =
    parts === 1
      ? ['assign word[0 +: PART_BITS] = tile_q[0 +: PART_BITS];', "assign parts[0] = 1'b1;"]
      : [
          `localparam [${partWidth - 1}:0] PLACE = n;`,
          `wire here = ${bySize((size) => (size.parts === parts ? "1'b1" : `(part_q ^ PLACE) < ${literal(partWidth, size.parts)}`))};`,
          `wire [PART_BITS-1:0] codes = ${bySize(tilePart)};`,
          `assign word[n*PART_BITS +: PART_BITS] = here ? codes : {PART_BITS{1'b0}};`,
          `assign parts[n] = here | part_q == ${literal(partWidth, 0)};`,
        ];
  return engineModule(shape.bus, 'results', {
    title: 'Results: codes of pixels, packed into words of the output buffer.',
    ports: [
      ...[clock, reset, clear, start],
      input('w_wide_i', 1, 'weights of 8 bits'),
      input('out_wide_i', 1, 'results of 8 bits'),
      ...fieldPorts('product', ['out_start', 'out_pixel_words']),
      input('valid_i', 1, 'codes come'),
      input('last_i', 1, 'of the last pixel of a column tile'),
      input('codes_i', 8 * lanes, '8 bits for each lane'),
      output('write_o', parts, 'lanes of the output buffer that are written'),
      output('address_o', 16, 'word'),
      output('data_o', wordBits, 'what with'),
      output('range_o', 1, 'a word is beyond the end of the buffer'),
      output('busy_o', 1, 'a word is written'),
    ],
    ...{ lanes, cols, wordBits, partBits },
    ...{ colTop: colBits - 1, zeroCol: literal(colBits, 0), oneCol: literal(colBits, 1) },
    ...{ lastCol: literal(colBits, laneCols - 1), lastColPair: literal(colBits, laneCols / 2 - 1) },
    colWide: zeroExtend('col_q', colBits, 32),
    ...{ partTop: partWidth - 1, zeroPart: literal(partWidth, 0) },
    partStep: bySize((size) => literal(partWidth, size.parts % parts)),
    tileStep: bySize(({ parts: own, words }) => {
      if (own === parts) return literal(16, words);
      return `{15'd0, part_q >= ${literal(partWidth, parts - own)}}`;
    }),
    laneBody: laneBody.join('\n      '),
    rest: restTotal > 0,
    ...(restTotal > 0
      ? {
          ...{ writes: 'whole_q | more', address: 'whole_q ? address_q : rest_address_q' },
          data: 'whole_q ? word : rest_q[WORD_BITS-1:0]',
        }
      : { writes: 'whole_q', address: 'address_q', data: 'word' }),
    restTop: Math.max(1, restBits) - 1,
    zeroRest: literal(Math.max(1, restBits), 0),
    oneRest: literal(Math.max(1, restBits), 1),
    restWords: bySize(({ words }) => literal(Math.max(1, restBits), words - 1)),
    restShift: restWords > 1 ? `{${literal(wordBits, 0)}, rest_q[TILE_BITS-WORD_BITS-1:WORD_BITS]}` : 'rest_q',
    outside: beyond('address', bufferOf(shape, 'output')),
  });
}

/** All fields that the unit keeps of a command. */
const FIELDS = [
  ...['a_type', 'w_type', 'out_type', 'second', 'copy', 'lookup', 'per_channel', 'hold'],
  ...SEQUENCE_FIELDS,
  ...['constant_start', 'out_start', 'low', 'high', 'out_pixel_words', 'shift'],
] as const;

/** Numbers of the types of a port: as they stand in the lists of the design. */
const typeChoice = (signal: string, values: readonly (readonly [number: number, value: string])[]): string => {
  const [[, last = ''] = [], ...rest] = [...values].reverse();
  return rest.reduce((text, [number, value]) => `${signal} == ${literal(4, number)} ? ${value} : ${text}`, last);
};

const notOneOf = (signal: string, names: readonly string[]): string =>
  `~(${names.map((name) => `${signal} == ${literal(4, typeNumber(name))}`).join(' | ')})`;

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

/** A bound of 16 bits in the width that the requantiser has for it. */
function bound(name: 'low' | 'high', width: number) {
  const from = `${name}_q`;
  if (width >= 16)
    return {
      name,
      width,
      wire: name,
      value: width === 16 ? from : `{${replicate(width - 16, `${from}[15]`)}, ${from}}`,
    };
  const upper = `${from}[15:${width - 1}]`;
  return {
    name,
    width,
    wire: name,
    value: `(&${upper} | ~|${upper}) ? ${from}[${width - 1}:0] : {${from}[15], ${replicate(width - 1, `~${from}[15]`)}}`,
  };
}

/** The compute unit and its parts, in compile order. */
export function computeModules(shape: EngineShape, computing: Computing): ModuleView[] {
  const { array, requantiser } = computing;
  const { machine } = shape;
  const { rows, cols, lanes, requantiseLanes } = machine;
  const sequence = sequenceModule(shape);
  const feed = feedModule(shape, computing);
  const sums = sumsModule(shape, computing);
  const results = resultsModule(shape);
  const core = array.modules.find(({ name }) => name === `${array.config.name}_core`);
  if (core === undefined) throw new Error('the array has no core');
  const [a, w] = [modeOf('a_type_q', array.a), modeOf('w_type_q', array.w)];
  const own: Readonly<Record<string, string>> = {
    ...Object.fromEntries(FIELDS.map((name) => [`${name}_i`, `${name}_q`])),
    ...{ clk_i: 'clk_i', rst_ni: 'rst_ni', clear_i: 'clear_i', halt_i: 'halt_i', start_i: 'begin_q' },
    ...{ a_wide_i: 'a_wide', w_wide_i: 'w_wide', out_wide_i: 'out_wide' },
  };
  const with_ = (module: Pick<ModuleView, 'name' | 'ports'>, more: Readonly<Record<string, string>>): InstanceView =>
    instance(module, (port) => more[port] ?? own[port]);
  const fieldBits = (name: string): number => fieldOf('product', name).bits;
  const accBits = array.accumulator.bits;
  const least = FIELDS.filter((name) => fieldOf('product', name).least === 1);
  const steps = (bits: number): string => literal(8, stepsPerWord(machine, bits));
  const resultTypes = requantiser.config.types.map(
    (name, i) => [typeNumber(name), literal(requantiser.widths.typeBits, i)] as const,
  );
  const compute = engineModule(shape.bus, 'compute', {
    title: 'Compute unit: products on the array, and what becomes of their sums.',
    ports: [
      ...commandPorts(),
      ...fieldPorts('product', FIELDS),
      output('range_address_o', 16, 'the word'),
      output('a_read_o', 1, 'read a word of activations'),
      output('a_address_o', 16, 'which'),
      input('a_data_i', 4 * rows * lanes, 'what was read in the cycle before'),
      output('w_read_o', 1, 'read a word of weights'),
      output('w_address_o', 16, 'which'),
      input('w_data_i', 4 * cols * lanes, 'what was read in the cycle before'),
      output('constant_read_o', 1, 'read a word of constants'),
      output('constant_address_o', 16, 'which'),
      input('constant_data_i', 64 * requantiseLanes, 'what was read in the cycle before'),
      output(
        'output_write_o',
        (8 * wordBytes(machine, 'output')) / leastTileBits(machine),
        'lanes of the output buffer that are written',
      ),
      output('output_address_o', 16, 'word'),
      output('output_data_o', 8 * wordBytes(machine, 'output'), 'what with'),
      output('stepping_o', 1, 'the array takes a step'),
      output('waits_token_o', 1, 'the unit waits for a token'),
      output('waits_requantiser_o', 1, 'the array waits for the requantiser'),
    ],
    fields: [
      { name: 'head', width: HEAD_BITS },
      { name: 'wait', width: 3 },
      { name: 'signal', width: 3 },
      ...FIELDS.map((name) => ({ name, width: fieldBits(name) })),
    ],
    illegal: [
      ...least.map((name) => `${name}_q == ${literal(fieldBits(name), 0)}`),
      notOneOf('a_type_q', machine.activationTypes),
      notOneOf('w_type_q', machine.weightTypes),
      `depth_tail_q > (a_wide ? ${steps(8)} : ${steps(4)})`,
      ...['wait_q[1]', 'signal_q[1]'],
    ].join('\n        | '),
    illegalResults: [
      notOneOf('out_type_q', machine.resultTypes),
      '$signed(high_q) < $signed(low_q)',
      ...["second_q != 2'd0", 'copy_q', 'lookup_q'],
    ].join('\n        | '),
    wires: [
      ...[
        'a_padding',
        'load',
        'w_there',
        'tile_ends',
        'tile_began',
        'sequence_busy',
        'waiting',
        'sums_room',
        'sums_come',
      ],
      ...[
        'reset_sums',
        'sums_valid',
        'sums_last',
        'sums_idle',
        'codes_valid',
        'codes_last',
        'results_busy',
        'results_range',
      ],
    ]
      .map((name) => ({ name, width: 1 }))
      .concat([
        { name: 'a_code', width: 4 * rows * lanes },
        { name: 'w_code', width: 4 * cols * lanes },
        { name: 'swap', width: rows },
        { name: 'sum', width: cols * accBits },
        { name: 'sums', width: requantiseLanes * accBits },
        { name: 'codes', width: 8 * requantiseLanes },
      ]),
    sequence: with_(sequence, {
      ...{
        wide_i: 'a_wide',
        room_i: 'sums_room | hold_q',
        a_read_o: 'a_read_o',
        a_address_o: 'a_address_o',
        w_read_o: 'w_read_o',
      },
      ...{
        w_address_o: 'w_address_o',
        ends_o: 'tile_ends',
        began_o: 'tile_began',
        busy_o: 'sequence_busy',
        stepping_o: 'stepping_o',
      },
    }),
    feed: with_(feed, {
      ...{
        wide_i: 'a_wide',
        a_data_i: 'a_data_i',
        w_data_i: 'w_data_i',
        ends_i: 'tile_ends & ~hold_q',
        sums_o: 'sums_come',
      },
    }),
    ...{ aModeTop: a.bits - 1, aMode: a.value, wModeTop: w.bits - 1, wMode: w.value },
    core: with_(core, { a_mode_i: `{${rows}{a_mode}}`, w_mode_i: `{${cols}{w_mode}}` }),
    sums: with_(sums, {
      ...{
        began_i: 'tile_began & ~hold_q',
        room_o: 'sums_room',
        sums_i: 'sums_come',
        valid_o: 'sums_valid',
        last_o: 'sums_last',
      },
      ...{
        sum_o: 'sums',
        constant_read_o: 'constant_read_o',
        constant_address_o: 'constant_address_o',
        idle_o: 'sums_idle',
      },
    }),
    bounds: (['low', 'high'] as const).map((name) => bound(name, requantiser.widths.doubledBits - 1)),
    resultTypeTop: requantiser.widths.typeBits - 1,
    resultType: typeChoice('out_type_q', resultTypes),
    requantiseLanes,
    requantise: with_(requantiser.top, {
      ...{
        in_valid_i: 'sums_valid',
        in_ready_o: 'unused_ready',
        in_last_i: 'sums_last',
        sum_data_i: 'sums',
        bias_data_i: 'biases',
      },
      ...{
        multiplier_data_i: 'multipliers',
        type_i: 'result_type',
        low_i: 'low',
        high_i: 'high',
        out_valid_o: 'codes_valid',
      },
      ...{ out_ready_i: "1'b1", out_last_o: 'codes_last', out_data_o: 'codes' },
    }),
    results: with_(results, {
      ...{
        valid_i: 'codes_come',
        last_i: 'codes_last',
        codes_i: 'codes',
        write_o: 'output_write_o',
        address_o: 'output_address_o',
      },
      ...{ data_o: 'output_data_o', range_o: 'results_range', busy_o: 'results_busy' },
    }),
    aOutside: `a_read_o & ${beyond('a_address_o', bufferOf(shape, 'activation'))}`,
    wOutside: `w_read_o & ${beyond('w_address_o', bufferOf(shape, 'weight'))}`,
    constantOutside: `constant_read_o & ${beyond('constant_address_o', bufferOf(shape, 'constant'))}`,
  });
  return [sequence, feed, sums, results, compute];
}
