import { wordBytes } from '../../../commands/machine.js';
import { instance } from '../../instance.js';
import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { literal, replicate } from '../../verilog.js';
import { fieldPorts } from '../fields.js';
import { beyond, bufferOf, type EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { tilePorts } from './beats.js';
import { clear, start, tileSizes } from './common.js';
import { partWidth, placesModule } from './places.js';

export function resultsModule(shape: EngineShape) {
  const { machine } = shape;
  const { requantiseLanes: lanes } = machine;
  const { bits, partBits, sizeBits, colBits, most } = tileSizes(machine);
  const wordBits = 8 * wordBytes(machine, 'output');
  const width = partWidth(shape);
  const parts = 2 ** width;
  const channelBits = Math.log2(2 * most);
  const laneBits = Math.log2(lanes);
  const restWords = bits / wordBits - 1;
  const restBits = Math.log2(restWords + 1);
  const places = placesModule(shape);
  const place = (kind: 'out' | 'copy') => ({
    ...instance(places, (port) => {
      const own: Readonly<Record<string, string>> = {
        ...{ clk_i: 'clk_i', start_i: 'start_i', first_i: `${kind}_start_i`, pixel_words_i: `${kind}_pixel_words_i` },
        ...{ size_i: `${kind}_size_i`, next_i: `whole_q & ${kind === 'copy' ? '' : '~'}copy_q`, last_i: 'last_q' },
        ...{ word_o: `${kind}_word`, part_o: `${kind}_part` },
      };
      return own[port];
    }),
    label: `u_${kind}_places`,
  });
  return engineModule(shape.bus, 'results', {
    title: 'Results: codes of pixels, packed into words of the output buffer.',
    ports: [
      ...[clock, reset, clear, start],
      ...[tilePorts(machine).last, tilePorts(machine).beats],
      input('out_wide_i', 1, 'results of 8 bits'),
      input('copy_wide_i', 1, 'a copy of 8 bits'),
      input('out_size_i', sizeBits, `logarithm of the parts of ${partBits} bits that a tile of results has`),
      input('copy_size_i', sizeBits, 'the same of the copy'),
      ...fieldPorts('product', ['out_start', 'out_pixel_words', 'copy_start', 'copy_pixel_words']),
      input('valid_i', 1, 'codes come'),
      input('last_i', 1, 'of the last pixel of a tile'),
      input('copy_i', 1, 'of the copy'),
      input('codes_i', 8 * lanes, '8 bits for each lane'),
      output('write_o', parts, 'parts of a word of the output buffer that are written'),
      output('address_o', 16, 'which word'),
      output('data_o', wordBits, 'what with'),
      output('range_o', 1, 'a word is beyond the end of the buffer'),
      output('busy_o', 1, 'a word is written'),
    ],
    ...{ lanes, wordBits, partBits, tileBits: bits, channelBits, sizeTop: sizeBits - 1 },
    ...{ colTop: colBits - 1, zeroCol: literal(colBits, 0), oneCol: literal(colBits, 1) },
    channelTop: channelBits - 1,
    code: laneBits > 0 ? `codes_i[{shifted[${laneBits - 1}:0], half, 2'd0} +: 4]` : "codes_i[{half, 2'd0} +: 4]",
    ...{ width, partTop: width - 1, zeroPart: literal(width, 0), ones: replicate(width, "1'b1") },
    places: [place('out'), place('copy')],
    restTop: restBits - 1,
    zeroRest: literal(restBits, 0),
    oneRest: literal(restBits, 1),
    restWords: `size > ${literal(sizeBits, width)} ? ~({${restBits}{1'b1}} << (size - ${literal(sizeBits, width)})) : ${literal(restBits, 0)}`,
    restShift: restWords > 1 ? `{${literal(wordBits, 0)}, rest_q[TILE_BITS-WORD_BITS-1:WORD_BITS]}` : 'rest_q',
    outside: beyond('place', bufferOf(shape, 'output')),
  });
}
