import { markdownLines, type TextColumn, tableLines } from '../../../gen/base/text-table.js';
import { isAccepted, type ModuleProof, type ProofReport, type ProofResult } from './verdict.js';

/** What is known of a netlist, in words. */
export function outcomeText(outcome: ProofResult): string {
  switch (outcome.result) {
    case 'proved':
      return `proved by ${outcome.by}`;
    case 'different':
      return `DIFFERENT by ${outcome.by}${differences(outcome.outputs)}`;
    case 'conflicting':
      return `CONFLICT: driven more than once: ${shown(outcome.nets)}`;
    case 'simulated':
      return `simulated, ${outcome.vectors.toLocaleString('en-US')} vectors; ${outcome.why}`;
    case 'failed simulation':
      return `FAILED in simulation: ${outcome.failure}`;
    case 'open':
      return `NOT PROVED: ${outcome.why}`;
  }
}

const SHOWN = 4;

function differences(outputs: readonly string[]): string {
  return outputs.length === 0 ? '' : `, for one input in ${shown(outputs)}`;
}

/** The first few of a list, and how many more there are. */
function shown(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}

/** The columns of the table of proofs. */
export const PROOF_COLUMNS: readonly TextColumn<ModuleProof>[] = [
  { title: 'netlist', left: true, text: ({ netlist }) => netlist },
  { title: 'registers', text: ({ outcome }) => (outcome.result === 'proved' ? String(outcome.registers) : '') },
  { title: 'seconds', text: ({ seconds }) => seconds.toFixed(1) },
  { title: 'against its RTL', left: true, text: ({ outcome }) => outcomeText(outcome) },
];

/** All results in a line. */
export function proofSummary({ modules }: ProofReport): string {
  const count = (result: ProofResult['result']): number =>
    modules.filter(({ outcome }) => outcome.result === result).length;
  const failed = modules.filter(({ outcome }) => !isAccepted(outcome)).length;
  return `${modules.length} netlists against their RTL: ${count('proved')} proved, ${count('simulated')} simulated, ${failed} failed`;
}

/** The results as a report for a terminal shows them, after an empty line; nothing where no proof was asked for. */
export const proofLines = (proof: ProofReport | undefined): string[] =>
  proof === undefined ? [] : ['', proofSummary(proof), '', ...tableLines(PROOF_COLUMNS, proof.modules)];

/** The results as a section of a page; nothing where no proof was asked for. */
export const proofMarkdown = (proof: ProofReport | undefined, heading = '## Proof of the netlists'): string[] =>
  proof === undefined
    ? []
    : [
        ...[heading, ''],
        ...[`${proofSummary(proof)}; at most ${proof.limitSeconds} s each for the proof.`, ''],
        ...[...markdownLines(PROOF_COLUMNS, proof.modules), ''],
      ];
