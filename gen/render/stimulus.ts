import type { Configuration } from '../config/parameters.js';
import type { Design } from '../elaborate/design.js';
import { beatCodes, streamShape } from '../elaborate/streams.js';
import { type ArrayInfo, arrayInfoOfDesign, expectedResults, selectedType, type Tile } from '../oracle.js';
import { type Pattern, type RandomSource, randomSource, randomTile } from '../vectors.js';
import { type Identity, identityComment } from './identity.js';

/** The words of the stand-alone test bench: fields in whole hexadecimal digits, so that people can read them. */
export interface StimulusLayout {
  readonly aBits: number;
  readonly aTypeBits: number;
  readonly wBits: number;
  readonly wTypeBits: number;
  readonly lastBits: number;
  /** Bits of one result in a word of expected results. */
  readonly laneBits: number;
}

/** The tiles of the stand-alone test bench, and its two files. */
export interface Stimulus {
  readonly layout: StimulusLayout;
  readonly tiles: readonly Tile[];
  readonly beats: number;
  /** A beat in mid-tile: the first run is cut off after it. */
  readonly cutBeat: number;
  readonly stimulusText: string;
  readonly expectedText: string;
}

const SEED = 0x616e74;
const LENGTHS = [9, 6, 1, 1, 2, 13, 24, 5, 3, 17];
const PATTERN_PAIRS: readonly (readonly [Pattern, Pattern])[] = [
  ['random', 'random'],
  ['random', 'random'],
  ['random', 'random'],
  ['greatest', 'least'],
  ['greatest', 'greatest'],
  ['alternating', 'extremes'],
  ['least', 'least'],
  ['negativeZeros', 'random'],
  ['random', 'negativeZeros'],
  ['sparse', 'uniform'],
];

/** Text of expected results that a design's folder may hold, in characters: bounds the number of tiles. */
const TEXT_BUDGET = 600_000;
const LEAST_TILES = 3;
const MOST_TILES = 40;

const wholeDigits = (bits: number): number => Math.ceil(bits / 4) * 4;

/** Tiles that change length, types and patterns from one to the next; all pairs of types where the array is small. */
export function buildStimulus(design: Design, identity: Identity): Stimulus {
  const info = arrayInfoOfDesign(design);
  const random = randomSource(SEED);
  const { stepsPerBeat } = streamShape(design.config);
  const beatsOf = ({ k }: Tile): number => k / stepsPerBeat;
  const tiles = chooseTiles(random, info, design.config);
  const layout: StimulusLayout = {
    aBits: wholeDigits(info.rows * stepsPerBeat * info.a.codeBits),
    aTypeBits: wholeDigits(design.a.typeBits),
    wBits: wholeDigits(info.cols * stepsPerBeat * info.w.codeBits),
    wTypeBits: wholeDigits(design.w.typeBits),
    lastBits: 4,
    laneBits: wholeDigits(info.accBits),
  };
  return {
    layout,
    tiles,
    beats: tiles.reduce((sum, tile) => sum + beatsOf(tile), 0),
    cutBeat: beatsOf(tiles[0] as Tile) + Math.ceil(beatsOf(tiles[1] as Tile) / 2),
    stimulusText: stimulusText(design, tiles, layout, random, identity),
    expectedText: expectedText(design, tiles, layout, identity),
  };
}

function chooseTiles(random: RandomSource, info: ArrayInfo, config: Configuration): Tile[] {
  const { stepsPerBeat } = streamShape(config);
  const aTypes = info.a.types.length;
  const wTypes = info.w.types.length;
  const tileText = info.rows * info.cols * (wholeDigits(info.accBits) / 4 + 1);
  const wanted = Math.min(Math.max(aTypes * wTypes, LENGTHS.length, PATTERN_PAIRS.length), MOST_TILES);
  const count = Math.max(Math.min(wanted, Math.floor(TEXT_BUDGET / tileText)), LEAST_TILES);
  return Array.from({ length: count }, (_, i) => {
    const [aPattern, wPattern] = PATTERN_PAIRS[i % PATTERN_PAIRS.length] as readonly [Pattern, Pattern];
    const longest = Math.floor(config.maxK / stepsPerBeat);
    const k = Math.min(LENGTHS[i % LENGTHS.length] as number, longest) * stepsPerBeat;
    const aType = i % aTypes;
    const wType = (aType + Math.floor(i / aTypes)) % wTypes;
    return randomTile(random, info, { k, aType, wType, aPattern, wPattern });
  });
}

const digits = (value: number, bits: number): string => value.toString(16).padStart(bits / 4, '0');

/** One line per beat. Types count in the first beat of a tile only: in the others they are random. */
function stimulusText(
  { a, w, config }: Design,
  tiles: readonly Tile[],
  layout: StimulusLayout,
  random: RandomSource,
  identity: Identity,
): string {
  const { aBits, aTypeBits, wBits, wTypeBits } = layout;
  const { stepsPerBeat } = streamShape(config);
  const anyType = (count: number, bits: number): number => (bits > 0 ? random.below(count) : 0);
  const lines = tiles.flatMap((tile, i) => [
    `// tile ${i}: K = ${tile.k}, ${selectedType(a, tile.aType).name} x ${selectedType(w, tile.wType).name}`,
    ...Array.from({ length: tile.k / stepsPerBeat }, (_, beat) => {
      const first = beat === 0;
      const aType = first ? tile.aType : anyType(a.types.length, aTypeBits);
      const wType = first ? tile.wType : anyType(w.types.length, wTypeBits);
      return [
        (beat + 1) * stepsPerBeat === tile.k ? '1' : '0',
        ...(aTypeBits > 0 ? [digits(aType, aTypeBits)] : []),
        ...(wTypeBits > 0 ? [digits(wType, wTypeBits)] : []),
        packCodes(beatCodes(tile.a, beat, config.rows, stepsPerBeat), a.codeBits, aBits),
        packCodes(beatCodes(tile.w, beat, config.cols, stepsPerBeat), w.codeBits, wBits),
      ].join('_');
    }),
  ]);
  const types = [...(aTypeBits > 0 ? ['a_type'] : []), ...(wTypeBits > 0 ? ['w_type'] : [])];
  const title = `Stimulus of the test bench, one beat a line: ${['last', ...types, 'a_data', 'w_data'].join('_')}.`;
  const bits = layout.lastBits + aTypeBits + wTypeBits + aBits + wBits;
  return file(identityComment('//', title, identity), lines, bits);
}

/** Codes as one hexadecimal number, lane 0 in the lowest bits. */
function packCodes(codes: Uint8Array, codeBits: number, bits: number): string {
  if (codeBits === 4) return Buffer.from(codes).reduce((text, code) => code.toString(16) + text, '');
  const value = codes.reduceRight((sum, code) => (sum << BigInt(codeBits)) | BigInt(code), 0n);
  return value.toString(16).padStart(bits / 4, '0');
}

function expectedText(
  design: Design,
  tiles: readonly Tile[],
  { laneBits }: StimulusLayout,
  identity: Identity,
): string {
  const info = arrayInfoOfDesign(design);
  const { resultRows: rows, resultCols: cols } = streamShape(design.config);
  const lines = tiles.flatMap((tile, i) => {
    const results = expectedResults(info, tile);
    const row = (r: number): string => packResults(results.subarray(r * cols, (r + 1) * cols), laneBits);
    return [`// tile ${i}`, ...Array.from({ length: rows }, (_, r) => row(r))];
  });
  const title =
    design.config.arch === 'dot'
      ? 'Expected results, one tile a line, unit 0, 0 on the right.'
      : 'Expected results, one row of a tile a line, column 0 on the right.';
  return file(identityComment('//', title, identity), lines, laneBits * cols);
}

/** Results as two's complement numbers of `bits` bits, lane 0 on the right. */
function packResults(results: BigInt64Array, bits: number): string {
  const lanes: string[] = [];
  const modulus = 2 ** bits;
  for (let c = results.length - 1; c >= 0; c--) {
    const value = results[c] as bigint;
    if (bits <= 48) {
      const number = Number(value);
      lanes.push(digits(number < 0 ? number + modulus : number, bits));
    } else {
      lanes.push(
        BigInt.asUintN(bits, value)
          .toString(16)
          .padStart(bits / 4, '0'),
      );
    }
  }
  return lanes.join('_');
}

/** A file for $readmemh; its last word is an end mark, by which the test bench knows that it has read all of it. */
function file(header: string, lines: readonly string[], bits: number): string {
  return `${[header, ...lines, '// end mark', 'a'.repeat(bits / 4)].join('\n')}\n`;
}
