/**
 * Where a design of dot-product units has registers between its input register and its accumulators. They come in
 * the order in which `--pipeline` adds them.
 */
export interface DotStages {
  /** Behind complementing: the lanes' terms. */
  readonly terms: boolean;
  /** Behind the adders, before the accumulator. */
  readonly sum: boolean;
  /** Behind the decoders; shared by all units of a row or column. */
  readonly operands: boolean;
  /** Between multiplier and shifter. */
  readonly products: boolean;
}

export function dotStages(pipeline: number): DotStages {
  return { terms: pipeline >= 2, sum: pipeline >= 3, operands: pipeline >= 4, products: pipeline >= 5 };
}
