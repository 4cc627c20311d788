import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { type InstanceView, instance } from '../instance.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import { clock, reset, resetOf } from '../ports.js';
import { literal } from '../verilog.js';
import { type BeatField, beatFields, type LaneView } from './lane.js';
import type { RequantiserWidths } from './widths.js';

interface Register {
  readonly width: number;
  readonly name: string;
  readonly next: string;
}

interface TopView extends ModuleView {
  readonly async: boolean;
  readonly lanes: number;
  readonly sizes: readonly { readonly name: string; readonly value: number }[];
  readonly codesBits: number;
  /** The registers of the beats' marks; none without stages. */
  readonly pipeline: readonly {
    readonly async: boolean;
    readonly stages: number;
    readonly zero: string;
    readonly valid: string;
    readonly last: string;
  }[];
  readonly delayed: readonly { readonly cycles: string; readonly registers: readonly Register[] }[];
  readonly lane: InstanceView;
  readonly output: InstanceView;
}

/** The ports of a requantiser: clock, reset, a stream of sums in, one of codes out. */
export function requantiserPorts(config: RequantiserConfiguration, widths: RequantiserWidths): ModulePort[] {
  const { lanes } = config;
  return [
    clock,
    resetOf(config),
    input('in_valid_i', 1, 'a beat of sums is offered'),
    output('in_ready_o', 1, 'it is accepted at this edge if valid'),
    input('in_last_i', 1, 'it is the last of its tile'),
    ...beatFields(config, widths).map(({ port, bits, meaning, perLane }) =>
      perLane
        ? input(port, lanes * bits, `${meaning}, lane l at [l*${bits} +: ${bits}]`)
        : input(port, bits, `${meaning}, of all lanes`),
    ),
    output('out_valid_o', 1, 'a beat of codes is offered'),
    input('out_ready_i', 1, 'it is accepted at this edge if valid'),
    output('out_last_o', 1, 'it is the last of its tile'),
    output(
      'out_data_o',
      lanes * widths.codeBits,
      `codes, lane l at [l*${widths.codeBits} +: ${widths.codeBits}]; narrower ones in the low bits`,
    ),
  ];
}

/** The buffer of codes. */
export function outputModule(config: RequantiserConfiguration, { codeBits }: RequantiserWidths) {
  const name = `${config.name}_output`;
  const rowBits = config.lanes * codeBits;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/output.v',
    title: 'Output buffer: two beats, so that nothing depends on out_ready_i within a cycle.',
    ports: [
      clock,
      reset,
      input('row_valid_i', 1, 'a beat of codes leaves the lanes; ignored while run_o is 0'),
      input('row_last_i', 1, 'it is the last of its tile'),
      input('row_data_i', rowBits, 'the codes, a row of the buffer'),
      output('run_o', 1, 'the lanes may run: there is room for one more row'),
      output('out_valid_o', 1, 'a beat of codes is offered'),
      input('out_ready_i', 1, 'it is accepted at this edge if valid'),
      output('out_last_o', 1, 'it is the last of its tile'),
      output('out_data_o', rowBits, 'codes'),
    ],
    instances: 1,
    ...{ rowBits, stops: 'The lanes stop', hasLast: true, async: config.reset === 'async' },
  };
}

/** Registers of the fields of all lanes, by the cycles that these are late. */
function delays(fields: readonly BeatField[]): TopView['delayed'] {
  const late = fields.filter(({ perLane, cycles }) => !perLane && cycles > 0);
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

export function requantiseModule(
  config: RequantiserConfiguration,
  widths: RequantiserWidths,
  parts: { readonly lane: LaneView; readonly output: ModuleView },
): TopView {
  const { lanes, pipeline } = config;
  const { codeBits } = widths;
  const name = `${config.name}_requantise`;
  const fields = beatFields(config, widths);
  const sizeOf = (field: string): string => `${field.toUpperCase()}_BITS`;
  const laneWires: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', en_i: 'run', code_o: 'codes[l*CODE_BITS +: CODE_BITS]' },
    ...Object.fromEntries(
      fields.map(({ name: field, port, perLane, cycles }) => [
        `${field}_i`,
        perLane
          ? `${port}[l*${sizeOf(field)} +: ${sizeOf(field)}]`
          : cycles === 0
            ? port
            : `${field}_${cycles}_q`,
      ]),
    ),
  };
  const top = pipeline - 1;
  const last = (register: string, now: string): string =>
    pipeline === 0 ? now : pipeline === 1 ? register : `${register}[${top}]`;
  const outputWires: Readonly<Record<string, string>> = {
    row_valid_i: last('valid_q', 'in_valid_i'),
    row_last_i: last('last_q', 'in_last_i'),
    row_data_i: 'codes',
  };
  const moved = (register: string, into: string): string =>
    pipeline === 1 ? into : `{${register}[${top - 1}:0], ${into}}`;
  const async = config.reset === 'async';
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/requantise/requantise.v',
    title: `Requantiser of ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}: code = nearest value to ((sum + bias) * multiplier${config.addendBits > 0 ? ' + addend * addend_multiplier' : ''}) / 2^shift.`,
    ports: requantiserPorts(config, widths),
    ...{ async, lanes },
    sizes: [
      ...fields.filter(({ perLane }) => perLane).map(({ name: field, bits }) => ({ name: sizeOf(field), value: bits })),
      { name: 'CODE_BITS', value: codeBits },
    ],
    codesBits: lanes * codeBits,
    pipeline:
      pipeline === 0
        ? []
        : [
            {
              ...{ async, stages: pipeline, zero: literal(pipeline, 0) },
              valid: moved('valid_q', 'in_valid_i'),
              last: moved('last_q', 'in_last_i'),
            },
          ],
    delayed: delays(fields),
    lane: instance(parts.lane, (port) => laneWires[port]),
    output: instance(parts.output, (port) => outputWires[port] ?? (port === 'run_o' ? 'run' : port)),
  };
}
