/** A flaw of the published model, by its number in docs/model.md, and what the corrected model does instead. */
export interface Correction {
  readonly flaw: number;
  /** One line: what changes. */
  readonly title: string;
}

/** The corrections that can be switched, in the order of the flaws. */
export const CORRECTIONS = {
  kernels: { flaw: 1, title: 'true kernel shapes, height and width' },
  outputBuffer: { flaw: 2, title: 'result tiles fit the output buffer, and the last one is drained' },
  spills: { flaw: 3, title: 'partial sums as wide as accumulators, read back where they were spilled' },
  operandReuse: { flaw: 4, title: 'operands read once per row and column of the array, not once per MAC' },
  im2col: { flaw: 5, title: 'DRAM holds inputs once, without copies and padding of im2col' },
  objective: { flaw: 6, title: 'tilings with the least energy x delay instead of the fewest cycles' },
  dram: { flaw: 7, title: 'one set of DRAM energies, with a source' },
  sramLeakage: { flaw: 8, title: 'leakage of the SRAM counted' },
  patches: { flaw: 9, title: "ViT's patch embedding for every accelerator" },
  means: { flaw: 10, title: 'geometric means, over the same networks' },
  fill: { flaw: 11, title: 'fill, drain and weight loading of the array' },
  utilisation: { flaw: 13, title: 'core energy by MACs done, not by busy cycles' },
  resultWidth: { flaw: 15, title: 'results leave as wide as the next layer takes them' },
  attention: { flaw: 16, title: 'products of attention included' },
  ragged: { flaw: 18, title: 'borders of tiles charged as they are, no padding of weights, tiles that fill the array' },
} as const satisfies Record<string, Correction>;

export type CorrectionName = keyof typeof CORRECTIONS;

/** Which corrections are on. */
export type Corrections = Readonly<Record<CorrectionName, boolean>>;

export const CORRECTION_NAMES = Object.keys(CORRECTIONS) as CorrectionName[];

/** The named corrections on, all others off. */
export function withCorrections(names: Iterable<CorrectionName>): Corrections {
  const on = new Set(names);
  return Object.fromEntries(CORRECTION_NAMES.map((name) => [name, on.has(name)])) as Corrections;
}

/** The model as published. */
export const PUBLISHED: Corrections = withCorrections([]);

/** The corrected model. */
export const CORRECTED: Corrections = withCorrections(CORRECTION_NAMES);

/** Flaws that no switch corrects, and why. */
export const ARGUED: readonly { readonly flaw: number; readonly what: string; readonly answer: string }[] = [
  {
    flaw: 12,
    what: 'the packed 8-bit mode and decoders are free; all cores but one are the same processing element',
    answer:
      "a matter of hardware, not of the model: the comparison of this project's own designs takes area and energy of every core, decoders and 8-bit mode included, from synthesis. OLAccel's path for outliers is not built; its core stays as published, and too cheap",
  },
  {
    flaw: 14,
    what: "the SRAM's banks are the same for every size of array",
    answer:
      'kept: energies are per bit of a bank of 64 bytes (results: 4 bytes), and with reuse of operands counted no array reads more per cycle than the banks deliver. Fewer, larger banks would change the energy of a bit and the leakage alike for all',
  },
  {
    flaw: 17,
    what: 'areas are a placeholder; that the arrays are equally large is only asserted',
    answer:
      "the published sizes follow from published areas (SPARK, HPCA 2024: cores of 0.309 to 0.328 mm2 at 28 nm); the comparison of this project's own designs derives sizes from synthesised areas",
  },
];
