import { join } from 'node:path';
import { type MappedNetlist, netlistFile } from '../../../gen/area/netlist.js';
import { replaceFolder } from '../../../gen/folder.js';

/** Where a design's netlists are kept, in its folder. */
export const NETLIST_FOLDER = join('area', 'netlist');

/**
 * Writes netlists to a design's folder, in place of those that were there; returns their paths.
 *
 * @throws UserError when the folder cannot be written.
 */
export function writeNetlists(design: string, netlists: readonly MappedNetlist[]): string[] {
  const folder = join(design, NETLIST_FOLDER);
  replaceFolder(
    folder,
    netlists.map((netlist) => ({ path: netlistFile(netlist), content: netlist.text })),
  );
  return netlists.map((netlist) => join(folder, netlistFile(netlist)));
}
