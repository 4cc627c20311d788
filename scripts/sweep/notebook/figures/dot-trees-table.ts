import { FLOWS } from '../../../synth/flow-names.js';
import type { DotTree, DotTreesReport } from '../dot-trees/study.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** The trees by their areas, the smaller of the two of each; those that the generator makes stand out. */
export function dotTreesTable({ trees, proof }: DotTreesReport): string {
  const least = ({ gateEquivalents }: DotTree): number => Math.min(...FLOWS.map((flow) => gateEquivalents[flow]));
  return pageTable<DotTree>(
    [
      { title: 'variant', left: true, text: titleOf },
      { title: 'GE', text: ({ gateEquivalents }) => gateEquivalents.alumacc.toFixed(0) },
      { title: 'without `alumacc`', text: ({ gateEquivalents }) => gateEquivalents.noalumacc.toFixed(0) },
    ],
    [...trees].sort((one, other) => least(one) - least(other)),
    netlistsLine([proof], 'Netlists', 'the beats of their Verilog'),
  );
}

function titleOf({ title, options }: DotTree): string {
  if (options === null) return title;
  return `**${title}**${options === '' ? '' : ` (\`${options}\`)`}`;
}
