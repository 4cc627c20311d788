import { createHash } from 'node:crypto';
import type { TextFiles } from './interface.js';

/** Changes with what is remembered of a run, and with what of a text counts. */
const FORMAT = 1;

/** What the outcome of a run depends on. */
export interface KeyParts {
  /** Of the Yosys. */
  readonly fingerprint: string;
  readonly script: string;
  readonly inputs: TextFiles;
  readonly wanted: readonly string[];
}

/** A key that is the same for two runs only where the same program runs the same script on the same texts: a sha256 of all of it. */
export function jobKey({ fingerprint, script, inputs, wanted }: KeyParts): string {
  const files = Object.entries(inputs)
    .map(([path, text]): [string, string] => [path, path.endsWith('.v') ? withoutIdleComments(text) : text])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  // Lengths keep one text from running into the next.
  for (const text of [String(FORMAT), fingerprint, script, ...[...wanted].sort(), '', ...files.flat()]) {
    hash.update(`${text.length}:`).update(text);
  }
  return hash.digest('hex');
}

/**
 * Lines of nothing but a comment go and stay as empty lines, because messages and netlists name lines. Comments that Yosys obeys
 * stay, and so does everything where lines may be part of a block comment or of the line before.
 */
export function withoutIdleComments(verilog: string): string {
  return verilog.includes('/*') || CONTINUED_LINE.test(verilog) ? verilog : verilog.replace(IDLE_COMMENTS, '');
}

const CONTINUED_LINE = /\\[ \t\r]*$/m;
const IDLE_COMMENTS = /^[ \t]*\/\/(?![ \t]*(?:synopsys|synthesis)\b).*$/gm;
