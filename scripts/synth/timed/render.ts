import { decimal, markdownLines, type TextColumn, tableLines } from '../../../gen/base/text-table.js';
import { toolText } from '../../tools/yosys/identity.js';
import { proofLines, proofMarkdown } from '../equivalence/render.js';
import { libraryText, type Size } from '../report.js';
import type { StaPath, StaResult } from '../sta/log.js';
import {
  type CurvePoint,
  type CurveReport,
  NO_TARGET,
  type PeriodReport,
  type StaReport,
  type TimedRow,
} from './report.js';
import { STRATEGIES } from './strategies.js';

const ns = (ps: number): string => `${decimal(ps / 1000, 3)} ns`;

type Pair = readonly [name: string, text: string];

const COLUMNS: readonly TextColumn<TimedRow>[] = [
  { title: 'module', left: true, text: ({ label }) => label },
  { title: 'instances', text: ({ instances }) => decimal(instances) },
  { title: 'GE', text: ({ size }) => decimal(size.gateEquivalents, 1) },
  { title: 'area', text: ({ size }) => decimal(size.area ?? 0, 2) },
  { title: 'area, all', text: ({ total }) => decimal(total.area ?? 0) },
  { title: 'path, ps', text: ({ path }) => (path === null ? 'none' : decimal(path.ps)) },
  { title: 'slack, ps', text: ({ slackPs }) => (slackPs === null ? '' : decimal(slackPs)) },
  { title: 'mapping', left: true, text: ({ strategy, flow }) => `${strategy}, ${flow}` },
];

function sizeText({ gateEquivalents, area, flipFlopBits }: Size, decimals = 0): string {
  return `${decimal(gateEquivalents, decimals)} GE, area ${decimal(area ?? 0, decimals)}, ${decimal(flipFlopBits, Number.isInteger(flipFlopBits) ? 0 : 1)} flip-flops`;
}

/** The module with the least slack. */
function worst({ modules }: PeriodReport): TimedRow | undefined {
  return modules.filter(({ slackPs }) => slackPs !== null).sort((x, y) => (x.slackPs ?? 0) - (y.slackPs ?? 0))[0];
}

function periodFigures(report: PeriodReport): Pair[] {
  const { periodPs, marginPs, met, whole, perMac, pe, names, tool, library, configurationSha256 } = report;
  const least = worst(report);
  return [
    ['period', `${ns(periodPs)}, ${ns(marginPs)} of it reserved for registers: ${met ? 'met' : 'MISSED'}`],
    ...(least?.path
      ? [
          [
            'least slack',
            `${ns(least.slackPs ?? 0)} in ${least.module}, ${least.path.from} to ${least.path.to}`,
          ] as const,
        ]
      : []),
    ...(report.sta ? staFigures(report.sta) : []),
    [`whole ${names.whole}`, sizeText(whole)],
    ['per MAC', sizeText(perMac, 1)],
    [`one ${names.one}`, sizeText(pe, 1)],
    ['tool', toolText(tool)],
    ['library', libraryText(library)],
    ['configuration', `sha256 ${configurationSha256}`],
  ];
}

function staFigures({ tool, whole, pe }: StaReport): Pair[] {
  const path = ({ from, to, group, cells }: StaPath): string => `${from} to ${to} (${group}, ${cells} cells)`;
  const lines = (name: string, { slackPs, path: worst, minimumPs, minimumPath }: StaResult): Pair[] => [
    [`${name}, slack`, `${ns(slackPs)}: ${path(worst)}`],
    [`${name}, least period`, `${ns(minimumPs)}, ${decimal(1e6 / minimumPs, 1)} MHz: ${path(minimumPath)}`],
  ];
  return [
    ['setup checks', `${tool.name} ${tool.version}: ${whole.slackPs < 0 ? 'MISSED' : 'met'}`],
    ...lines('whole', whole),
    ...lines(pe.module, pe),
  ];
}

const STA_NOTE =
  'Setup checks include clock-to-output, setup and paths through several modules, but no wires. The clock is ideal, also behind a clock gate.';

/** What the proof of the netlist that holds the others is worth, where it was asked for. */
const proofNotes = ({ proof, sta, top }: PeriodReport): string[] =>
  proof && sta
    ? [
        `The proof of ${top} covers the netlist around the modules, these being black boxes: delay lines, ready signals, wiring.`,
      ]
    : [];

const PERIOD_NOTES = [
  'Paths are through the logic of one module, by the delays of the cells in ABC, without clock-to-output, setup, wires or clock skew',
  '(reserve time for these with --margin; --sta checks the whole design with them).',
  'Of each module the smallest netlist that meets the period is kept; if none meets it, the fastest.',
];

const pairs = (entries: readonly Pair[]): string[] => {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
};

/** The report for a terminal. */
export function renderPeriodText(report: PeriodReport): string {
  return [
    `${report.design} mapped for a period of ${ns(report.periodPs)}`,
    '',
    ...tableLines(COLUMNS, report.modules),
    '',
    ...pairs(periodFigures(report)),
    '',
    ...PERIOD_NOTES,
    ...(report.sta ? [STA_NOTE] : []),
    ...proofNotes(report),
    ...proofLines(report.proof),
    '',
  ].join('\n');
}

/** The report as a page, `period.md`. */
export function renderPeriodMarkdown(report: PeriodReport): string {
  return [
    `# ${report.design} mapped for a period of ${ns(report.periodPs)}`,
    '',
    ...periodFigures(report).map(([name, text]) => `- **${name}**: ${text}`),
    '',
    ...markdownLines(COLUMNS, report.modules),
    '',
    ...PERIOD_NOTES,
    ...(report.sta ? [STA_NOTE] : []),
    ...proofNotes(report),
    '',
    ...proofMarkdown(report.proof),
    '## How it was made',
    '',
    `Generated by ${report.generator}, do not edit.`,
    '',
    '```',
    report.flow.trimEnd(),
    '```',
    '',
    ...(report.sta?.scripts ?? []).flatMap((script) => ['```', script.trimEnd(), '```', '']),
    'Strategies of ABC:',
    '',
    ...Object.entries(STRATEGIES).map(([name, script]) => `- ${name}: \`${script}\``),
    '',
    ...(report.warnings.length === 0
      ? ['Yosys printed no warnings.']
      : ['Warnings of Yosys:', '', ...report.warnings.map((text) => `- \`${text.replaceAll('`', "'")}\``)]),
    '',
  ].join('\n');
}

type CurveRow = CurvePoint & { readonly design: string; readonly stages: number };

const CURVE_COLUMNS: readonly TextColumn<CurveRow>[] = [
  { title: 'design', left: true, text: ({ design }) => design },
  { title: 'stages', text: ({ stages }) => decimal(stages) },
  { title: 'path, ps', text: ({ ps }) => decimal(ps) },
  { title: 'area', text: ({ size }) => decimal(size.area ?? 0, 1) },
  { title: 'GE', text: ({ size }) => decimal(size.gateEquivalents, 1) },
  {
    title: 'mapping',
    left: true,
    text: ({ strategy, flow, aim }) =>
      `${strategy}, ${flow}, ${aim === NO_TARGET ? 'no delay target' : `for ${decimal(aim)} ps`}`,
  },
];

const curveRows = ({ curves }: CurveReport): CurveRow[] =>
  curves.flatMap(({ design, pipeline, points }) => points.map((point) => ({ ...point, design, stages: pipeline })));

function curveProvenance({ tool, library, curves }: CurveReport): Pair[] {
  return [
    ...curves.map(
      ({ module, design, tried, points, aims }): Pair => [
        design,
        `${module}: Pareto front, ${points.length} of ${tried} netlists, for ${decimal(aims[0] ?? 0)} to ${decimal(aims.at(-1) ?? 0)} ps`,
      ],
    ),
    ['tool', toolText(tool)],
    ['library', libraryText(library)],
  ];
}

const CURVE_NOTE =
  'Paths are through the logic of one module, by the delays of the cells in ABC, without clock-to-output, setup or wires.';

/** The curves for a terminal. */
export function renderCurveText(report: CurveReport): string {
  return [
    ...tableLines(CURVE_COLUMNS, curveRows(report)),
    '',
    ...pairs(curveProvenance(report)),
    '',
    CURVE_NOTE,
    ...report.curves.flatMap(({ proof }) => proofLines(proof)),
    '',
  ].join('\n');
}
