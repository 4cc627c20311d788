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
  ...['dilation_y', 'dilation_x', 'depth_tail', 'depth_words', 'groups', 'column_tiles'],
] as const;

/** Cycles by which the weights of a step follow the activations of the same slot. */
const AHEAD = 2;

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
    inLast: `words_q == (wide_i & ${slotBit} ? 12'd2 : 12'd1)`,
    stepThere: `~wide_i | ~${slotBit} | second`,
    noneAhead: literal(AHEAD, 0),
  });
}
