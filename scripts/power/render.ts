import { decimal, type Pair, pairLines, type TextColumn, tableLines } from '../../gen/base/text-table.js';
import { operandText } from '../network/matmul-report.js';
import { type Energy, GROUPS, KINDS, totalOf } from './estimate.js';
import type { MeasuredPower } from './measure.js';
import type { PowerReport } from './report.js';

interface Row {
  readonly label: string;
  readonly instances: string;
  readonly energy: Energy;
}

const pico = (value: number): string => value.toFixed(3);

const COLUMNS: readonly TextColumn<Row>[] = [
  { title: 'pJ per MAC', left: true, text: ({ label }) => label },
  { title: 'instances', text: ({ instances }) => instances },
  ...KINDS.map((kind) => ({ title: kind, text: ({ energy }: Row) => pico(totalOf(energy, { kind })) })),
  ...GROUPS.map((group) => ({ title: group, text: ({ energy }: Row) => pico(totalOf(energy, { group })) })),
  { title: 'total', text: ({ energy }) => pico(totalOf(energy)) },
];

/** The operands of a report, its table and what it rests on. */
export function powerText(report: MeasuredPower): string {
  const rows: Row[] = [
    ...report.modules.map(({ label, instances, perMac }) => ({ label, instances: decimal(instances), energy: perMac })),
    { label: 'processing elements', instances: '', energy: report.pe },
    { label: 'whole array', instances: '', energy: report.whole },
  ];
  const { library, tool, watts, cycles, macs, tiles } = report;
  const { a, w } = report.operands;
  const figures: Pair[] = [
    [
      'energy per MAC',
      `${pico(totalOf(report.pe))} pJ in the PEs, ${pico(totalOf(report.whole))} pJ in the whole array`,
    ],
    [
      'power',
      `${milli(watts.pe)} mW in the PEs, ${milli(watts.whole)} mW in the whole array, at ${ns(report.period)} ns`,
    ],
    [
      'activity',
      `${decimal(macs)} MACs in ${decimal(cycles)} cycles, ${decimal(tiles.run)} of ${decimal(tiles.all)} tiles`,
    ],
    ['assumed', assumptions(report)],
    ['not counted', 'glitches, wires, clock buffers, the clock gate'],
    ['library', `${library.file} (${library.name}), sha256 ${library.sha256}, ${report.voltage} V`],
    ['tools', `${tool.name} ${tool.version} (${tool.build}), ${report.simulator.name} ${report.simulator.version}`],
    ...slowness(report),
  ];
  const operands = [`A  ${operandText(a)}`, `W  ${operandText(w)}`];
  return `${[...operands, '', ...tableLines(COLUMNS, rows), '', ...pairLines(figures, 14), verdict(report)].join('\n')}\n`;
}

const milli = (watts: number): string => (watts * 1e3).toPrecision(4);
const ns = (seconds: number): string => String(Number((seconds * 1e9).toPrecision(6)));

function assumptions({ slews }: PowerReport): string {
  return `transition times of ${ns(slews.input)} ns at input ports and ${ns(slews.clock)} ns at clocks; behind gates by the library`;
}

function slowness({ criticalPath, period }: PowerReport): Pair[] {
  if (criticalPath === undefined || criticalPath <= period) return [];
  return [
    [
      'note',
      `the critical path takes ${ns(criticalPath)} ns, more than the period: the design cannot run at this clock, and the leakage per cycle is too low`,
    ],
  ];
}

const verdict = ({ design, results }: PowerReport): string =>
  `PASS ${design}: all ${decimal(results)} results equal the reference model, and all netlists compute what the design does`;
