import { join } from 'node:path';
import { replaceFolder } from '../../gen/base/folder.js';
import { type MappedNetlist, netlistFile } from './netlist.js';

/** Where a design's netlists are kept, in its folder: those of the area report, and those mapped for a period. */
export const NETLIST_FOLDERS = { area: join('area', 'netlist'), period: join('period', 'netlist') } as const;

/**
 * Writes netlists to a design's folder, in place of those of that kind that were there; returns their paths.
 *
 * @throws UserError when the folder cannot be written.
 */
export function writeNetlists(
  design: string,
  kind: keyof typeof NETLIST_FOLDERS,
  netlists: readonly MappedNetlist[],
): string[] {
  const folder = join(design, NETLIST_FOLDERS[kind]);
  replaceFolder(
    folder,
    netlists.map((netlist) => ({ path: netlistFile(netlist), content: netlist.text })),
  );
  return netlists.map((netlist) => join(folder, netlistFile(netlist)));
}
