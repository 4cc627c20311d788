import { proofLines } from '../../../gen/area/proof/render.js';
import { libraryText, toolText } from '../../../gen/area/report.js';
import { decimal, tableLines } from '../../../gen/area/text-table.js';
import type { DotTree, DotTreesReport } from './run.js';

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
