import type { Machine } from '../../../commands/machine.js';
import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { literal } from '../../verilog.js';
import { fieldPorts } from '../fields.js';
import type { EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { clear, start, tileSizes } from './common.js';

/** What tells the beats of a tile, for all that follow them. */
export const tilePorts = (machine: Machine) => {
  const { colBits, beatsBits } = tileSizes(machine);
  return {
    last: input('last_beat_i', colBits, 'the last beat of a tile'),
    beats: input('beats_i', beatsBits, 'logarithm of the beats of a tile'),
  };
};

export function beatsModule(shape: EngineShape) {
  const { machine } = shape;
  const { colBits } = tileSizes(machine);
  return engineModule(shape.bus, 'beats', {
    title: 'Beats of results, one behind the other.',
    ports: [
      ...[clock, reset, clear, start],
      tilePorts(machine).last,
      ...fieldPorts('product', ['out_height', 'out_width', 'more_images', 'copy', 'per_channel', 'constant_start']),
      input('next_i', 1, 'the sums of a beat are read'),
      output('col_o', colBits, 'place of the beat in its tile'),
      output('pixel_ends_o', 1, 'it is the last of its pixel and tile'),
      output('last_x_o', 1, 'its pixel is the last of a row'),
      output('last_y_o', 1, 'its row is the last of an image'),
      output('last_pixel_o', 1, 'it is the last of all'),
      output('col_late_o', colBits, 'place of the beat before'),
      output('constant_read_o', 1, 'read constants'),
      output('constant_address_o', 16, 'which word'),
      output('valid_o', 1, 'a beat for the requantiser'),
      output('last_o', 1, 'it is of the last pixel of a tile'),
      output('copy_o', 1, 'it is of the copy'),
      output('busy_o', 1, 'a beat is on its way to the requantiser'),
    ],
    lanes: machine.requantiseLanes,
    colTop: colBits - 1,
    zeroCol: literal(colBits, 0),
    oneCol: literal(colBits, 1),
  });
}
