import type { LongestPath } from '../../../gen/area/path.js';
import { markdownLines, type TextColumn, tableLines } from '../../../gen/area/text-table.js';
import type { AlternativeRow, AlternativesReport } from './run.js';

const number = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

const PROOFS: Readonly<Record<AlternativeRow['proof'], string>> = {
  generated: '',
  'same operands': 'the same, proved',
  'own operands': 'the same with its own operands, proved',
  none: 'another contract',
};

function columns({ library }: AlternativesReport): TextColumn<AlternativeRow>[] {
  return [
    { title: 'PE', left: true, text: ({ name }) => name },
    { title: 'GE', text: ({ gateEquivalents }) => number(gateEquivalents, 1) },
    { title: 'of the generated', text: ({ ratio }) => number(ratio, 3) },
    { title: 'flip-flops', text: ({ flipFlopBits }) => number(flipFlopBits, 0) },
    { title: library ? 'path, ps' : 'path, gates', text: ({ path }) => pathText(path) },
    { title: 'function', left: true, text: ({ proof }) => PROOFS[proof] },
    { title: 'what it is', left: true, text: ({ idea }) => idea },
  ];
}

/** The longest path, with buffers and sized gates. */
function pathText(path: LongestPath): string {
  switch (path.kind) {
    case 'delay':
      return number(path.buffered.ps, 0);
    case 'levels':
      return number(path.levels, 0);
    case 'wires':
      return 'none';
    case 'unknown':
      return 'unknown';
  }
}

/** How the figures came about. */
function provenance({ tool, library }: AlternativesReport): string {
  const build = tool.build === 'native' ? 'native' : `WebAssembly, ${tool.package}`;
  const mapped = library ? `${library.file} (${library.name}), sha256 ${library.sha256}` : "Yosys' generic gates";
  return `${tool.name} ${tool.version} (${build}), ${mapped}`;
}

/** The report for a terminal. */
export function alternativesText(report: AlternativesReport): string {
  return [...tableLines(columns(report), report.rows), '', provenance(report), ''].join('\n');
}

/** The report as part of a page. */
export function alternativesMarkdown(report: AlternativesReport): string {
  return [`${provenance(report)}.`, '', ...markdownLines(columns(report), report.rows)].join('\n');
}
