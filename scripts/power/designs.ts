import type { RawConfiguration } from '../../gen/config/raw.js';

/** What power is measured with unless asked otherwise, in nanoseconds where it is a time. */
export const DEFAULTS = { period: 10, slew: 0.1, clockSlew: 0.1, cycles: 2048, side: 8, images: 8 } as const;

/** A way to compute the same product, to be compared by energy. */
export interface Competitor {
  readonly name: string;
  readonly description: string;
  /** Parameters of its design besides the size, the longest reduction and the name; competitors with the same share it. */
  readonly parameters: RawConfiguration;
  /** Types to choose from for the operands; without, all that the design takes. */
  readonly types?: { readonly a: readonly string[]; readonly w: readonly string[] };
}

/** What `npm run power -- --compare` compares, in the order of its table. */
export const COMPETITORS: readonly Competitor[] = [
  {
    name: 'int4',
    description: 'int4 on the unified PE',
    parameters: {},
    types: { a: ['int4', 'uint4'], w: ['int4'] },
  },
  {
    name: 'flint4',
    description: 'flint4 on the unified PE',
    parameters: {},
    types: { a: ['flint4', 'uflint4'], w: ['flint4'] },
  },
  { name: 'pot4', description: 'pot4 on the unified PE', parameters: {}, types: { a: ['pot4'], w: ['pot4'] } },
  { name: 'ant4', description: 'the 4-bit types of least error, on the unified PE', parameters: {} },
  {
    name: 'int4_only',
    description: 'int4 on a PE for int4 alone',
    parameters: { activations: ['int4'], weights: ['int4'] },
  },
  {
    name: 'int8',
    description: 'int8 on a PE for int8 alone',
    parameters: { activations: ['int8'], weights: ['int8'] },
  },
  {
    name: 'fp8',
    description: 'E4M3 on a floating-point PE with binary32 sums',
    parameters: { pe: 'float', activations: ['e4m3'], weights: ['e4m3'] },
  },
];
