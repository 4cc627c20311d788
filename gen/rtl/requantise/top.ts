import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { type StreamSignals, signalPorts } from '../axis.js';
import { type InstanceView, instance } from '../instance.js';
import { input, type ModuleView, output } from '../module.js';
import { clock, reset, resetOf } from '../ports.js';
import { lateFields } from './control.js';
import { type BeatField, beatFields } from './lane.js';
import type { RequantiserWidths } from './widths.js';

interface TopView extends ModuleView {
  readonly lanes: number;
  readonly sizes: readonly { readonly name: string; readonly value: number }[];
  readonly wires: readonly { readonly width: number; readonly name: string }[];
  /** The control, if there is one. */
  readonly control: readonly InstanceView[];
  readonly lane: InstanceView;
  readonly output: InstanceView;
}

/** The streams of a requantiser: one of sums in, one of codes out. What all lanes share is said of the sums. */
export function requantiserStreams(config: RequantiserConfiguration, widths: RequantiserWidths): StreamSignals[] {
  const { lanes } = config;
  const fields = beatFields(config, widths);
  return [
    {
      ...{ name: 'in', direction: 'input' },
      valid: input('in_valid_i', 1, 'a beat of sums is offered'),
      ready: output('in_ready_o', 1, 'it is accepted at this edge if valid'),
      last: input('in_last_i', 1, 'it is the last of its tile'),
      data: fields
        .filter(({ perLane }) => perLane)
        .map(({ port, bits, meaning }) => input(port, lanes * bits, `${meaning}, lane l at [l*${bits} +: ${bits}]`)),
      user: fields
        .filter(({ perLane }) => !perLane)
        .map(({ port, bits, meaning }) => input(port, bits, `${meaning}, of all lanes`)),
    },
    {
      ...{ name: 'out', direction: 'output' },
      valid: output('out_valid_o', 1, 'a beat of codes is offered'),
      ready: input('out_ready_i', 1, 'it is accepted at this edge if valid'),
      last: output('out_last_o', 1, 'it is the last of its tile'),
      data: [
        output(
          'out_data_o',
          lanes * widths.codeBits,
          `codes, lane l at [l*${widths.codeBits} +: ${widths.codeBits}]; narrower ones in the low bits`,
        ),
      ],
      user: [],
    },
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

/** The modules in the top. */
interface Parts {
  readonly control: readonly ModuleView[];
  readonly lane: ModuleView;
  readonly output: ModuleView;
}

export function requantiseModule(
  config: RequantiserConfiguration,
  widths: RequantiserWidths,
  streams: readonly StreamSignals[],
  { control, lane, output }: Parts,
): TopView {
  const { lanes } = config;
  const { codeBits } = widths;
  const name = `${config.name}_requantise`;
  const fields = beatFields(config, widths);
  const late = lateFields(fields);
  const sizeOf = (field: string): string => `${field.toUpperCase()}_BITS`;
  const laneWire = (field: BeatField): string => {
    if (field.perLane) return `${field.port}[l*${sizeOf(field.name)} +: ${sizeOf(field.name)}]`;
    return field.cycles > 0 ? `${field.name}_late` : field.port;
  };
  const laneWires: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', en_i: 'run', code_o: 'codes[l*CODE_BITS +: CODE_BITS]' },
    ...Object.fromEntries(fields.map((field) => [`${field.name}_i`, laneWire(field)])),
  };
  const controlWires: Readonly<Record<string, string>> = {
    ...{ en_i: 'run', row_valid_o: 'row_valid', row_last_o: 'row_last' },
    ...Object.fromEntries(late.map((field) => [`${field.name}_o`, `${field.name}_late`])),
  };
  const passesControl = control.length > 0;
  const outputWires: Readonly<Record<string, string>> = {
    ...{
      row_valid_i: passesControl ? 'row_valid' : 'in_valid_i',
      row_last_i: passesControl ? 'row_last' : 'in_last_i',
    },
    ...{ row_data_i: 'codes', run_o: 'run' },
  };
  const one = (wire: string): { width: number; name: string } => ({ width: 1, name: wire });
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/requantise/requantise.v',
    title: `Requantiser of ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}: code = nearest value to ((sum + bias) * multiplier${config.addendBits > 0 ? ' + addend * addend_multiplier' : ''}) / 2^shift.`,
    ports: [clock, resetOf(config), ...streams.flatMap(signalPorts)],
    lanes,
    sizes: [
      ...fields.filter(({ perLane }) => perLane).map(({ name: field, bits }) => ({ name: sizeOf(field), value: bits })),
      { name: 'CODE_BITS', value: codeBits },
    ],
    wires: [
      ...(passesControl ? [one('row_valid'), one('row_last')] : []),
      ...late.map(({ name: field, bits }) => ({ width: bits, name: `${field}_late` })),
      { width: lanes * codeBits, name: 'codes' },
    ],
    control: control.map((module) => instance(module, (port) => controlWires[port] ?? port)),
    lane: instance(lane, (port) => laneWires[port]),
    output: instance(output, (port) => outputWires[port] ?? port),
  };
}
