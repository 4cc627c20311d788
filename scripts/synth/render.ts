import {
  codeBlock,
  decimal,
  markdownLines,
  type Pair,
  pairLines,
  pairList,
  percent,
  type TextColumn,
  tableLines,
} from '../../gen/base/text-table.js';
import { toolText } from '../tools/yosys/identity.js';
import { proofLines, proofMarkdown } from './equivalence/render.js';
import type { ArrayPath, CriticalPath, InModule, PathEnds } from './path.js';
import { type AreaReport, type AreaRow, libraryText, type Size } from './report.js';

/** A column of the table of modules. */
type Column = TextColumn<AreaRow>;

/** The columns; those of areas in the library's units only with a library. */
export function moduleColumns(report: Pick<AreaReport, 'library' | 'criticalPath'>): Column[] {
  const withLibrary = report.library !== null;
  return [
    { title: 'module', left: true, text: ({ label, partOfOther }) => (partOfOther ? `(${label})` : label) },
    { title: 'instances', text: ({ instances }) => decimal(instances, 0) },
    { title: 'flip-flops', text: ({ size }) => decimal(size.flipFlopBits, 0) },
    { title: 'GE', text: ({ size }) => decimal(size.gateEquivalents, 1) },
    ...(withLibrary ? [{ title: 'area', text: ({ size }: AreaRow) => decimal(size.area ?? 0, 2) }] : []),
    { title: 'GE, all', text: ({ total }) => decimal(total.gateEquivalents, 0) },
    ...(withLibrary ? [{ title: 'area, all', text: ({ total }: AreaRow) => decimal(total.area ?? 0, 0) }] : []),
    { title: 'share', text: ({ share, partOfOther }) => (partOfOther ? `(${percent(share)})` : percent(share)) },
    ...pathColumns(report),
    { title: 'flow', left: true, text: ({ flow }) => flow },
    { title: 'GE, other flow', text: ({ otherFlow }) => decimal(otherFlow.gateEquivalents, 1) },
  ];
}

/** Critical paths, of the least-area netlist and of the buffered one; without a library in gates. */
function pathColumns({ criticalPath }: Pick<AreaReport, 'criticalPath'>): Column[] {
  const column = (title: string, length: (path: CriticalPath) => string): Column => ({
    title,
    text: ({ path }) => (path.kind === 'wires' ? 'none' : length(path)),
  });
  switch (criticalPath.kind) {
    case 'delay':
      return [
        column('path, ps', (path) => (path.kind === 'delay' ? decimal(path.leastArea.ps, 0) : '')),
        column('buffered, ps', (path) => (path.kind === 'delay' ? decimal(path.buffered.ps, 0) : '')),
      ];
    case 'levels':
      return [column('path, gates', (path) => (path.kind === 'levels' ? decimal(path.levels, 0) : ''))];
    case 'wires':
    case 'unknown':
      return [];
  }
}

/** `5,073 ps in d_pe, a_q[2] to acc_q[23]` */
function pathText(length: string, { module, from, to }: InModule<PathEnds>): string {
  return `${length} in ${module}, ${from} to ${to}`;
}

/** The critical path of the array, as pairs of name and text. */
export function pathFigures(path: ArrayPath): Pair[] {
  switch (path.kind) {
    case 'delay':
      return [
        ['critical path, buffered and sized', pathText(`${decimal(path.buffered.ps, 0)} ps`, path.buffered)],
        ['critical path, least area', pathText(`${decimal(path.leastArea.ps, 0)} ps`, path.leastArea)],
        ['critical path means', `${PATH_MEANING}, by the cells' delays in ABC`],
      ];
    case 'levels':
      return [
        ['critical path', pathText(`${decimal(path.levels, 0)} levels of generic gates`, path)],
        ['critical path means', PATH_MEANING],
      ];
    case 'wires':
      return [['critical path', 'none: no module has logic']];
    case 'unknown':
      return [['critical path', 'unknown: the library has no delays']];
  }
}

const PATH_MEANING =
  'logic between registers or ports of one module: no clock-to-output, setup or wires; paths through several modules are not added up';

/** `603.0 GE, area 2,263.4, 38 flip-flops` */
export function sizeText({ area, gateEquivalents, flipFlopBits }: Size, decimals = 0): string {
  return [
    `${decimal(gateEquivalents, decimals)} GE`,
    ...(area === undefined ? [] : [`area ${decimal(area, decimals)}`]),
    `${decimal(flipFlopBits, Number.isInteger(flipFlopBits) ? 0 : 1)} flip-flops`,
  ].join(', ');
}

/** The headline figures, as pairs of name and text. */
function figures(report: AreaReport): Pair[] {
  const { whole, perMac, pe, perLane, decoders, names } = report;
  return [
    [`whole ${names.whole}, ${names.size}`, sizeText(whole, 0)],
    [`per MAC (whole ${names.whole} / ${names.multipliers})`, sizeText(perMac, 1)],
    [`one ${names.one}`, sizeText(pe, 1)],
    ...(perLane ? [['one lane', sizeText(perLane, 1)] satisfies Pair] : []),
    ['decoders (decode_a, decode_w)', `${sizeText(decoders, 0)}: ${percent(decoders.share)} of the ${names.whole}`],
    ...pathFigures(report.criticalPath),
  ];
}

/** How the figures came about, as pairs of name and text. */
function provenance(report: AreaReport): Pair[] {
  const { tool, library, gateEquivalent, configurationSha256 } = report;
  return [
    ['tool', toolText(tool)],
    ['library', library === null ? libraryText(null) : `${libraryText(library)}, areas in its units`],
    ['unit', library === null ? gateEquivalent : `${gateEquivalent}, area ${decimal(library.nand2.area, 4)}`],
    ['configuration', `sha256 ${configurationSha256}`],
    ['sum', structureText(report)],
  ];
}

/** How a sum came about that was not checked. */
export const uncheckedText = ({ reason }: { readonly reason: string }): string =>
  `by the instance counts of the manifest; not checked by elaboration: ${reason}`;

function structureText({ structure }: AreaReport): string {
  if (!structure.checked) return uncheckedText(structure);
  const own = Object.entries(structure.ownLogic).map(([cell, count]) => `${count} ${cell}`);
  return `instance counts checked against the elaborated array; outside the modules, and not in the sum: ${own.length > 0 ? own.join(', ') : 'nothing'}`;
}

export const NOTES = [
  'Each module is synthesised alone and flattened, for least area, with and without `alumacc`. The smaller netlist is kept.',
  'Modules in parentheses are parts of others and are not added again. Delay lines are given per stage.',
  'Critical paths: "path" is that of the netlist whose area is given, where one small gate may drive a whole row of registers.',
  '"buffered" is that of the same netlist with buffers and sized gates; its area is not in the table. Without a library, gates are counted.',
  'Flip-flops are bits. Areas are cell areas, without wiring, clock tree or fill. Differences below 3 % are noise.',
];

/** The report for a terminal. */
export function renderText(report: AreaReport): string {
  return [
    `Area of ${report.design}: ${report.gateEquivalent}`,
    '',
    ...tableLines(moduleColumns(report), report.modules),
    '',
    ...pairLines([...figures(report), ...provenance(report)]),
    ...proofLines(report.proof),
    ...warningLines(report),
    '',
  ].join('\n');
}

function warningLines({ warnings }: AreaReport): string[] {
  const count = warnings.length;
  return count === 0 ? [] : ['', `${count === 1 ? '1 warning' : `${count} different warnings`} of Yosys: see area.md`];
}

/** The warnings of Yosys on a page. */
export const warningList = (warnings: readonly string[]): string[] =>
  warnings.length === 0
    ? ['Yosys printed no warnings.']
    : ['Warnings of Yosys:', '', ...warnings.map((text) => `- \`${text.replaceAll('`', "'")}\``)];

/** The end of a report's page: generator, what made it, the scripts and the warnings of Yosys. */
export const howItWasMade = (
  { generator, flows, warnings }: Pick<AreaReport, 'generator' | 'flows' | 'warnings'>,
  provenance: readonly Pair[],
): string[] => [
  '## How it was made',
  '',
  `Generated by ${generator}, do not edit.`,
  '',
  ...pairList(provenance),
  '',
  ...Object.entries(flows).flatMap(([name, script]) => [`Flow \`${name}\`:`, '', ...codeBlock(script)]),
  ...warningList(warnings),
];

/** The report as a page, `area.md`. */
export function renderMarkdown(report: AreaReport): string {
  const table = moduleColumns(report);
  return [
    `# Area of ${report.design}`,
    '',
    ...pairList(figures(report)),
    '',
    `GE: ${report.gateEquivalent}.`,
    '',
    ...markdownLines(table, report.modules),
    '',
    ...NOTES,
    '',
    ...proofMarkdown(report.proof),
    ...howItWasMade(report, provenance(report)),
    '',
  ].join('\n');
}
