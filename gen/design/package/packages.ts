import type { PackageName } from '../../config/packages.js';
import { type Identity, identityOf } from '../../rtl/render/identity.js';
import type { RenderedFile } from '../rendered-file.js';
import { macrosOf, renderMemoryMacros } from './asic.js';
import { benderManifest } from './bender.js';
import type { PackageChoice } from './choose.js';
import { cmake } from './cmake.js';
import { cocotb } from './cocotb.js';
import { fusesocCore } from './fusesoc.js';
import { ipxactComponent } from './ipxact.js';
import { lattice } from './lattice.js';
import { openlane } from './openlane.js';
import { orfs } from './orfs.js';
import { quartus } from './quartus.js';
import type { PackageSubject } from './subject.js';
import { vivado } from './vivado.js';

const WRITERS: Readonly<Record<PackageName, (subject: PackageSubject) => RenderedFile[]>> = {
  ...{ fusesoc: fusesocCore, bender: benderManifest, ipxact: ipxactComponent },
  ...{ openlane, orfs, vivado, quartus, lattice, cocotb, cmake },
};

/** The packages in which memories are macros. */
const WITH_MACROS: readonly PackageName[] = ['openlane', 'orfs'];

/** The command that writes a design with its packages. */
export function withPackages(command: string, { request }: Pick<PackageChoice, 'request'>): string {
  if (request.length === 0) return command;
  return `${command} --package ${request === 'all' ? request : request.join(',')}`;
}

/** The files of the packages that are chosen; their paths are relative to the design's folder. */
export function renderPackages(
  design: { readonly hash: string; readonly command: string },
  generator: string,
  choice: PackageChoice,
  subjectOf: (identity: Identity) => PackageSubject,
): RenderedFile[] {
  const { names } = choice;
  if (names.length === 0) return [];
  const identity = identityOf({ ...design, command: withPackages(design.command, choice) }, generator);
  const subject = subjectOf(identity);
  const needsMacros = names.some((name) => WITH_MACROS.includes(name)) && macrosOf(subject).length > 0;
  return [
    ...(needsMacros ? renderMemoryMacros(subject, identity) : []),
    ...names.flatMap((name) => WRITERS[name](subject)),
  ];
}
