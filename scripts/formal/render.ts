import { type TextColumn, tableLines } from '../../gen/base/text-table.js';
import type { FormalReport } from './formal.js';
import type { PropertyOutcome, PropertyResult } from './verdict.js';

/** What is known of a property, in words. */
export function outcomeText(outcome: PropertyOutcome): string {
  switch (outcome.result) {
    case 'proved':
      return `proved by ${outcome.by}${outcome.frames === undefined ? '' : `, invariant of depth ${outcome.frames}`}`;
    case 'bounded':
      return `BOUNDED: holds for ${outcome.cycles} cycles by ${outcome.by}`;
    case 'violated':
      return `VIOLATED in cycle ${outcome.cycle} by ${outcome.by}: ${outcome.inputs.join(', ')}`;
    case 'vacuous':
      return `VACUOUS: never applies, by ${outcome.by}`;
    case 'undecided':
      return `NOT DECIDED: ${outcome.why}`;
  }
}

const COLUMNS: readonly TextColumn<PropertyResult>[] = [
  { title: 'module', left: true, text: ({ module }) => module },
  { title: 'property', left: true, text: ({ property }) => property },
  { title: 'seconds', text: ({ seconds }) => seconds.toFixed(1) },
  { title: 'result', left: true, text: ({ outcome }) => outcomeText(outcome) },
];

/** The report for a terminal: a table, what each property says, and a summary. */
export function formalText({ designs, failed }: FormalReport): string {
  const results = designs.flatMap((design) => design.results);
  const proved = results.filter(({ outcome }) => outcome.result === 'proved').length;
  return [
    ...tableLines(COLUMNS, results),
    '',
    `${results.length} properties of ${designs.length} designs: ${proved} proved for all time, ${failed.length} failed`,
    ...failed.map((name) => `FAIL ${name}: ${statementOf(results, name)}`),
    '',
  ].join('\n');
}

const statementOf = (results: readonly PropertyResult[], name: string): string =>
  results.find(({ module, property }) => `${module}.${property}` === name)?.statement ?? '';
