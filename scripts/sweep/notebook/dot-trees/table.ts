import { decimal, tableLines } from '../../../../gen/base/text-table.js';
import { proofLines } from '../../../synth/equivalence/render.js';
import { libraryText } from '../../../synth/report.js';
import { toolText } from '../../../tools/yosys/identity.js';
import type { DotTree, DotTreesReport } from './measure.js';

/** The report for a terminal. */
export function dotTreesText({ tool, library, trees, proof }: DotTreesReport): string {
  const table = tableLines<DotTree>(
    [
      { title: 'variant', left: true, text: ({ name }) => name },
      { title: 'GE', text: ({ gateEquivalents }) => decimal(gateEquivalents.alumacc, 1) },
      { title: 'without alumacc', text: ({ gateEquivalents }) => decimal(gateEquivalents.noalumacc, 1) },
      { title: 'right beats', text: ({ beats }) => decimal(beats) },
      { title: 'what it is', left: true, text: ({ title }) => title },
    ],
    trees,
  );
  const provenance = `${toolText(tool)}, ${library ? libraryText(library) : "Yosys' generic gates"}`;
  return [...table, ...proofLines(proof), '', provenance, ''].join('\n');
}
