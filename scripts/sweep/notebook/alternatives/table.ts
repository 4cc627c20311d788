import { decimal, markdownLines, type TextColumn, tableLines } from '../../../../gen/base/text-table.js';
import type { CriticalPath } from '../../../synth/path.js';
import { libraryText } from '../../../synth/report.js';
import { toolText } from '../../../tools/yosys/identity.js';
import type { AlternativeRow, AlternativesReport } from './measure.js';

const FUNCTIONS: Readonly<Record<AlternativeRow['operands'], string>> = {
  generated: '',
  same: 'the same, proved',
  'made of generated': 'the same with its own operands, proved',
  'made into generated': 'the same with its own operands, proved',
  'not proved': 'another contract',
};

function columns({ library }: AlternativesReport): TextColumn<AlternativeRow>[] {
  return [
    { title: 'PE', left: true, text: ({ name }) => name },
    { title: 'GE', text: ({ gateEquivalents }) => decimal(gateEquivalents, 1) },
    { title: 'of the generated', text: ({ ratio }) => decimal(ratio, 3) },
    { title: 'flip-flops', text: ({ flipFlopBits }) => decimal(flipFlopBits, 0) },
    { title: library ? 'path, ps' : 'path, gates', text: ({ path }) => pathText(path) },
    { title: 'function', left: true, text: ({ operands }) => FUNCTIONS[operands] },
    { title: 'what it is', left: true, text: ({ idea }) => idea },
  ];
}

/** The critical path, with buffers and sized gates. */
function pathText(path: CriticalPath): string {
  switch (path.kind) {
    case 'delay':
      return decimal(path.buffered.ps, 0);
    case 'levels':
      return decimal(path.levels, 0);
    case 'wires':
      return 'none';
    case 'unknown':
      return 'unknown';
  }
}

/** How the figures came about. */
function provenance({ tool, library }: AlternativesReport): string {
  return `${toolText(tool)}, ${library ? libraryText(library) : "Yosys' generic gates"}`;
}

/** The report for a terminal. */
export function alternativesText(report: AlternativesReport): string {
  return [...tableLines(columns(report), report.rows), '', provenance(report), ''].join('\n');
}

/** The report as part of a page. */
export function alternativesMarkdown(report: AlternativesReport): string {
  return [`${provenance(report)}.`, '', ...markdownLines(columns(report), report.rows)].join('\n');
}
