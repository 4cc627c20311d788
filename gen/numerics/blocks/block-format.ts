import type { NumericType } from '../types/numeric-type.js';
import { numericType } from '../types/table.js';
import { type ScaleFormat, scaleFormat } from './scale-format.js';

/** Numbers in blocks that share a scale: elements of one type, or of the best of several for each tensor. */
export interface BlockFormat {
  readonly name: string;
  /** What it is, for --help and documentation. */
  readonly about: string;
  /** All of one width. */
  readonly types: readonly NumericType[];
  readonly scales: ScaleFormat;
  /** Elements of a block. */
  readonly block: number;
}

const format = (name: string, types: string, scales: string, block: number, about: string): [string, BlockFormat] => [
  name,
  { name, about, types: types.split(' ').map(numericType), scales: scaleFormat(scales), block },
];

/** The table of block formats: a line is a format, and everything else derives from it. */
export const BLOCK_FORMATS: ReadonlyMap<string, BlockFormat> = new Map([
  format('mxfp4', 'e2m1', 'e8m0', 32, 'OCP Microscaling 1.0'),
  format('mxfp6-e2m3', 'e2m3', 'e8m0', 32, 'OCP Microscaling 1.0'),
  format('mxfp6-e3m2', 'e3m2', 'e8m0', 32, 'OCP Microscaling 1.0'),
  format('mxfp8-e4m3', 'e4m3', 'e8m0', 32, 'OCP Microscaling 1.0'),
  format('mxfp8-e5m2', 'e5m2', 'e8m0', 32, 'OCP Microscaling 1.0'),
  format('mxint8', 'int8', 'e8m0', 32, 'OCP Microscaling 1.0'),
  format('nvfp4', 'e2m1', 'e4m3', 16, 'NVFP4 of NVIDIA, with a binary32 scale for the tensor'),
  format('mxint4', 'int4', 'e8m0', 32, 'integers of 4 bits with the scales of OCP'),
  format('mxflint4', 'flint4', 'e8m0', 32, 'flint with the scales of OCP'),
  format('mxpot4', 'pot4', 'e8m0', 32, 'powers of two with the scales of OCP'),
  format('mxant4', 'int4 flint4 pot4', 'e8m0', 32, 'the best type of ANT for each tensor, with the scales of OCP'),
  format('nvant4', 'int4 flint4 pot4', 'e4m3', 16, 'the best type of ANT for each tensor, with the scales of NVFP4'),
]);

/** Bits of an element with its share of a full block's scale; the scale of the tensor is not counted. */
export const bitsPerElement = ({ types, scales, block }: BlockFormat): number =>
  (types[0] as NumericType).bits + scales.bits / block;
