import { transposeCodes } from '../base/matrix.js';
import { codeValues } from '../numerics/codec.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { BlockFacts, TileFacts } from '../rtl/arch/facts.js';
import type { DesignCore } from '../rtl/design-core.js';
import { blockCount, blockSums } from './blocks.js';
import type { CodeProduct } from './code-product.js';
import { sequentialSums } from './float.js';

/** One tile of work for an array. */
export interface Tile {
  /**
   * Length of the tile, at least 1. Where sums stay, the steps of the reduction, whole beats of them. Where weights stay, the
   * rows of activations that meet the tile's weights, a beat each.
   */
  readonly k: number;
  /** Index of the activations' type in the port's list, as on `a_type_i`; indices beyond the list mean its last type. */
  readonly aType: number;
  /** Likewise for the weights. */
  readonly wType: number;
  /** Whether the activations have 8 bits, two rows of PEs each: `aType` is then an index into the port's wide types. */
  readonly aWide?: boolean;
  /** Likewise for the weights, two columns of PEs each. */
  readonly wWide?: boolean;
  /**
   * Where sums stay, a code for each step and row: row r of step i at [i * rows + r]; half as many rows of wide codes. Where
   * weights stay, a code for each row of activations and step. Bits above the type's width mean nothing.
   */
  readonly a: Uint8Array;
  /** A code for each step and column: column c of step i at [i * cols + c]; see `tileShape` for how many. */
  readonly w: Uint8Array;
  /** Where numbers lie in blocks, codes of their scales: block b of row r at [b * rows + r], of column c at [b * cols + c]. */
  readonly aScales?: Uint8Array;
  readonly wScales?: Uint8Array;
}

/** What a port's codes mean: its types by selector value, those of 8 bits on two lanes, and the width of a lane. */
export interface PortInfo {
  readonly types: readonly NumericType[];
  readonly wideTypes: readonly NumericType[];
  readonly codeBits: number;
}

/** What the results of an array depend on. */
export interface ArrayInfo {
  /** How tiles pass its streams. */
  readonly tile: TileFacts;
  readonly rows: number;
  readonly cols: number;
  readonly a: PortInfo;
  readonly w: PortInfo;
  /** Width of the accumulators, at most 64. */
  readonly accBits: number;
  /** `float`: accumulators are binary32, and results their bits; without it they are integers. */
  readonly pe?: 'int' | 'float';
  /** The blocks in which numbers lie, where they do: accumulators are then binary32. */
  readonly blocks?: BlockFacts | undefined;
}

/** What the reference model needs of an elaborated design. */
export function arrayInfoOfDesign({ config, facts, a, w, accumulator }: DesignCore): ArrayInfo {
  const { rows, cols, pe } = config;
  return { tile: facts.tile, rows, cols, a, w, accBits: accumulator.bits, pe, blocks: facts.sums.blocks };
}

/** The type a selector value chooses on a port: one of its types, or of the wide ones. */
export function selectedType({ types, wideTypes }: PortInfo, selector: number, wide = false): NumericType {
  const among = wide ? wideTypes : types;
  return among[Math.min(selector, among.length - 1)] as NumericType;
}

/** The sizes of a tile: its codes and results. */
export interface TileShape {
  /** Rows and columns of results. */
  readonly rows: number;
  readonly cols: number;
  /** Products of a result. */
  readonly terms: number;
  /** Activation codes of a step or, where weights stay, of a row of activations; weight codes of a step. */
  readonly aLanes: number;
  readonly wLanes: number;
  /** Steps that have weights. */
  readonly weightRows: number;
}

/** Blocks of a tile, each with a scale for every row and column; none where numbers do not lie in blocks. */
export const blocksOfTile = ({ blocks }: Pick<ArrayInfo, 'blocks'>, { k }: Pick<Tile, 'k'>): number =>
  blocks === undefined ? 0 : blockCount(blocks, k);

/** The sizes of a tile of length k. A wide operand takes two lanes of its port. */
export function tileShape(
  { tile: { weightsStay, stepsPerBeat }, rows, cols }: Pick<ArrayInfo, 'tile' | 'rows' | 'cols'>,
  { k, aWide, wWide }: Pick<Tile, 'k' | 'aWide' | 'wWide'>,
): TileShape {
  const aLanes = aWide ? rows / 2 : rows;
  const wLanes = wWide ? cols / 2 : cols;
  const held = aLanes * stepsPerBeat;
  return weightsStay
    ? { rows: k, cols: wLanes, terms: held, aLanes: held, wLanes, weightRows: held }
    : { rows: aLanes, cols: wLanes, terms: k, aLanes, wLanes, weightRows: k };
}

/**
 * The results of a tile as the array must deliver them, row-major, modulo 2^accBits, signed: sums over the tile's beats
 * where sums stay, over the array's rows where weights stay. Of a floating-point PE the bits of binary32 numbers.
 */
export function expectedResults(info: ArrayInfo, tile: Tile): BigInt64Array {
  const { rows, cols, terms, aLanes } = tileShape(info, tile);
  const product = {
    rows,
    cols,
    k: terms,
    a: info.tile.weightsStay ? transposeCodes(tile.a, tile.k, aLanes) : tile.a,
    w: tile.w,
    aType: selectedType(info.a, tile.aType, tile.aWide),
    wType: selectedType(info.w, tile.wType, tile.wWide),
  };
  if (info.blocks) {
    const { aScales = NO_SCALES, wScales = NO_SCALES } = tile;
    return blockSums({ ...product, blocks: info.blocks, aScales, wScales });
  }
  return info.pe === 'float' ? sequentialSums(product) : wrapSums(multiplyCodes(product), info.accBits);
}

const NO_SCALES = new Uint8Array();

/** Sums of products in the narrowest arithmetic that is exact for them; `BigInt64Array` holds them modulo 2^64. */
export type Sums = Int32Array | Float64Array | BigInt64Array;

/**
 * sums[r][c] = sum over k of value(a[k][r]) * value(w[k][c]), rows x cols, row-major, in units of the product of the two
 * types' least steps. Only values of codes enter, nothing of how the hardware decodes or multiplies.
 */
export function multiplyCodes(product: CodeProduct): Sums {
  const { k, rows, cols, aType, wType } = product;
  if (product.a.length !== k * rows || product.w.length !== k * cols) {
    throw new Error(`a tile of ${k} beats holds ${product.a.length} and ${product.w.length} codes`);
  }
  const aValues = valueTable(aType);
  const wValues = valueTable(wType);
  const bound = largestOf(aValues) * largestOf(wValues) * BigInt(k);
  if (bound < 2n ** 31n) return multiplyInt32(product, aValues.map(Number), wValues.map(Number));
  if (bound < 2n ** 53n) return multiplyFloat64(product, aValues.map(Number), wValues.map(Number));
  return multiplyBigInt64(product, aValues, wValues);
}

/** The value of each of the 256 bytes as a code of the type: bits above its width are ignored. */
function valueTable(type: NumericType): bigint[] {
  const values = codeValues(type);
  return Array.from({ length: 256 }, (_, byte) => {
    const value = values[byte % values.length];
    if (value === undefined) throw new Error(`${type.name} has codes that are not numbers`);
    return value;
  });
}

function largestOf(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : -value > most ? -value : most), 0n);
}

function multiplyInt32(
  { rows, cols, k, a, w }: CodeProduct,
  aValues: readonly number[],
  wValues: readonly number[],
): Int32Array {
  const sums = new Int32Array(rows * cols);
  const aTable = Int32Array.from(aValues);
  const wTable = Int32Array.from(wValues);
  const weights = new Int32Array(cols);
  for (let beat = 0; beat < k; beat++) {
    for (let c = 0; c < cols; c++) weights[c] = wTable[w[beat * cols + c] as number] as number;
    for (let r = 0; r < rows; r++) {
      const activation = aTable[a[beat * rows + r] as number] as number;
      if (activation === 0) continue;
      const row = r * cols;
      for (let c = 0; c < cols; c++) {
        sums[row + c] = ((sums[row + c] as number) + Math.imul(activation, weights[c] as number)) | 0;
      }
    }
  }
  return sums;
}

function multiplyFloat64(
  { rows, cols, k, a, w }: CodeProduct,
  aValues: readonly number[],
  wValues: readonly number[],
): Float64Array {
  const sums = new Float64Array(rows * cols);
  const aTable = Float64Array.from(aValues);
  const wTable = Float64Array.from(wValues);
  const weights = new Float64Array(cols);
  for (let beat = 0; beat < k; beat++) {
    for (let c = 0; c < cols; c++) weights[c] = wTable[w[beat * cols + c] as number] as number;
    for (let r = 0; r < rows; r++) {
      const activation = aTable[a[beat * rows + r] as number] as number;
      if (activation === 0) continue;
      const row = r * cols;
      for (let c = 0; c < cols; c++) {
        sums[row + c] = (sums[row + c] as number) + activation * (weights[c] as number);
      }
    }
  }
  return sums;
}

function multiplyBigInt64(
  { rows, cols, k, a, w }: CodeProduct,
  aValues: readonly bigint[],
  wValues: readonly bigint[],
): BigInt64Array {
  const sums = new BigInt64Array(rows * cols);
  for (let beat = 0; beat < k; beat++) {
    const weights = Array.from({ length: cols }, (_, c) => wValues[w[beat * cols + c] as number] as bigint);
    for (let r = 0; r < rows; r++) {
      const activation = aValues[a[beat * rows + r] as number] as bigint;
      if (activation === 0n) continue;
      const row = r * cols;
      for (let c = 0; c < cols; c++) {
        sums[row + c] = BigInt.asIntN(64, (sums[row + c] as bigint) + activation * (weights[c] as bigint));
      }
    }
  }
  return sums;
}

/** Sums as signed numbers of `bits` (at most 64) bits, modulo 2^bits. */
export function wrapSums(sums: Sums, bits: number): BigInt64Array {
  if (bits > 64) throw new Error(`accumulators of ${bits} bits are wider than 64`);
  const wrapped = new BigInt64Array(sums.length);
  for (let i = 0; i < sums.length; i++) wrapped[i] = BigInt.asIntN(bits, BigInt(sums[i] as number | bigint));
  return wrapped;
}
