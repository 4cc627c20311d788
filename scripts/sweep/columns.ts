import { decimal } from '../../gen/base/text-table.js';
import type { ArrayPath, CriticalPath, PathEnds } from '../synth/path.js';
import { libraryText } from '../synth/report.js';
import type { LibraryIdentity } from '../tools/liberty/identity.js';
import { type ToolIdentity, toolText } from '../tools/yosys/identity.js';

/** The length of a path, of an array with the module it lies in, without the design's name: `5,073 (pe)`. */
export function pathText(
  path: CriticalPath | ArrayPath,
  { netlist = 'buffered', design = '' }: { readonly netlist?: 'buffered' | 'leastArea'; readonly design?: string } = {},
): string {
  const text = (length: number, within: PathEnds & { readonly module?: string }): string =>
    decimal(length) + (within.module === undefined ? '' : ` (${within.module.slice(design.length + 1)})`);
  switch (path.kind) {
    case 'delay':
      return text(path[netlist].ps, path[netlist]);
    case 'levels':
      return text(path.levels, path);
    case 'wires':
      return 'none';
    case 'unknown':
      return 'unknown';
  }
}

/** What synthesised, and for which cells. */
export const synthesisText = (tool: ToolIdentity, library: LibraryIdentity | null): string =>
  `${toolText(tool)}, ${library ? libraryText(library) : "Yosys' generic gates"}`;
