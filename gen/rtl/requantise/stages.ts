/** Where a requantiser has registers between its input and its output buffer, in the order in which `--pipeline` adds them. */
export interface RequantiserStages {
  /** Behind the sum of the products. */
  readonly scaled: boolean;
  /** Behind the bias. */
  readonly biased: boolean;
  /** Behind the products, of which there are two then, each with half of the multiplier. */
  readonly products: boolean;
  /** Behind the shifter. */
  readonly doubled: boolean;
}

export const requantiserStages = (pipeline: number): RequantiserStages => ({
  scaled: pipeline >= 1,
  biased: pipeline >= 2,
  products: pipeline >= 3,
  doubled: pipeline >= 4,
});
