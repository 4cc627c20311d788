/** The cell library that was used. */
export interface LibraryIdentity {
  readonly file: string;
  readonly sha256: string;
  readonly name: string;
  /** The cell that is one gate equivalent. */
  readonly nand2: { readonly cell: string; readonly area: number };
}
