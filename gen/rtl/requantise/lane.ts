import { type InstanceView, instance } from '../instance.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import { clock } from '../ports.js';
import { typeMeaning } from './encode.js';
import { type RequantiserStages, requantiserStages } from './stages.js';
import { dataPath, type Step } from './steps.js';
import type { LaneConfiguration, RequantiserWidths } from './widths.js';

/** A lane: a sum in, a code out. */
export interface LaneView extends ModuleView {
  readonly steps: readonly Step[];
  readonly encode: InstanceView;
}

/** A field of a beat. One of each lane; or one for all, which lanes use some cycles behind the sum. */
export interface BeatField {
  /** Of the lane's port without its ending, and of the design's. */
  readonly name: string;
  readonly port: string;
  readonly bits: number;
  readonly meaning: string;
  readonly perLane: boolean;
  readonly cycles: number;
}

/** Registers that lie before a use, of those that there are. */
const passed = (stages: RequantiserStages, ...names: readonly (keyof RequantiserStages)[]): number =>
  names.filter((name) => stages[name]).length;

/** What a beat brings besides its end mark. */
export function beatFields(config: LaneConfiguration, widths: RequantiserWidths): BeatField[] {
  const { sumBits, biasBits, multiplierBits, addendBits, addendIsProduct, shiftBits, clip } = config;
  const { typeBits, types, doubledBits } = widths;
  const stages = requantiserStages(config.pipeline);
  const own = (name: string, bits: number, meaning: string): BeatField => ({
    ...{ name, bits, meaning, perLane: true, cycles: 0 },
    port: `${name}_data_i`,
  });
  const shared = (name: string, bits: number, meaning: string, cycles: number): BeatField => ({
    ...{ name, bits, meaning, cycles, perLane: false },
    port: `${name}_i`,
  });
  const shift = passed(stages, 'biased', 'products', 'scaled');
  const end = shift + passed(stages, 'doubled');
  const bound = { none: [], relu: ['relu'], bounds: ['low', 'high'] }[clip];
  const boundText: Readonly<Record<string, string>> = {
    relu: '1: values below zero become 0',
    low: "least value in steps of the type, two's complement",
    high: "greatest value in steps of the type, two's complement",
  };
  return [
    own('sum', sumBits, "sums, two's complement"),
    own('bias', biasBits, "biases, two's complement"),
    own('multiplier', multiplierBits, 'multipliers, unsigned'),
    ...(addendBits > 0
      ? [
          own(
            'addend',
            addendBits,
            `${addendIsProduct ? 'products of second operands' : 'second operands'}, two's complement`,
          ),
        ]
      : []),
    ...(addendBits > 0 && !addendIsProduct
      ? [
          shared(
            'addend_multiplier',
            multiplierBits,
            'multiplier of second operands, unsigned',
            passed(stages, 'biased'),
          ),
        ]
      : []),
    shared('shift', shiftBits, 'places that products are shifted to the right', shift),
    ...(typeBits > 0 ? [shared('type', typeBits, typeMeaning(types), end)] : []),
    ...bound.map((name) => shared(name, name === 'relu' ? 1 : doubledBits - 1, boundText[name] ?? '', end)),
  ];
}

/** @param encode The encoder. */
export function laneModule(config: LaneConfiguration, widths: RequantiserWidths, encode: ModuleView): LaneView {
  const name = `${config.name}_lane`;
  const late = (cycles: number): string =>
    cycles === 0 ? '' : `, ${cycles} ${cycles === 1 ? 'cycle' : 'cycles'} behind the sum`;
  const port = ({ name: field, bits, meaning, perLane, cycles }: BeatField): ModulePort =>
    input(
      `${field}_i`,
      bits,
      `${perLane ? meaning.replace(/e?s,/, ',').replace('bia,', 'bias,') : meaning}${late(cycles)}`,
    );
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/requantise/lane.v',
    title: 'Lane of a requantiser: bias, multiplier, shift, bounds, encoder.',
    ports: [
      ...(config.pipeline > 0 ? [clock, input('en_i', 1, '0: hold all registers')] : []),
      ...beatFields(config, widths).map(port),
      output('code_o', widths.codeBits, 'code; a narrower one in the low bits'),
    ],
    instances: config.lanes,
    parts: [...(encode.parts ?? []), encode.name],
    steps: dataPath(config, widths),
    encode: instance(encode, (each) => LANE_SIGNALS[each] ?? each),
  };
}

const LANE_SIGNALS: Readonly<Record<string, string>> = { doubled_i: 'encoded', exact_i: 'encoded_exact' };
