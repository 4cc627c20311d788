import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '../../../gen/base/errors.js';
import { sha256 } from '../../../gen/design/manifest.js';
import type { LibraryIdentity } from './identity.js';
import {
  hasDelays,
  isDFlipFlop,
  type LibertyLatch,
  libertyCells,
  libertyName,
  smallestBuffer,
  smallestLatch,
  smallestNand2,
} from './liberty.js';
import { isCutOff, withoutComments } from './liberty-text.js';

/** A cell library, as text for Yosys and as the report names it. */
export interface Library {
  readonly text: string;
  readonly identity: LibraryIdentity;
  /** Whether cells have delays. */
  readonly delays: boolean;
  /** Its smallest buffer, where it has one. */
  readonly buffer: string | undefined;
  /** Its smallest plain latch, where it has one. */
  readonly latch: (LibertyLatch & { readonly cell: string }) | undefined;
}

/**
 * Reads a Liberty file, plain or gzipped.
 *
 * @throws UserError when it cannot be read, is not a Liberty file or not a whole one, or has no 2-input NAND to count in or
 *   no D flip-flop.
 */
export function readLibrary(file: string): Library {
  let raw: Buffer;
  let text: string;
  try {
    raw = readFileSync(file);
    text = (file.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8');
  } catch (error) {
    throw new UserError(`cannot read the cell library ${file}: ${(error as Error).message}`);
  }
  const name = libertyName(text);
  if (name !== undefined && isCutOff(withoutComments(text))) {
    throw new UserError(`the cell library ${file} ends in the middle of a group; is the file complete?`);
  }
  const cells = libertyCells(text);
  if (name === undefined || cells.length === 0) {
    throw new UserError(`${file} is not a Liberty file: it has no library (...) group with cells`);
  }
  const nand2 = smallestNand2(cells);
  if (nand2 === undefined) {
    throw new UserError(`${file}: none of its ${cells.length} cells is a 2-input NAND, the unit of gate equivalents`);
  }
  if (!cells.some(isDFlipFlop)) {
    throw new UserError(`${file}: none of its ${cells.length} cells is a D flip-flop, which registers are mapped to`);
  }
  const latch = smallestLatch(cells);
  return {
    text,
    delays: hasDelays(text),
    buffer: smallestBuffer(cells)?.name,
    latch: latch && { ...latch.latch, cell: latch.name },
    identity: {
      file: basename(file),
      sha256: sha256(raw),
      name,
      nand2: { cell: nand2.name, area: nand2.area },
    },
  };
}
