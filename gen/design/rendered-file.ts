/** A file of a design: its path below the design's folder and its text. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}
