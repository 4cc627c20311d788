import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { groupBy } from '../../../gen/base/group.js';
import { type CoveragePoint, coveragePoints } from './points.js';

/** How many points of a kind there are, and how many a simulation reached. */
export interface Reached {
  readonly reached: number;
  readonly all: number;
}

/** What simulations reached of a module, in any of its instances. */
export interface ModuleCoverage {
  readonly module: string;
  readonly file: string;
  readonly lines: Reached;
  /** But for those that are constant in the design. */
  readonly bits: Reached;
  readonly missed: readonly CoveragePoint[];
  readonly constant: readonly CoveragePoint[];
}

/** A design, and the files of its modules, relative to its folder. */
interface CoveredDesign {
  readonly folder: string;
  readonly modules: readonly { readonly name: string; readonly file: string }[];
}

/** Points by their file, an absolute path. */
type Counts = ReadonlyMap<string, readonly CoveragePoint[]>;

/**
 * Counts of all simulations that wrote into a folder, summed up over instances. Bits are changed by the first evaluation of a model,
 * too, but this is no change of a signal.
 */
export function readCounts(folder: string): Counts {
  const points = new Map<string, CoveragePoint>();
  for (const name of readdirSync(folder)) {
    const first = name.endsWith('.first');
    for (const point of coveragePoints(readFileSync(join(folder, name), 'utf8'))) {
      if (first && point.kind === 'line') continue;
      const key = JSON.stringify([point.kind, point.file, point.line, point.name]);
      const count = first ? -point.count : point.count;
      points.set(key, { ...point, count: count + (points.get(key)?.count ?? 0) });
    }
  }
  return groupBy(points.values(), ({ file }) => resolve(file));
}

/**
 * The coverage of each module of a design.
 *
 * @param isConstant Whether a bit never changes in the design; asked of bits that did not.
 * @throws UserError where nothing was counted.
 */
export function coverageOf(
  { folder, modules }: CoveredDesign,
  counts: Counts,
  isConstant: (point: CoveragePoint) => boolean,
): ModuleCoverage[] {
  const covered = modules.map(({ name, file }) =>
    moduleCoverage({ module: name, file }, counts.get(resolve(join(folder, file))) ?? [], isConstant),
  );
  if (covered.every(({ bits }) => bits.all === 0)) {
    throw new UserError(`the simulations of ${folder} counted nothing`, EXIT.toolBroken);
  }
  return covered;
}

function moduleCoverage(
  module: Pick<ModuleCoverage, 'module' | 'file'>,
  points: readonly CoveragePoint[],
  isConstant: (point: CoveragePoint) => boolean,
): ModuleCoverage {
  const unreached = points.filter(({ count }) => count === 0).toSorted((x, y) => x.line - y.line);
  const constant = unreached.filter(isConstant);
  const missed = unreached.filter((point) => !constant.includes(point));
  const of = (kind: CoveragePoint['kind']): Reached => {
    const [all = 0, not = 0, never = 0] = [points, missed, constant].map(
      (some) => some.filter((point) => point.kind === kind).length,
    );
    return { reached: all - never - not, all: all - never };
  };
  return { ...module, lines: of('line'), bits: of('bit'), missed, constant };
}
