import { UserError } from '../../../../gen/base/errors.js';
import { decimal } from '../../../../gen/base/text-table.js';
import type { ModuleProof } from '../../../synth/equivalence/verdict.js';
import type { AreaReport } from '../../../synth/report.js';
import { pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** A netlist whose proof is timed. */
interface TimedNetlist {
  readonly what: string;
  /** What its module's name has behind that of the design, the first such one. */
  readonly module: string;
}

/** Designs by name and options, with their netlists. */
export const TIMED_DESIGNS: readonly { readonly name: string; readonly netlists: readonly TimedNetlist[] }[] = [
  {
    name: 'ant_16x16',
    netlists: [
      { what: 'activation decoder, 5 types', module: 'decode_a' },
      { what: 'PE', module: 'pe' },
      { what: 'control', module: 'control' },
      { what: 'input register', module: 'input' },
      { what: 'output buffer, 16 columns', module: 'output' },
      { what: 'delay stage', module: 'delay' },
    ],
  },
  { name: 'proved_cluster', netlists: [{ what: 'cluster of 2 x 2 PEs', module: 'cluster' }] },
  {
    name: 'proved_ws_cluster',
    netlists: [{ what: 'weight-stationary cluster of 2 x 2 PEs, 2 stages', module: 'cluster' }],
  },
  { name: 'proved_wide', netlists: [{ what: 'PE with 8-bit mode', module: 'pe' }] },
  { name: 'proved_lanes', netlists: [{ what: 'PE of 4 lanes', module: 'pe' }] },
  { name: 'int_int8', netlists: [{ what: 'PE of 8-bit integers', module: 'pe' }] },
  { name: 'proved_float', netlists: [{ what: 'floating-point PE, e4m3 and e2m1', module: 'pe' }] },
  { name: 'dot', netlists: [{ what: 'dot-product unit, 16 lanes', module: 'unit' }] },
  {
    name: 'proved_dot',
    netlists: [{ what: 'dot-product unit, 8 lanes, 3 stages, adders', module: 'unit' }],
  },
];

/** Those of them that other figures do not have. */
export const PROVED_OPTIONS: Readonly<Record<string, string>> = {
  proved_cluster: '--rows 2 --cols 2 --cluster-rows 2 --cluster-cols 2',
  proved_ws_cluster: '--rows 4 --cols 4 --dataflow ws --cluster-rows 2 --cluster-cols 2 --pipeline 2',
  proved_wide: '--rows 2 --cols 2 --wide-activations int8 --wide-weights int8',
  proved_lanes: '--rows 2 --cols 2 --lanes 4',
  proved_float: '--rows 2 --cols 2 --pe float --activations e4m3,e2m1 --weights e4m3,e2m1',
  proved_dot: '--arch dot --lanes 8 --pipeline 3 --tree adders',
};

/** @throws UserError where a report has no such netlist, or it is not proved. */
function proofOf({ design, proof }: AreaReport, { module }: TimedNetlist): ModuleProof {
  const found = proof?.modules.find(({ netlist }) => netlist.startsWith(`${design}_${module}`));
  if (found === undefined) throw new UserError(`the report of ${design} has no proof of a netlist of ${module}`);
  return found;
}

/**
 * How long proofs take, a row per netlist.
 *
 * @param options Of each design, as a user types them.
 * @param reports Of each library in turn, the designs.
 */
export function proofTimesTable(
  options: Readonly<Record<string, string>>,
  reports: readonly AreaReport[],
  libraries: readonly string[],
): string {
  const rows = TIMED_DESIGNS.flatMap(({ name, netlists }, d) =>
    netlists.map((netlist) => ({
      what: netlist.what,
      options: options[name] ?? '',
      proofs: libraries.map((_, l) => proofOf(reports[l * TIMED_DESIGNS.length + d] as AreaReport, netlist)),
    })),
  );
  type TimeRow = (typeof rows)[number];
  return pageTable<TimeRow>(
    [
      { title: 'netlist', left: true, text: ({ what }) => what },
      { title: 'design', left: true, text: ({ options: text }) => `\`${text}\`` },
      {
        title: 'registers',
        text: ({ proofs: [first] }) => (first?.outcome.result === 'proved' ? decimal(first.outcome.registers) : ''),
      },
      ...libraries.map((library, l) => ({
        title: library,
        text: ({ proofs }: TimeRow) => decimal(proofs[l]?.seconds ?? Number.NaN, 1),
      })),
    ],
    rows,
    netlistsLine(reports.map(({ proof }) => proof)),
  );
}
