import { wordBytes } from '../../../commands/machine.js';
import { input, output } from '../../module.js';
import { clock } from '../../ports.js';
import { literal } from '../../verilog.js';
import type { EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { start, tileSizes } from './common.js';

/** Width of a place among the parts of a word of the output buffer. */
export function partWidth({ machine }: EngineShape): number {
  return Math.log2((8 * wordBytes(machine, 'output')) / tileSizes(machine).partBits);
}

export function placesModule(shape: EngineShape) {
  const { sizeBits, partBits } = tileSizes(shape.machine);
  const width = partWidth(shape);
  return engineModule(shape.bus, 'places', {
    title: 'Places of the tiles of pixels in the output buffer.',
    ports: [
      clock,
      start,
      input('first_i', 16, 'word of the first tile of the first pixel'),
      input('pixel_words_i', 12, 'words from a pixel to the next'),
      input('size_i', sizeBits, `logarithm of the parts of ${partBits} bits that a tile has`),
      input('next_i', 1, 'go to the next pixel'),
      input('last_i', 1, 'that was the last one: go to the first one, to the next tile'),
      output('word_o', 16, 'where the tile of the pixel begins'),
      output('part_o', width, 'part of the word where it begins'),
    ],
    partBits,
    ...{
      width,
      partTop: width - 1,
      tileTop: 15 + width,
      one: literal(16 + width, 1),
      first: `{first_i, ${literal(width, 0)}}`,
    },
  });
}
