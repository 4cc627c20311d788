/** What the page of an explorer holds besides its documents. Nothing here needs Node: the browser reads it, too. */
export interface ExplorerData {
  readonly study: string;
  readonly about: string;
  /** The command that measures the same. */
  readonly command: string;
  readonly generator: string;
  /** What was measured with: pairs of a name and a text. */
  readonly provenance: readonly (readonly [name: string, text: string])[];
  /** Goals and conditions, as sentences. */
  readonly objective: readonly string[];
  readonly columns: readonly Column[];
  readonly points: readonly ExplorerPoint[];
}

/** Something that points have a value of. */
export interface Column {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'number' | 'word';
  /** An axis of the study, a value that was measured or follows from others, or a goal. */
  readonly of: 'axis' | 'value';
  /** Which values are the better ones, as far as that is known. */
  readonly better: 'low' | 'high';
  /** Whether a goal or a condition of the study reads it. */
  readonly isAsked: boolean;
}

/** A number, a word, or null where there is none. */
export type Cell = number | string | null;

export interface ExplorerPoint {
  /** Tells it apart from the others of the study, also after the study was extended: its place on the axes. */
  readonly id: string;
  readonly state: 'measured' | 'failed' | 'left' | 'impossible';
  /** By column. */
  readonly cells: readonly Cell[];
  /** Why it failed or is no design. */
  readonly reason?: string;
  /** Generates its design; an impossible point has none. */
  readonly command?: string;
  /** Whether it meets the conditions of the study, where it was measured. */
  readonly meets?: boolean;
  readonly rank?: number;
  /** The files of its design that the page shows: their numbers among the documents. */
  readonly documents: readonly number[];
}

/** Files of designs, cut into pieces of which many are the same. */
export interface PackedDocuments {
  readonly names: readonly string[];
  readonly pieces: readonly string[];
  /** The pieces of each document: differences of their numbers, the first from 0. */
  readonly lists: readonly (readonly number[])[];
}
