import { markdownLines, type Pair, pairLines, pairList, tableLines } from '../../../gen/base/text-table.js';
import { toolText } from '../../tools/yosys/identity.js';
import { proofLines, proofMarkdown } from '../equivalence/render.js';
import { howItWasMade, moduleColumns, NOTES, pathFigures, sizeText } from '../render.js';
import { libraryText } from '../report.js';
import type { RequantiserReport } from './measure.js';

const lanesText = ({ lanes }: RequantiserReport): string => `${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`;

const figures = (report: RequantiserReport): Pair[] => [
  [`whole requantiser, ${lanesText(report)}`, sizeText(report.whole, 0)],
  ['per lane (whole / lanes)', sizeText(report.perLane, 1)],
  ...pathFigures(report.criticalPath),
];

const provenance = ({ tool, library, gateEquivalent, configurationSha256, types }: RequantiserReport): Pair[] => [
  ['types', types.join(' ')],
  ['tool', toolText(tool)],
  ['library', libraryText(library)],
  ['unit', gateEquivalent],
  ['configuration', `sha256 ${configurationSha256}`],
  ['sum', 'instance counts checked against the elaborated requantiser, which holds nothing else'],
];

/** The report for a terminal. */
export const requantiserText = (report: RequantiserReport): string =>
  [
    `Area of ${report.design}: ${report.gateEquivalent}`,
    '',
    ...tableLines(moduleColumns(report), report.modules),
    '',
    ...pairLines([...figures(report), ...provenance(report)]),
    ...proofLines(report.proof),
    '',
  ].join('\n');

/** The report as a page, `area.md`. */
export const requantiserMarkdown = (report: RequantiserReport): string =>
  [
    `# Area of ${report.design}`,
    '',
    ...pairList(figures(report)),
    '',
    ...markdownLines(moduleColumns(report), report.modules),
    '',
    ...NOTES,
    '',
    ...proofMarkdown(report.proof),
    ...howItWasMade(report, provenance(report)),
    '',
  ].join('\n');
