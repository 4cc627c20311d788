import { ConfigurationError } from '../../base/errors.js';
import { PACKAGE_NAMES, PACKAGES, type PackageName, type PackageRequest } from '../../config/packages.js';
import type { Configuration } from '../../config/parameters.js';
import type { ClockGate } from '../../rtl/clock-gate.js';

/** A design's clock gate, as far as packages depend on it. */
type Gated = Pick<Configuration, 'clockGate'> & { readonly gate: ClockGate | null };

/** A design without a clock gate. */
export const UNGATED: Gated = { gate: null, clockGate: 'latch' };

/** Packages to write, and those of `all` that do not suit the design. */
export interface PackageChoice {
  /** As it was asked for. */
  readonly request: PackageRequest;
  readonly names: readonly PackageName[];
  readonly leftOut: readonly { readonly name: PackageName; readonly reason: string }[];
}

/** Why a package does not suit a design, and the way out; undefined where it does. */
function obstacle(name: PackageName, { gate, clockGate }: Gated): { reason: string; wayOut: string } | undefined {
  if (gate === null) return undefined;
  const { target } = PACKAGES[name];
  if (target === 'asic' && clockGate === 'bufgce')
    return { reason: 'the clock passes a buffer of AMD FPGAs', wayOut: '--clock-gate latch, or --stall enable' };
  const isGated = target === 'fpga' || (target === 'amd' && clockGate === 'latch');
  if (!isGated) return undefined;
  const orBuffer = target === 'amd' ? ', or --clock-gate bufgce' : '';
  return { reason: 'the clock passes a gate, which FPGAs do not support well', wayOut: `--target fpga${orBuffer}` };
}

/**
 * The packages of a design.
 *
 * @throws ConfigurationError naming every package that was named and does not suit the design.
 */
export function choosePackages(request: PackageRequest, gated: Gated): PackageChoice {
  const asked = request === 'all' ? PACKAGE_NAMES : request;
  const unsuited = asked.flatMap((name) => {
    const found = obstacle(name, gated);
    return found === undefined ? [] : [{ name, ...found }];
  });
  if (request !== 'all' && unsuited.length > 0) {
    throw new ConfigurationError(
      unsuited.map(({ name, reason, wayOut }) => ({ key: 'package', given: name, rule: reason, nearest: wayOut })),
    );
  }
  const names = asked.filter((name) => !unsuited.some((each) => each.name === name));
  return { request, names, leftOut: unsuited.map(({ name, reason }) => ({ name, reason })) };
}

export const NO_PACKAGES: PackageChoice = { request: [], names: [], leftOut: [] };
