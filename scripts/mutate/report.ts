import { decimal, percent, plural, type TextColumn, tableLines } from '../../gen/base/text-table.js';
import type { CheckName } from './checks.js';
import type { DesignMutants, Fate, MutantResult } from './mutate.js';
import { OPERATORS } from './operators.js';

export interface MutateReport {
  readonly generator: string;
  readonly yosys: string;
  readonly seed: number;
  /** What looked for them, each for what those before it did not find. */
  readonly checks: readonly CheckName[];
  readonly designs: readonly DesignMutants[];
}

/** Mutants by their fate. */
interface Counts extends Readonly<Record<Fate, number>> {
  readonly name: string;
}

const count = (name: string, mutants: readonly MutantResult[]): Counts => {
  const of = (fate: Fate): number => mutants.filter((mutant) => mutant.fate === fate).length;
  return { name, killed: of('killed'), equivalent: of('equivalent'), survived: of('survived') };
};

/** The part of mutants that are not proved equivalent which verification finds. */
const scoreOf = ({ killed, survived }: Pick<Counts, 'killed' | 'survived'>): number =>
  killed + survived === 0 ? 1 : killed / (killed + survived);

const COLUMNS: readonly TextColumn<Counts>[] = [
  { title: '', left: true, text: ({ name }) => name },
  ...(['killed', 'equivalent', 'survived'] as const).map((fate) => ({
    title: fate,
    text: (counts: Counts) => decimal(counts[fate]),
  })),
  { title: 'found', text: (counts) => percent(scoreOf(counts)) },
];

/** Mutants of a design by module, or by kind. */
const groups = (mutants: readonly MutantResult[], key: 'module' | 'operator'): Counts[] =>
  [...new Set(mutants.map((mutant) => mutant[key]))].map((name) =>
    count(
      name,
      mutants.filter((mutant) => mutant[key] === name),
    ),
  );

export const mutateText = ({ designs, checks }: MutateReport): string =>
  designs.map((design) => designText(design, checks)).join('\n');

function designText({ name, folder, mutants, seconds }: DesignMutants, checks: readonly CheckName[]): string {
  const survivors = mutants.filter(({ fate }) => fate === 'survived');
  const kinds = groups(mutants, 'operator').map((counts) => ({
    ...counts,
    name: OPERATORS[counts.name as keyof typeof OPERATORS],
  }));
  return [
    `${name}: ${plural(mutants.length, 'mutant')}, found in ${decimal(seconds.checks)} s, proofs of equivalence ${decimal(seconds.proofs)} s`,
    ...checks.map((check) => `  ${check}: ${plural(mutants.filter((each) => each.check === check).length, 'mutant')}`),
    '',
    ...tableLines(COLUMNS, [...groups(mutants, 'module'), count('all', mutants)]),
    '',
    ...tableLines(COLUMNS, kinds),
    '',
    ...survivors.map(
      ({ number, file, line, from, to }) => `survived  ${folder}/${file}:${line}: ${from} -> ${to} (${number})`,
    ),
    ...(survivors.length > 0 ? [''] : []),
  ].join('\n');
}
