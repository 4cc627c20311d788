import { instance } from '../../instance.js';
import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { literal, zeroExtend } from '../../verilog.js';
import { fieldPorts } from '../fields.js';
import type { EngineShape } from '../shape.js';
import { halt } from '../units.js';
import { engineModule } from '../view.js';
import { clear, start } from './common.js';

export const SEQUENCE_FIELDS = [
  ...['a_start', 'w_start', 'a_step_x', 'a_step_y', 'a_tap_x', 'a_tap_y', 'group_step', 'in_height', 'in_width'],
  ...['out_height', 'out_width', 'kernel_height', 'kernel_width', 'pad_top', 'pad_left', 'stride_y', 'stride_x'],
  ...['dilation_y', 'dilation_x', 'depth_tail', 'depth_words', 'groups', 'column_tiles', 'more_images'],
] as const;

/** Cycles by which the weights of a step follow the activations of the same slot. */
const AHEAD = 2;

/** Fields of a tap's place, and their widths: of its word, within the window, and of the pixel from the window's first one. */
const PLACE = { address: 16, words: 12, x: 8, y: 8, in_x: 14, in_y: 14 } as const;
const TAP_FIELDS = ['kernel_width', 'kernel_height', 'dilation_x', 'dilation_y', 'a_tap_x', 'a_tap_y', 'depth_words'];

/** From a word of a window to the next one. */
export function tapModule(shape: EngineShape) {
  const names = Object.entries(PLACE);
  return engineModule(shape.bus, 'tap', {
    title: 'The next word of a window.',
    ports: [
      ...fieldPorts('product', TAP_FIELDS),
      ...names.map(([name, bits]) => input(`${name}_i`, bits, MEANINGS[name as keyof typeof PLACE])),
      output('last_o', 1, 'there is none'),
      ...names.map(([name, bits]) => output(`${name}_o`, bits, 'the same of the next word')),
    ],
  });
}

const MEANINGS: Readonly<Record<keyof typeof PLACE, string>> = {
  address: "word, from the pixel's first one",
  words: 'words of the tap, from this one on',
  ...{ x: 'tap of its row', y: 'row of taps' },
  ...{ in_x: 'pixels right of the first tap', in_y: 'pixels below the first tap' },
};

/** The two words behind the one that is read. */
function nextWords(shape: EngineShape) {
  const tap = tapModule(shape);
  const own: Readonly<Record<string, string>> = {
    ...{ address: 'tap_address_q', words: 'words_q', x: 'tap_x_q', y: 'tap_y_q', in_x: 'tap_in_x_q' },
    in_y: 'tap_in_y_q',
  };
  const step = (from: string, to: string) =>
    instance(tap, (port) => {
      const name = port.replace(/_[io]$/, '');
      if (name === 'last') return `${from}_last`;
      if (!(name in PLACE)) return port;
      if (port.endsWith('_o')) return `${to}_${name}`;
      return from === 'first' ? own[name] : `${from}_${name}`;
    });
  const wires = (prefix: string) =>
    Object.entries(PLACE).map(([name, width]) => ({ name: `${prefix}_${name}`, width: width as number }));
  return {
    nextWires: [
      ...['first_last', 'second_last'].map((name) => ({ name, width: 1 })),
      ...wires('second'),
      ...wires('third'),
    ],
    second: step('first', 'second'),
    third: step('second', 'third'),
  };
}

export function sequenceModule(shape: EngineShape) {
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
      output('began_last_o', 1, 'it is the last one of the product'),
      output('busy_o', 1, 'there is more to come'),
      output('stepping_o', 1, 'a step of a reduction begins'),
      output('waiting_o', 1, 'there is no room'),
    ],
    ...{ rows, halfRows: rows / 2, ahead: AHEAD, aheadTop: AHEAD - 1, aheadTopLess: AHEAD - 2 },
    slotTop: slotBits - 1,
    firstSlot: literal(slotBits, 0),
    lastSlot: literal(slotBits, rows - 1),
    oneSlot: literal(slotBits, 1),
    pixelEnds: '~wide_i | slot_q[0]',
    stepsOfSlot: `wide_i ? ${slotLow} : ${zeroExtend('slot_q', slotBits, 9)}`,
    inLast: `(wide_i & ${slotBit} ? second_words : words_q) == 12'd1`,
    ...nextWords(shape),
    stepThere: `~wide_i | ~${slotBit} | second`,
    noneAhead: literal(AHEAD, 0),
  });
}
