import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { input, type ModuleView, output } from '../module.js';
import { clock, reset } from '../ports.js';
import { literal } from '../verilog.js';
import type { BeatField } from './lane.js';

interface Register {
  readonly width: number;
  readonly name: string;
  readonly next: string;
}

/** What goes along with the sums: the marks of beats, and the fields that all lanes use later. */
interface ControlView extends ModuleView {
  readonly async: boolean;
  readonly marks: readonly { readonly width: number; readonly name: string }[];
  readonly zero: string;
  readonly valid: string;
  readonly last: string;
  readonly delayed: readonly { readonly cycles: string; readonly registers: readonly Register[] }[];
  readonly outputs: readonly { readonly port: string; readonly value: string }[];
}

/** Fields that lanes get late. */
export const lateFields = (fields: readonly BeatField[]): BeatField[] =>
  fields.filter(({ perLane, cycles }) => !perLane && cycles > 0);

/** The module; none where there are no stages. */
export function controlModules(config: RequantiserConfiguration, fields: readonly BeatField[]): ControlView[] {
  const { pipeline: stages } = config;
  if (stages === 0) return [];
  const name = `${config.name}_control`;
  const late = lateFields(fields);
  const moved = (register: string, into: string): string =>
    stages === 1 ? into : `{${register}[${stages - 2}:0], ${into}}`;
  const end = (register: string): string => (stages === 1 ? register : `${register}[${stages - 1}]`);
  return [
    {
      name,
      file: `rtl/${name}.v`,
      template: 'rtl/requantise/control.v',
      title: 'Control of a requantiser: what goes along with the sums.',
      ports: [
        ...[clock, reset, input('en_i', 1, '0: hold all registers')],
        input('in_valid_i', 1, 'a beat enters the lanes'),
        input('in_last_i', 1, 'it is the last of its tile'),
        ...late.map(({ port, bits, meaning }) => input(port, bits, meaning)),
        output('row_valid_o', 1, 'a beat of codes leaves the lanes'),
        output('row_last_o', 1, 'it is the last of its tile'),
        ...late.map(({ name: field, bits, cycles }) =>
          output(`${field}_o`, bits, `the same, ${cycles === 1 ? 'a cycle' : `${cycles} cycles`} later`),
        ),
      ],
      instances: 1,
      async: config.reset === 'async',
      marks: ['valid_q', 'last_q'].map((register) => ({ width: stages, name: register })),
      zero: literal(stages, 0),
      valid: moved('valid_q', 'in_valid_i'),
      last: moved('last_q', 'in_last_i'),
      delayed: delays(late),
      outputs: [
        { port: 'row_valid_o', value: end('valid_q') },
        { port: 'row_last_o', value: end('last_q') },
        ...late.map(({ name: field, cycles }) => ({ port: `${field}_o`, value: `${field}_${cycles}_q` })),
      ],
    },
  ];
}

/** Registers of the fields, by the cycles that these are late. */
function delays(late: readonly BeatField[]): ControlView['delayed'] {
  return [...new Set(late.map(({ cycles }) => cycles))].map((cycles) => ({
    cycles: cycles === 1 ? 'a cycle' : `${cycles} cycles`,
    registers: late
      .filter((field) => field.cycles === cycles)
      .flatMap(({ name, port, bits }) =>
        Array.from({ length: cycles }, (_, i) => ({
          width: bits,
          name: `${name}_${i + 1}_q`,
          next: i === 0 ? port : `${name}_${i}_q`,
        })),
      ),
  }));
}
