/** A configuration as given, not yet validated. */
export type RawConfiguration = Record<string, unknown>;
