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

const core = (what: string, pes: number, coreMm2: number, more: Partial<Published> = {}): Published => ({
  ...{ what, node: NODE, pes, coreMm2, ...more, source: SOURCE },
});

/** By the names of kinds. */
export const PUBLISHED: Readonly<Record<string, Published>> = {
  ant: core('ANT, 4-bit PEs', 4096, 0.327, { peUm2: 79.57, decoderUm2: 4.9, decoderShare: 0.0019 }),
  fused: core('BitFusion, 4-bit PEs', 4096, 0.326),
  olaccel: core('OLAccel, 4- and 8-bit PEs', 1152, 0.309),
  biscaled: core('BiScaled, 6-bit PEs', 2560, 0.328),
  fp8: core('AdaptivFloat, 8-bit PEs', 896, 0.327),
};

/** Area of a core of `pes` PEs per PE, in µm². */
export const publishedPerPe = ({ coreMm2, pes }: Published): number => (coreMm2 * 1e6) / pes;

/** Area of a circuit as a paper gives it. */
export interface PublishedCircuit {
  readonly what: string;
  /** Feature size, in nm. */
  readonly node: number;
  /** In µm²: a figure, or the least and the greatest of several. */
  readonly um2: string;
  readonly source: string;
}

const SPARK = 'SPARK (HPCA 2024)';
const BITFUSION = "synthesis table of BitFusion's simulator";

/** Single circuits of the same kinds, at other nodes. */
export const PUBLISHED_CIRCUITS: readonly PublishedCircuit[] = [
  { what: 'ANT, 4-bit PE', node: 28, um2: '79.57', source: SOURCE },
  { what: 'ANT, decoder', node: 28, um2: '4.9', source: SOURCE },
  { what: 'SPARK, decoder', node: 28, um2: '6.42', source: SPARK },
  { what: 'OliVe, decoder of 4 bits', node: 28, um2: '60.3', source: SPARK },
  { what: 'OliVe, decoder of 8 bits', node: 28, um2: '80.2', source: SPARK },
  { what: 'int4 PE of a systolic array, 500 MHz', node: 45, um2: '159', source: 'Amove (MICRO 2025)' },
  { what: 'BitFusion, 4-bit PE, 500 MHz', node: 45, um2: '171 to 282', source: BITFUSION },
  { what: 'BitFusion, PE fusible from 2 to 8 bits, 500 MHz', node: 45, um2: '1735', source: BITFUSION },
];
