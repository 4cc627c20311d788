import { instance } from '../../instance.js';
import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { literal } from '../../verilog.js';
import { fieldPorts } from '../fields.js';
import type { EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { tilePorts } from './beats.js';
import { clear, start, tileSizes, VALUE_BITS } from './common.js';
import { partWidth, placesModule } from './places.js';
import { valuesModules } from './values.js';

export function secondModule(shape: EngineShape) {
  const { machine } = shape;
  const { requantiseLanes: lanes } = machine;
  const { bits, partBits, sizeBits, colBits } = tileSizes(machine);
  const width = partWidth(shape);
  const wordBits = partBits * 2 ** width;
  const countBits = Math.log2(bits / wordBits);
  const { values } = valuesModules(shape);
  return engineModule(shape.bus, 'second', {
    title: 'Second operands: read from the output buffer, tile by tile of a pixel.',
    ports: [
      ...[clock, reset, clear, start],
      input('there_i', 1, 'there are second operands'),
      ...fieldPorts('product', ['second_type', 'second_start', 'second_pixel_words']),
      input('size_i', sizeBits, `logarithm of the parts of ${partBits} bits that a tile has`),
      tilePorts(machine).beats,
      input('wanted_i', 1, 'there is a beat to come'),
      output('ready_o', 1, 'it may'),
      input('pixel_ends_i', 1, 'it does, and is the last of its pixel and tile'),
      input('last_pixel_i', 1, 'its pixel is the last'),
      input('col_late_i', colBits, 'place of the beat before'),
      output('read_o', 1, 'read the output buffer'),
      output('address_o', 16, 'word'),
      input('data_i', wordBits, 'what was read in the cycle before'),
      output('values_o', lanes * VALUE_BITS, 'values of the beat that was complete two cycles before'),
    ],
    ...{ lanes, wordBits, partBits, tileBits: bits, valueBits: lanes * VALUE_BITS },
    ...{ countTop: countBits - 1, noWords: literal(countBits, 0), oneWord: literal(countBits, 1) },
    ...{ partTop: width - 1, zeroPart: literal(width, 0) },
    lastWord: `size_i > ${literal(sizeBits, width)} ? ~({${countBits}{1'b1}} << (size_i - ${literal(sizeBits, width)})) : ${literal(countBits, 0)}`,
    countWide: `{${literal(16 - countBits, 0)}, count_q}`,
    places: instance(
      placesModule(shape),
      (port) =>
        ({
          ...{ clk_i: 'clk_i', start_i: 'start_i', first_i: 'second_start_i', pixel_words_i: 'second_pixel_words_i' },
          ...{ size_i: 'size_i', next_i: 'pixel_ends_i', last_i: 'last_pixel_i' },
        })[port],
    ),
    values: {
      ...instance(
        values,
        (port) =>
          ({ codes_i: 'tile_q', type_i: 'second_type_i', beats_i: 'beats_i', col_i: 'col_late_i', values_o: 'values' })[
            port
          ],
      ),
      parameters: [{ port: 'BITS', name: 'TILE_BITS' }],
    },
  });
}
