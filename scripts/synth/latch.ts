import type { Library } from '../tools/liberty/library.js';
import { LATCH } from './gates.js';

/** The file that maps latches to a library's cell. */
export const LATCH_FILE = 'latch.v';

/** The command that maps latches to a library's cell, behind that for flip-flops, which leaves them. */
export const MAP_LATCHES = `techmap -map ${LATCH_FILE}`;

/** The text of that file: nothing where the library has no latch. */
export function latchMap({ latch }: Pick<Library, 'latch'>): string {
  if (latch === undefined) return '';
  const { cell, data, enable, openLow, output } = latch;
  return [
    `module \\${LATCH} (input E, input D, output Q);`,
    ...(openLow ? [] : ['  wire open;', '  \\$_NOT_ u_not (.A(E), .Y(open));']),
    `  ${cell} _TECHMAP_REPLACE_ (.${enable}(${openLow ? 'E' : 'open'}), .${data}(D), .${output}(Q));`,
    'endmodule',
    '',
  ].join('\n');
}
