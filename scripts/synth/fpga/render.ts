import {
  codeBlock,
  decimal,
  markdownLines,
  type Pair,
  pairLines,
  pairList,
  type TextColumn,
  tableLines,
} from '../../../gen/base/text-table.js';
import { toolText } from '../../tools/yosys/identity.js';
import { proofLines, proofMarkdown } from '../equivalence/render.js';
import { uncheckedText, warningList } from '../render.js';
import { DEVICES } from './devices.js';
import { FAMILIES } from './families.js';
import type { Placement } from './placement.js';
import type { FamilyReport, FpgaReport, FpgaRow } from './report.js';
import type { Resources } from './resources.js';

/** Whole numbers as such, others (of PEs on average) with one decimal. */
const count = (value: number): string => decimal(value, Number.isInteger(value) ? 0 : 1);

const COLUMNS: readonly TextColumn<FpgaRow>[] = [
  { title: 'module', left: true, text: ({ label, partOfOther }) => (partOfOther ? `(${label})` : label) },
  { title: 'instances', text: ({ instances }) => count(instances) },
  { title: 'LUTs', text: ({ size }) => count(size.luts) },
  { title: 'flip-flops', text: ({ size }) => count(size.flipFlops) },
  { title: 'carry bits', text: ({ size }) => count(size.carryBits) },
  { title: 'DSPs', text: ({ size }) => count(size.dsps) },
  { title: 'block RAMs', text: ({ size }) => count(size.blockRams) },
  { title: 'LUTs, all', text: ({ total }) => count(total.luts) },
  { title: 'flip-flops, all', text: ({ total }) => count(total.flipFlops) },
  { title: 'block RAMs, all', text: ({ total }) => count(total.blockRams) },
];

/** `100 LUTs, 38 flip-flops, 29 carry bits` */
function resourcesText({ luts, flipFlops, carryBits, dsps, blockRams }: Resources): string {
  return [
    `${count(luts)} LUTs`,
    `${count(flipFlops)} flip-flops`,
    `${count(carryBits)} carry bits`,
    ...(dsps > 0 ? [`${count(dsps)} DSPs`] : []),
    ...(blockRams > 0 ? [`${count(blockRams)} block RAMs`] : []),
  ].join(', ');
}

function familyTitle({ family }: FamilyReport): string {
  const { title, lutInputs } = FAMILIES[family];
  return `${title} (${family}, ${lutInputs}-input LUTs)`;
}

function familyFigures({ pe, whole, perMac }: FamilyReport, { names }: FpgaReport): Pair[] {
  return [
    [`whole ${names.whole}, ${names.size}`, resourcesText(whole)],
    [`per MAC (whole ${names.whole} / ${names.multipliers})`, resourcesText(perMac)],
    [`one ${names.one}`, resourcesText(pe)],
  ];
}

const PLACED: readonly TextColumn<Placement>[] = [
  { title: 'placed', left: true, text: ({ label }) => label },
  { title: 'device', left: true, text: ({ device }) => DEVICES[device].title },
  {
    title: 'logic cells',
    text: ({ logicCells: { used, available } }) => `${decimal(used)} of ${decimal(available)}`,
  },
  { title: 'block RAMs', text: ({ blockRams: { used, available } }) => `${decimal(used)} of ${decimal(available)}` },
  { title: 'harness bits', text: ({ harness: { inputs, outputs } }) => `${inputs} + ${outputs}` },
  { title: 'median, MHz', text: ({ medianMhz }) => decimal(medianMhz, 1) },
  {
    title: 'seeds',
    left: true,
    text: ({ runs }) => runs.map(({ seed, mhz }) => `${seed}: ${decimal(mhz, 1)}`).join(', '),
  },
  { title: 'critical path of the first seed', left: true, text: criticalText },
];

function criticalText({ runs: [run] }: Placement): string {
  if (run === undefined) return '';
  return `${run.from} to ${run.to}, ${decimal(100 * run.routing)} % wires${run.logic ? '' : ', no gates'}`;
}

function notes({ stall, dsp, placements, proof }: FpgaReport): string[] {
  const packed = placements.flatMap(({ label, bitstream }) => (bitstream ? [{ label, ...bitstream }] : []));
  const limited = placements.filter(({ runs }) => runs.some(({ logic }) => !logic));
  return [
    'Each module is synthesised alone and flattened. Modules in parentheses are parts of others and are not added again.',
    'LUTs include those that carry cells occupy. Delay lines are flip-flops, given per stage.',
    dsp ? 'Multipliers may become DSP blocks.' : 'No DSP blocks: multipliers are LUTs (--dsp allows them).',
    ...(stall === 'gate'
      ? ['The clock gate is not counted. For FPGAs generate the design with --target fpga or --stall enable.']
      : []),
    ...(placements.length > 0
      ? [
          'Frequencies are register to register. Each module is placed in a harness of shift registers, whose logic cells are counted.',
        ]
      : []),
    ...(proof
      ? ['The proof covers the netlist that nextpnr reads, harness included. Place and route itself is not checked.']
      : []),
    ...packed.map(
      ({ label, seed, bytes, sha256 }) =>
        `fpga.bin is the bitstream of ${label}, seed ${seed}: ${decimal(bytes)} bytes, sha256 ${sha256}.`,
    ),
    ...limited.map(
      ({ label }) =>
        `With some seeds the critical path of ${label} has no gates: wires or the harness limit the frequency.`,
    ),
  ];
}

function provenance({ tool, placements, structure, configurationSha256 }: FpgaReport): Pair[] {
  const placers = new Set(placements.map((placement) => `${placement.tool.name} ${placement.tool.version}`));
  return [
    ['synthesis', toolText(tool)],
    ...(placers.size > 0 ? [['place and route', [...placers].join(', ')] as const] : []),
    ['configuration', `sha256 ${configurationSha256}`],
    ['sum', structure.checked ? 'instance counts checked against the elaborated design' : uncheckedText(structure)],
  ];
}

/** The report for a terminal. */
export function renderFpgaText(report: FpgaReport): string {
  const warnings = report.families.reduce((sum, family) => sum + family.warnings.length, 0);
  return [
    ...report.families.flatMap((family) => [
      `${report.design} on ${familyTitle(family)}`,
      '',
      ...tableLines(COLUMNS, family.modules),
      '',
      ...pairLines(familyFigures(family, report)),
      ...proofLines(family.proof),
      '',
    ]),
    ...(report.placements.length > 0
      ? [...tableLines(PLACED, report.placements), ...proofLines(report.proof), '']
      : []),
    ...notes(report),
    '',
    ...pairLines(provenance(report)),
    ...(warnings > 0 ? ['', `${warnings} warnings of Yosys: see fpga.md`] : []),
    '',
  ].join('\n');
}

/** The report as a page, `fpga.md`. */
export function renderFpgaMarkdown(report: FpgaReport): string {
  return [
    `# ${report.design} on FPGAs`,
    '',
    ...report.families.flatMap((family) => [
      `## ${familyTitle(family)}`,
      '',
      ...pairList(familyFigures(family, report)),
      '',
      ...markdownLines(COLUMNS, family.modules),
      '',
      ...codeBlock(family.flow),
      ...proofMarkdown(family.proof, '### Proof of the netlists'),
      ...(family.warnings.length > 0 ? [...warningList(family.warnings), ''] : []),
    ]),
    ...(report.placements.length > 0
      ? [
          '## Place and route',
          '',
          ...markdownLines(PLACED, report.placements),
          '',
          ...report.placements.flatMap(({ flow }) => codeBlock(flow)),
          ...proofMarkdown(report.proof, '### Proof of the netlists that were placed'),
        ]
      : []),
    ...notes(report).map((text) => `- ${text}`),
    '',
    '## How it was made',
    '',
    `Generated by ${report.generator}, do not edit.`,
    '',
    ...pairList(provenance(report)),
    '',
  ].join('\n');
}
