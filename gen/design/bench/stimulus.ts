import { type ArrayInfo, arrayInfoOfDesign, expectedResults, selectedType, type Tile } from '../../golden/reference.js';
import { lengthPerBeat, resultLanes, resultWidth, tileBeats } from '../../golden/streams.js';
import {
  type Pattern,
  type RandomSource,
  randomSource,
  randomTile,
  type TypeChoice,
  typeChoices,
} from '../../golden/vectors.js';
import type { Design } from '../../rtl/design.js';
import { type Identity, identityComment } from '../../rtl/render/identity.js';
import type { FieldKind, Stream, StreamField } from '../../rtl/streams.js';

/** A field of a beat: the port it drives, its width, and the room it has: whole hexadecimal digits, for people to read. */
export interface BeatField {
  readonly port: string;
  readonly width: number;
  readonly room: number;
}

/** An input stream of the stand-alone test bench: a file of beats. */
export interface StimulusStream {
  /** Prefix of its valid, ready and last ports. */
  readonly name: string;
  /** Path below the design's folder. */
  readonly path: string;
  /** From the left of a word to its right. */
  readonly fields: readonly BeatField[];
  readonly beats: number;
  readonly text: string;
}

/** The tiles of the stand-alone test bench, and its files. */
export interface Stimulus {
  readonly tiles: readonly Tile[];
  readonly streams: readonly StimulusStream[];
  /** A beat of the last stream in mid-tile: the first run is cut off after it. */
  readonly cutBeat: number;
  /** Beats of results of the first tile. */
  readonly cutResults: number;
  /** Bits of one result in a word of expected results; the mark of a tile's last row is one digit before them. */
  readonly laneBits: number;
  readonly resultBeats: number;
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
  const tiles = chooseTiles(random, info);
  const laneBits = wholeDigits(info.accBits);
  const steps = lengthPerBeat(info);
  const { inputs } = design.streams;
  return {
    tiles,
    streams: inputs.map((stream) => {
      const suffix = inputs.length > 1 ? `_${stream.name}` : '';
      return stimulusStream({ design, tiles, random, identity }, stream, `tb/stimulus${suffix}.hex`);
    }),
    cutBeat: ((tiles[0] as Tile).k + Math.ceil((tiles[1] as Tile).k / 2 / steps) * steps) / steps,
    cutResults: tileBeats(info, tiles[0] as Tile).resultBeats,
    laneBits,
    resultBeats: tiles.reduce((sum, tile) => sum + tileBeats(info, tile).resultBeats, 0),
    expectedText: expectedText(info, tiles, laneBits, identity),
  };
}

function chooseTiles(random: RandomSource, info: ArrayInfo): Tile[] {
  const { longest } = info.tile;
  const [activations, weights] = [typeChoices(info.a), typeChoices(info.w)];
  const [aTypes, wTypes] = [activations.length, weights.length];
  const tileText = info.rows * info.cols * (wholeDigits(info.accBits) / 4 + 1);
  const wanted = Math.min(Math.max(aTypes * wTypes, LENGTHS.length, PATTERN_PAIRS.length), MOST_TILES);
  const count = Math.max(Math.min(wanted, Math.floor(TEXT_BUDGET / tileText)), LEAST_TILES);
  return Array.from({ length: count }, (_, i) => {
    const [aPattern, wPattern] = PATTERN_PAIRS[i % PATTERN_PAIRS.length] as readonly [Pattern, Pattern];
    const k = Math.min(LENGTHS[i % LENGTHS.length] as number, longest) * lengthPerBeat(info);
    const a = activations[i % aTypes] as TypeChoice;
    const w = weights[((i % aTypes) + Math.floor(i / aTypes)) % wTypes] as TypeChoice;
    return randomTile(random, info, { k, a, w, aPattern, wPattern });
  });
}

const NONE = new Uint8Array();

const digits = (value: number, bits: number): string => value.toString(16).padStart(bits / 4, '0');

/** What the words of a stream are made of. */
interface Source {
  readonly design: Design;
  readonly tiles: readonly Tile[];
  readonly random: RandomSource;
  readonly identity: Identity;
}

/** A line per beat. Types count in the first beat of a tile only: in the others they are random. */
function stimulusStream({ design, tiles, random, identity }: Source, stream: Stream, path: string): StimulusStream {
  const info = arrayInfoOfDesign(design);
  const carried = (kind: FieldKind): StreamField[] => stream.fields.filter((field) => field.kind === kind);
  const [modes, types, scales, data] = [carried('mode'), carried('type'), carried('scale'), carried('data')];
  const fields = [
    { port: stream.last.name, width: 1, room: 4 },
    ...[...modes, ...types, ...scales, ...data].map(({ port, width }) => ({
      port: port.name,
      width,
      room: wholeDigits(width),
    })),
  ];
  let total = 0;
  const lines = tiles.flatMap((tile, i) => {
    const sent = tileBeats(info, tile);
    const beats = stream.role === 'weights' ? sent.weightBeats : sent.beats;
    total += beats;
    const words = Array.from({ length: beats }, (_, beat) => {
      const wide = modes.map(({ of }) => {
        const chosen = (of === 'a' ? tile.aWide : tile.wWide) ? 1 : 0;
        return String(beat === 0 ? chosen : random.below(2));
      });
      const selectors = types.map(({ of, width }) => {
        const chosen = of === 'a' ? tile.aType : tile.wType;
        const known = design[of === 'a' ? 'a' : 'w'].types.length;
        return digits(beat === 0 ? chosen : random.below(known), wholeDigits(width));
      });
      const packed = ({ width, lanes, laneBits }: StreamField, codes: Uint8Array = NONE): string =>
        packCodes(codes.subarray(beat * lanes, (beat + 1) * lanes), laneBits, wholeDigits(width));
      const shared = scales.map((field) => packed(field, field.of === 'a' ? sent.aScales : sent.wScales));
      const codes = data.map((field) => packed(field, field.of === 'a' ? sent.a : sent.w));
      return [beat === beats - 1 ? '1' : '0', ...wide, ...selectors, ...shared, ...codes].join('_');
    });
    return [`// tile ${i}: ${tileText(info, tile)}`, ...words];
  });
  const title = `Stimulus of the test bench, one beat a line: ${fields.map(({ port }) => port.replace(/_i$/, '')).join('_')}.`;
  const bits = fields.reduce((sum, { room }) => sum + room, 0);
  return {
    name: stream.name,
    path,
    fields,
    beats: total,
    text: file(identityComment('//', title, identity), lines, bits),
  };
}

function tileText(info: ArrayInfo, { k, aType, wType, aWide, wWide }: Tile): string {
  const length = info.tile.weightsStay ? 'M' : 'K';
  return `${length} = ${k}, ${selectedType(info.a, aType, aWide).name} x ${selectedType(info.w, wType, wWide).name}`;
}

/** Codes as one hexadecimal number, lane 0 in the lowest bits. */
function packCodes(codes: Uint8Array, codeBits: number, bits: number): string {
  if (codeBits === 4) return Buffer.from(codes).reduce((text, code) => code.toString(16) + text, '');
  const value = codes.reduceRight((sum, code) => (sum << BigInt(codeBits)) | BigInt(code), 0n);
  return value.toString(16).padStart(bits / 4, '0');
}

function expectedText(info: ArrayInfo, tiles: readonly Tile[], laneBits: number, identity: Identity): string {
  const lanes = resultWidth(info);
  const lines = tiles.flatMap((tile, i) => {
    const results = resultLanes(info, tile, expectedResults(info, tile));
    const { resultBeats: beats } = tileBeats(info, tile);
    return [
      `// tile ${i}`,
      ...Array.from({ length: beats }, (_, r) => {
        const row = packResults(results.subarray(r * lanes, (r + 1) * lanes), laneBits);
        return `${r === beats - 1 ? '1' : '0'}_${row}`;
      }),
    ];
  });
  const what = info.tile.resultsTogether
    ? 'one tile a line: last, then the units, unit 0, 0'
    : info.tile.rowsPerBeat > 1
      ? `${info.tile.rowsPerBeat} rows of a tile a line: last, then the columns of one row after the other, column 0 of the first`
      : 'one row of a tile a line: last, then the columns, column 0';
  const title = `Expected results, ${what} on the right.`;
  return file(identityComment('//', title, identity), lines, 4 + laneBits * lanes);
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
