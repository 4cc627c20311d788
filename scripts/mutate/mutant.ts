import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Span } from './expression.js';
import { type Change, changesOf, type Operator } from './operators.js';
import { type ModuleSites, moduleSites } from './sites.js';

/** A module with one change. */
export interface Mutant {
  /** Of all modules of a design, from 1. */
  readonly number: number;
  readonly module: string;
  readonly file: string;
  readonly line: number;
  readonly operator: Operator;
  /** What stands there, and what in its place. */
  readonly from: string;
  readonly to: string;
  readonly change: Change;
}

/** A source with all its mutants. */
export interface MutatedSource {
  readonly file: string;
  readonly source: string;
  readonly module: ModuleSites;
  readonly mutants: readonly Mutant[];
}

/** All mutants of a module. @param first The number of the first one. */
export function mutantsOf(file: string, source: string, first: number): MutatedSource {
  const module = moduleSites(source);
  const mutants = changesOf(source, module).map((change, i): Mutant => {
    const { span, operator, shown } = change;
    return {
      ...{ number: first + i, module: module.name, file, operator, change },
      line: source.slice(0, span.start).split('\n').length,
      ...{ from: oneLine(source.slice(span.start, span.end)), to: oneLine(shown) },
    };
  });
  return { file, source, module, mutants };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** The variable that holds the number of the mutant, in every module; 0 is the module as it is. */
const SELECTOR = 'ant_mutant';

/** The argument of a simulation that chooses a mutant: `+ant_mutant=7`. */
export const MUTANT_ARGUMENT = SELECTOR;

/** The source with all its mutants behind a variable, which the simulation's argument sets. */
export function selectable({ source, module, mutants }: MutatedSource, chosen: readonly Mutant[] = mutants): string {
  if (chosen.length === 0) return source;
  const variable = [
    '',
    `  reg [31:0] ${SELECTOR} = 32'd0;`,
    '  initial begin',
    `    if (!$value$plusargs("${SELECTOR}=%d", ${SELECTOR})) ${SELECTOR} = 32'd0;`,
    '  end',
  ].join('\n');
  const { body } = module;
  const wholeBody = { start: body, end: source.length };
  return source.slice(0, body) + variable + withChoices(source, wholeBody, chosen);
}

/** The source with one change made. */
export function applied({ source }: MutatedSource, { change: { span, text } }: Mutant): string {
  return `${source.slice(0, span.start)}(${text})${source.slice(span.end)}`;
}

/** Reads the files of a design with one change made. */
export function changedReader(
  folder: string,
  sources: readonly MutatedSource[],
  mutant: Mutant,
): (file: string) => string {
  const source = sources.find(({ file }) => file === mutant.file) as MutatedSource;
  return (file) => (file === source.file ? applied(source, mutant) : readFileSync(join(folder, file), 'utf8'));
}

/** A part of a source in which each changed part is a choice. @param mutants Within it, the outer ones first. */
function withChoices(source: string, { start, end }: Span, mutants: readonly Mutant[]): string {
  const parts: string[] = [];
  let [at, next] = [start, 0];
  while (next < mutants.length) {
    const { span } = (mutants[next] as Mutant).change;
    const isHere = ({ change }: Mutant): boolean => change.span.start === span.start && change.span.end === span.end;
    const here = mutants.slice(next).filter(isHere);
    const within = mutants.slice(next).filter((each) => !isHere(each) && each.change.span.end <= span.end);
    const choices = here.map(({ number, change }) => `${SELECTOR} == 32'd${number} ? (${change.text}) : `);
    parts.push(source.slice(at, span.start), '(', ...choices, withChoices(source, span, within), ')');
    at = span.end;
    next += here.length + within.length;
  }
  return [...parts, source.slice(at, end)].join('');
}
