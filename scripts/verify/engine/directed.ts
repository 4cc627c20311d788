import { command } from '../../../gen/commands/encode.js';
import { type Machine, stepsPerWord, typeBits, typeNumber, wordBytes } from '../../../gen/commands/machine.js';
import { REDUCE, SECOND } from '../../../gen/commands/table.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { type LayerShape, shapedLayer } from './layers.js';
import { bufferNumber, Draft, type Program } from './programs.js';

const PAGE = 4096;

/** Programs at the edges of sizes: of the array, of the buffers, of memory pages. */
export function directedPrograms(machine: Machine, random: RandomSource): Program[] {
  return [...layerPrograms(machine, random), ...copyPrograms(machine, random)];
}

/** One pixel and one product; and one pixel and one step more than tile and word have. */
function layerPrograms(machine: Machine, random: RandomSource): Program[] {
  const types = (names: readonly string[]): number[] => [names[0] as string, names.at(-1) as string].map(typeNumber);
  const [aTypes, wTypes, outTypes] = [machine.activationTypes, machine.weightTypes, machine.resultTypes].map(types);
  return [0, 1].flatMap((i) => {
    const [aType, wType, outType] = [aTypes?.[i], wTypes?.[i], outTypes?.[i]] as [number, number, number];
    const least: LayerShape = {
      ...{ kind: 'product', reduce: REDUCE.sum, second: SECOND.none, secondType: outType, secondOfAll: false },
      ...{ copyType: undefined, lookup: false, held: 0, scaleBits: 16 },
      ...{ aType, wType, outType, kernelHeight: 1, kernelWidth: 1, inHeight: 1, inWidth: 1, strideY: 1, strideX: 1 },
      ...{ dilationY: 1, dilationX: 1, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, words: 1, groups: 1 },
      ...{ columnTiles: 1, tail: 1, spare: 0, images: 1, outHeight: 1, outWidth: 1 },
    };
    const pixels = (machine.rows * 4) / typeBits(aType);
    const wide = (width: number): Partial<LayerShape> => ({ inWidth: width, outWidth: width });
    const steps = stepsPerWord(machine, typeBits(aType));
    const shapes: [string, Partial<LayerShape>][] = [
      ['one pixel, one step', {}],
      ['a whole tile', { ...wide(pixels), tail: steps }],
      [
        'a tile and one pixel, a word and one step, two column tiles',
        { ...wide(pixels + 1), words: 2, columnTiles: 2 },
      ],
      ['one pixel less than a tile, a step less than a word', { ...wide(pixels - 1), tail: Math.max(1, steps - 1) }],
      [
        'padding around one pixel',
        { kernelHeight: 3, kernelWidth: 3, padTop: 2, padLeft: 2, outHeight: 3, outWidth: 3 },
      ],
      ['images of one pixel, one more than a tile has pixels', { images: pixels + 1 }],
      [
        'images that share a tile, with padding between',
        { images: 3, kernelHeight: 2, inHeight: 3, padTop: 1, outHeight: 3, ...wide(pixels + 1) },
      ],
      ['one word through the vector unit', { kind: 'vector' }],
      ['images through the vector unit', { kind: 'vector', images: 3, inHeight: 2, outHeight: 2, words: 2 }],
      [
        'the greatest of windows of padding alone, a second operand, a copy and the table',
        {
          ...{ kind: 'vector', reduce: REDUCE.maximum, second: SECOND.multiply, copyType: outType, lookup: true },
          ...{ kernelHeight: 2, kernelWidth: 2, padTop: 2, padLeft: 2, outHeight: 3, outWidth: 3, words: 2 },
        },
      ],
      [
        'sums that stay for another product, a second operand for all pixels, a copy',
        { held: 2, second: SECOND.add, secondOfAll: true, copyType: outType },
      ],
    ];
    return shapes
      .filter(([, { outWidth = 1 }]) => outWidth > 0)
      .flatMap(([title, shape]) => shapedLayer(machine, random, { ...least, ...shape }, title) ?? []);
  });
}

/** Copies through the output buffer that end at a page of memory, or a byte before or behind it; of one byte; to its last word. */
function copyPrograms(machine: Machine, random: RandomSource): Program[] {
  const each = wordBytes(machine, 'output');
  const { output } = machine.words;
  const copy = (title: string, source: number, target: number, run: number, address: number): Program => {
    const draft = new Draft(machine, random);
    const common = { buffer: bufferNumber('output'), address, run };
    draft.commands.push(
      command('load', { ...common, ...draft.reach(source), signal_store: 1 }),
      command('store', { ...common, ...draft.reach(target), wait_load: 1 }),
    );
    return draft.end(title);
  };
  const [from, to] = [2 * PAGE, 12 * PAGE];
  const most = Math.min(output * each, 6 * PAGE);
  return [
    ...[-1, 0, 1].map((beyond) => {
      const run = Math.min(100, most);
      return copy(`to ${beyond} bytes behind a page`, from + beyond - run, to + beyond - run, run, 0);
    }),
    ...[-1, 0, 1].map((beyond) => copy(`from ${beyond} bytes behind a page`, from + beyond, to - beyond, 1, 0)),
    copy('the last word', from + 3, to + 5, each, output - 1),
    copy('as much as fits, over several pages', from + 1, to + 7, most, output - Math.ceil(most / each)),
  ];
}
