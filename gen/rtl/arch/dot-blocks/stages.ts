/** Where a design of dot-product units for blocks has registers. */
export interface BlockStages {
  /** Between scaling and adding, in the scalers. */
  readonly scaled: boolean;
  /** The stages of the units that add up blocks (see `dotStages`). */
  readonly unit: number;
}

/** The first register more is the scalers': scaling and adding together are the longest path. */
export function blockStages(pipeline: number): BlockStages {
  return pipeline === 1 ? { scaled: false, unit: 1 } : { scaled: true, unit: pipeline - 1 };
}
