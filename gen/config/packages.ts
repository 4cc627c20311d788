import { ConfigurationError, type Problem } from '../base/errors.js';
import { nearWord } from '../base/suggest.js';

/** Where the modules of a design end: in an ASIC, in an FPGA, in a simulation, or anywhere. */
type Target = 'asic' | 'amd' | 'fpga' | 'any';

/** The packages that `gen` writes on request. */
export const PACKAGES = {
  fusesoc: { target: 'any', title: 'core of FuseSoC (CAPI2): lint, simulation, synthesis' },
  bender: { target: 'any', title: 'manifest of Bender' },
  ipxact: {
    target: 'any',
    title: 'component of IP-XACT 2014, with AMBA buses and registers where the design has them',
  },
  openlane: { target: 'asic', title: 'configuration of OpenLane 2' },
  orfs: { target: 'asic', title: 'configuration of OpenROAD-flow-scripts' },
  vivado: { target: 'amd', title: 'script for a Vivado project' },
  quartus: { target: 'fpga', title: 'script for a Quartus project' },
  lattice: { target: 'fpga', title: 'Makefile for Yosys and nextpnr, FPGAs of Lattice' },
  cocotb: { target: 'any', title: 'bench and Makefile for cocotb' },
  cmake: { target: 'any', title: 'CMake snippet for Verilator, and a project that runs the test bench' },
} as const satisfies Record<string, { readonly target: Target; readonly title: string }>;

export type PackageName = keyof typeof PACKAGES;

export const PACKAGE_NAMES = Object.keys(PACKAGES) as PackageName[];

/** The designs that a package does not suit, by where it leads. */
export const UNSUITED: Readonly<Record<Target, string>> = {
  asic: '`--clock-gate bufgce`',
  amd: '`--clock-gate latch`, the default gate',
  fpga: 'a clock gate (`--stall gate`, the default)',
  any: '',
};

/** The packages asked for: some by their names, or all that suit the design. */
export type PackageRequest = 'all' | readonly PackageName[];

const ALL = 'all';

/**
 * The packages that a list names, in the order of the table.
 *
 * @throws ConfigurationError naming every name that is none.
 */
export function parsePackages(text: string | undefined): PackageRequest {
  if (text === undefined) return [];
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const known = [...PACKAGE_NAMES, ALL];
  const unknown = names.filter((name) => !known.includes(name));
  const problems: Problem[] = [...new Set(unknown)].map((name) => {
    const nearest = nearWord(name, known);
    const rule = `is no package; there are ${known.join(', ')}`;
    return { key: 'package', given: `"${name}"`, rule, ...(nearest === undefined ? {} : { nearest }) };
  });
  if (names.length === 0) {
    problems.push({ key: 'package', given: `"${text}"`, rule: `must name packages of ${known.join(', ')}` });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return names.includes(ALL) ? ALL : PACKAGE_NAMES.filter((name) => names.includes(name));
}
