import {
  decimal,
  markdownLines,
  type Pair,
  pairLines,
  pairList,
  type TextColumn,
  tableLines,
} from '../../../gen/base/text-table.js';
import { toolText } from '../../tools/yosys/identity.js';
import { howItWasMade, moduleColumns, NOTES, pathFigures, sizeText } from '../render.js';
import { libraryText } from '../report.js';
import type { EngineAreaReport } from './measure.js';

const figures = (report: EngineAreaReport): Pair[] => [
  ['whole engine, without memories', sizeText(report.whole, 0)],
  ['PEs', `${decimal(report.pes)} GE, ${decimal(report.macsPerCycle)} MAC/cycle`],
  ['all that is neither PE nor memory', `${decimal(report.others)} GE`],
  ...pathFigures(report.criticalPath),
];

const provenance = ({ tool, library, gateEquivalent, configurationSha256 }: EngineAreaReport): Pair[] => [
  ['tool', toolText(tool)],
  ['library', libraryText(library)],
  ['unit', gateEquivalent],
  ['configuration', `sha256 ${configurationSha256}`],
  ['sum', 'of all modules that the elaborated engine holds; memories are black boxes, compared with the manifest'],
];

const MEMORIES: readonly TextColumn<EngineAreaReport['memories'][number]>[] = [
  { title: 'memory, not in the areas', left: true, text: ({ name }) => name },
  { title: 'instances', text: ({ instances }) => decimal(instances) },
  { title: 'words', text: ({ words }) => decimal(words) },
  { title: 'bits', text: ({ bits }) => decimal(bits) },
  { title: 'KiB, all', text: ({ instances, words, bits }) => decimal((instances * words * bits) / 8192, 1) },
];

/** The report for a terminal. */
export const engineAreaText = (report: EngineAreaReport): string =>
  [
    `Area of ${report.design}: ${report.gateEquivalent}`,
    '',
    ...tableLines(moduleColumns(report), report.modules),
    '',
    ...tableLines(MEMORIES, report.memories),
    '',
    ...pairLines([...figures(report), ...provenance(report)]),
    '',
  ].join('\n');

/** The report as a page, `area.md`. */
export const engineAreaMarkdown = (report: EngineAreaReport): string =>
  [
    `# Area of ${report.design}`,
    '',
    ...pairList(figures(report)),
    '',
    ...markdownLines(moduleColumns(report), report.modules),
    '',
    ...markdownLines(MEMORIES, report.memories),
    '',
    ...NOTES,
    '',
    ...howItWasMade(report, provenance(report)),
    '',
  ].join('\n');
