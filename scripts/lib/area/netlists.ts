import { join } from 'node:path';
import { type MappedNetlist, netlistFile } from '../../../gen/area/netlist.js';
import { replaceFolder } from '../../../gen/folder.js';
import { type AreaRequest, measureDesign } from './run.js';

/** Where a design's netlists are kept, in its folder. */
export const NETLIST_FOLDER = join('area', 'netlist');

/**
 * The mapped netlist of every module of a design that the area report has a row for, one per set of parameters.
 *
 * @throws UserError as `measureDesign`.
 */
export async function mappedNetlists(request: AreaRequest): Promise<readonly MappedNetlist[]> {
  return (await measureDesign(request)).netlists;
}

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
