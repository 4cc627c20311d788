import { instance } from '../../instance.js';
import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { replicate } from '../../verilog.js';
import { fieldPorts } from '../fields.js';
import type { EngineShape } from '../shape.js';
import { halt } from '../units.js';
import { engineModule } from '../view.js';
import { tilePorts } from './beats.js';
import { type Computing, clear, start, tileSizes, VALUE_BITS } from './common.js';
import { valuesModules } from './values.js';

export const WALK_FIELDS = [
  ...['a_start', 'a_step_x', 'a_step_y', 'a_tap_x', 'a_tap_y', 'in_height', 'in_width', 'kernel_height'],
  ...['kernel_width', 'pad_top', 'pad_left', 'stride_y', 'stride_x', 'dilation_y', 'dilation_x', 'depth_words'],
] as const;

export function vectorModule(shape: EngineShape, { array }: Computing) {
  const { machine } = shape;
  const { rows, lanes: products, requantiseLanes: lanes } = machine;
  const accBits = array.accumulator.bits;
  const { colBits } = tileSizes(machine);
  const wordBits = 4 * rows * products;
  const { values } = valuesModules(shape);
  return engineModule(shape.bus, 'vector', {
    title: 'Vector commands: sums and maxima of the taps of windows.',
    ports: [
      ...[clock, reset, clear, halt, start],
      ...fieldPorts('vector', ['a_type', ...WALK_FIELDS, 'reduce']),
      tilePorts(machine).beats,
      input('ready_i', 1, 'the second operand of the beat is there'),
      input('pixel_ends_i', 1, 'the beat is the last of its pixel and tile'),
      input('last_x_i', 1, 'its pixel is the last of a row'),
      input('last_y_i', 1, 'and its row the last of an image'),
      input('last_pixel_i', 1, 'it is the last of all'),
      input('col_late_i', colBits, 'place of the beat before'),
      output('next_o', 1, 'the beat is complete'),
      output('a_read_o', 1, 'read a word of activations'),
      output('a_address_o', 16, 'which'),
      input('a_data_i', wordBits, 'what was read in the cycle before'),
      output('sum_o', lanes * accBits, 'sums of the beat that was complete two cycles before'),
      output('busy_o', 1, 'there are more beats'),
    ],
    ...{ lanes, accBits, wordBits, valueBits: VALUE_BITS },
    wideValue: `{${replicate(accBits - VALUE_BITS, `value[${VALUE_BITS - 1}]`)}, value}`,
    values: {
      ...instance(
        values,
        (port) =>
          ({ codes_i: 'a_data_i', type_i: 'a_type_i', beats_i: 'beats_i', col_i: 'col_late_i', values_o: 'values' })[
            port
          ],
      ),
      parameters: [{ port: 'BITS', name: String(wordBits) }],
    },
  });
}
