import { decimal, type Pair, pairLines, percent } from '../../../gen/base/text-table.js';
import type { LayoutFigures, RuleViolation } from './figures.js';
import type { Proof } from './proof.js';

/** What `npm run layout` measures of a module. */
export interface LayoutReport extends LayoutFigures {
  readonly generator: string;
  /** The command that generates the design. */
  readonly design: string;
  readonly module: string;
  readonly technology: string;
  readonly qflow: string;
  /** Paths between registers in picoseconds with setup, and the frequency in MHz: with cells alone, and with extracted wires. */
  readonly timing: Readonly<Record<'cells' | 'wires', { readonly delay: number; readonly frequency: number }>>;
  readonly openNets: number;
  /** Broken design rules, of the layout over cells as outlines with pins. */
  readonly ruleViolations: readonly RuleViolation[];
  readonly netlistDifferences: number;
  /** Whether the netlist in the layout was proved equal to the RTL. */
  readonly netlist: Proof;
  /** Of each step. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Whether all that is checked holds: nets, design rules, the netlist of the layout, and that it is the RTL. */
export const layoutPasses = ({ openNets, ruleViolations, netlistDifferences, netlist }: LayoutReport): boolean =>
  openNets === 0 && ruleViolations.length === 0 && netlistDifferences === 0 && netlist === 'proved';

const size = ({ width, height, area }: LayoutFigures['die']): string =>
  `${decimal(width, 1)} x ${decimal(height, 1)} um, ${decimal(area)} um^2`;

export function layoutText(report: LayoutReport): string {
  const { timing, wireLength } = report;
  const time = ({ delay, frequency }: LayoutReport['timing']['cells']): string =>
    `${decimal(delay / 1000, 2)} ns, ${decimal(frequency)} MHz`;
  const pairs: Pair[] = [
    ['module', `${report.module} (${report.technology}, qflow ${report.qflow})`],
    ['die', size(report.die)],
    ['core', size(report.core)],
    ['cells', `${decimal(report.cells)}, ${decimal(report.cellArea)} um^2, ${decimal(report.gateEquivalents)} GE`],
    ['utilisation', percent(report.utilisation)],
    ['wires', `${decimal(wireLength.total)} um, ${decimal(report.vias)} vias`],
    ...Object.entries(wireLength.byLayer).map(([layer, length]): Pair => [`  ${layer}`, `${decimal(length)} um`]),
    ['critical path', `${time(timing.cells)} with cells alone`],
    ['', `${time(timing.wires)} with extracted wires`],
    ['nets left open', String(report.openNets)],
    ['design rules', report.ruleViolations.map(({ rule, count }) => `${count} x ${rule}`).join(', ') || 'clean'],
    ['layout = netlist', report.netlistDifferences === 0 ? 'yes' : `no: ${report.netlistDifferences} differences`],
    ['netlist = RTL', report.netlist === 'proved' ? 'proved' : 'not decided'],
    [
      'seconds',
      Object.entries(report.seconds)
        .map(([step, seconds]) => `${step} ${decimal(seconds, 1)}`)
        .join(', '),
    ],
  ];
  return `${pairLines(pairs).join('\n')}\n`;
}
