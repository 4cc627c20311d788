/** What a paper says of an accelerator. Ratios carry over between technologies, absolute areas do not. */
export interface Published {
  readonly what: string;
  /** Feature size, in nm. */
  readonly node: number;
  /** PEs of its core. */
  readonly pes: number;
  /** Area of its core, in mm². */
  readonly coreMm2: number;
  /** In µm². */
  readonly peUm2?: number;
  /** In µm². */
  readonly decoderUm2?: number;
  /** Of all decoders in the core, 0 to 1. */
  readonly decoderShare?: number;
  readonly source: string;
}

const SOURCE = 'ANT (MICRO 2022), as tabulated in SPARK (HPCA 2024)';
const NODE = 28;

/** By the names of kinds. */
export const PUBLISHED: Readonly<Record<string, Published>> = {
  ant: {
    what: 'ANT, 4-bit PEs',
    node: NODE,
    pes: 4096,
    coreMm2: 0.327,
    peUm2: 79.57,
    decoderUm2: 4.9,
    decoderShare: 0.0019,
    source: SOURCE,
  },
  fused: { what: 'BitFusion, 4-bit PEs', node: NODE, pes: 4096, coreMm2: 0.326, source: SOURCE },
  olaccel: { what: 'OLAccel, 4- and 8-bit PEs', node: NODE, pes: 1152, coreMm2: 0.309, source: SOURCE },
  biscaled: { what: 'BiScaled, 6-bit PEs', node: NODE, pes: 2560, coreMm2: 0.328, source: SOURCE },
  fp8: { what: 'AdaptivFloat, 8-bit PEs', node: NODE, pes: 896, coreMm2: 0.327, source: SOURCE },
};

/** Area of a core of `pes` PEs per PE, in µm². */
export const publishedPerPe = ({ coreMm2, pes }: Published): number => (coreMm2 * 1e6) / pes;
