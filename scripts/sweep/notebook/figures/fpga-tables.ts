import { decimal, markdownLines, type TextColumn } from '../../../../gen/base/text-table.js';
import { DEVICES } from '../../../synth/fpga/devices.js';
import { FAMILIES } from '../../../synth/fpga/families.js';
import type { Placement } from '../../../synth/fpga/placement.js';
import type { FamilyReport, FpgaReport } from '../../../synth/fpga/report.js';
import { toolText } from '../../../tools/yosys/identity.js';
import { commandBlock } from './markdown.js';
import { netlistsLine } from './proofs.js';

const familyColumns = ({ rows, cols }: FpgaReport): TextColumn<FamilyReport>[] => [
  { title: '', left: true, text: ({ family }) => `${FAMILIES[family].title}, LUT${FAMILIES[family].lutInputs}` },
  { title: 'one PE: LUTs', text: ({ pe }) => decimal(pe.luts) },
  { title: 'flip-flops', text: ({ pe }) => decimal(pe.flipFlops) },
  { title: 'carry bits', text: ({ pe }) => decimal(pe.carryBits) },
  { title: `${rows} × ${cols}: LUTs`, text: ({ whole }) => decimal(whole.luts) },
  { title: 'flip-flops', text: ({ whole }) => decimal(whole.flipFlops) },
  { title: 'carry bits', text: ({ whole }) => decimal(whole.carryBits) },
  { title: 'LUTs per MAC', text: ({ perMac }) => decimal(perMac.luts, 1) },
  { title: 'DSPs', text: ({ whole }) => decimal(whole.dsps) },
  { title: 'block RAMs', text: ({ whole }) => decimal(whole.blockRams, Number.isInteger(whole.blockRams) ? 0 : 1) },
];

/** What a design takes on each family, and the command it is counted by. Families with LUTs of as many inputs stand together. */
export function renderFamilies([report]: readonly [FpgaReport], commands: readonly string[]): string {
  const inputs = ({ family }: FamilyReport): number => FAMILIES[family].lutInputs;
  const families = [...report.families].sort((x, y) => inputs(x) - inputs(y));
  return [
    ...commandBlock(commands),
    ...markdownLines(familyColumns(report), families),
    '',
    `${toolText(report.tool)}${report.dsp ? '' : ', without DSP blocks'}.`,
    '',
    netlistsLine(families.map(({ proof }) => proof)),
  ].join('\n');
}

/** What was placed: a PE and a whole array, and a PE of two stages. */
export type PlacedReports = readonly [oneStage: FpgaReport, twoStages: FpgaReport];

interface PlacedRow {
  readonly title: string;
  readonly placement: Placement;
  /** The PE of one stage, which frequencies are compared with. */
  readonly pe: Placement;
}

const PLACED: readonly TextColumn<PlacedRow>[] = [
  { title: '', left: true, text: ({ title }) => title },
  { title: 'MHz', text: ({ placement }) => decimal(placement.medianMhz, 1) },
  { title: 'of the seeds', text: ({ placement }) => rangeText(placement) },
  { title: 'of one PE', text: ({ placement, pe }) => decimal(placement.medianMhz / pe.medianMhz, 2) },
  { title: 'logic cells, harness included', text: ({ placement }) => decimal(placement.logicCells.used) },
  { title: 'critical path of the first seed', left: true, text: ({ placement }) => slowestText(placement) },
];

function rangeText({ runs }: Placement): string {
  const mhz = runs.map((run) => run.mhz);
  return `${decimal(Math.min(...mhz), 1)} to ${decimal(Math.max(...mhz), 1)}`;
}

function slowestText({ runs: [run] }: Placement): string {
  return run === undefined ? '' : `\`${run.from}\` to \`${run.to}\`, ${decimal(100 * run.routing)} % wires`;
}

function placed({ placements, design }: FpgaReport, what: Placement['what']): Placement {
  const placement = placements.find((each) => each.what === what);
  if (placement === undefined) throw new Error(`the report of ${design} has no placed ${what}`);
  return placement;
}

/** Frequencies after place and route, and the commands they are measured by. */
export function renderPlaced([oneStage, twoStages]: PlacedReports, commands: readonly string[]): string {
  const pe = placed(oneStage, 'pe');
  const { tool, device, runs } = pe;
  const rows: PlacedRow[] = [
    { title: 'one PE', placement: pe, pe },
    { title: `${oneStage.rows} × ${oneStage.cols} array`, placement: placed(oneStage, 'array'), pe },
    { title: 'one PE of two stages', placement: placed(twoStages, 'pe'), pe },
  ];
  return [
    ...commandBlock(commands),
    ...markdownLines(PLACED, rows),
    '',
    `${DEVICES[device].title}, median of ${runs.length} seeds; ${toolText(oneStage.tool)}, ${tool.name} ${tool.version}.`,
    '',
    netlistsLine(
      [oneStage, twoStages].flatMap(({ families }) => families.map(({ proof }) => proof)),
      'Netlists of the modules, each mapped alone',
    ),
    '',
    netlistsLine([oneStage.proof, twoStages.proof], 'What nextpnr read, modules in their harness'),
  ].join('\n');
}
