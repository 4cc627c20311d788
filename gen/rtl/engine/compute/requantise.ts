import { typeNumber } from '../../../commands/machine.js';
import { instance } from '../../instance.js';
import { input, type ModulePort, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { literal, replicate } from '../../verilog.js';
import { fieldPorts } from '../fields.js';
import type { EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { type Computing, clear, typeChoice } from './common.js';

/** Width of the bounds of values, in steps. */
export const boundBits = ({ requantiser }: Computing): number => requantiser.widths.doubledBits - 1;

/** The requantiser's lanes, and what goes along with the sums. They are never stopped. */
export function requantiseModule(shape: EngineShape, computing: Computing) {
  const { requantiser } = computing;
  const { lane, fields, widths, config, latency } = requantiser;
  const { requantiseLanes: lanes } = shape.machine;
  const bounds = boundBits(computing);
  const perLane = fields.filter((field) => field.perLane);
  const constant = (name: string): string => `${name.toUpperCase()}_BITS`;
  /** Whether the beat that a field is used for is one of a copy. */
  const isCopy = (name: string): string => {
    const found = fields.find((field) => field.name === name);
    if (found === undefined || found.cycles === 0) throw new Error(`${name} is used too early`);
    return `copy_q[${found.cycles - 1}]`;
  };
  const laneWires: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', en_i: "1'b1", code_o: 'codes_o[8*l +: 8]' },
    ...{ shift_i: 'shift', type_i: 'type_index', low_i: 'low', high_i: 'high' },
    ...Object.fromEntries(
      perLane.map(({ name }) => [`${name}_i`, `${name}_i[l*${constant(name)} +: ${constant(name)}]`]),
    ),
  };
  const types = config.types.map((name, i) => [typeNumber(name), literal(widths.typeBits, i)] as const);
  return engineModule(shape.bus, 'requantise', {
    title: 'Requantiser: codes of sums.',
    ports: [
      ...[clock, reset, clear],
      input('valid_i', 1, 'a beat of sums comes'),
      input('last_i', 1, 'it is of the last pixel of a tile'),
      input('copy_i', 1, 'it is of the copy'),
      ...perLane.map(({ name, bits, meaning }): ModulePort => input(`${name}_i`, lanes * bits, meaning)),
      ...fieldPorts('product', ['out_type', 'copy_type', 'shift', 'copy_shift', 'copy_relu']),
      input('low_i', bounds, 'the least value'),
      input('high_i', bounds, 'the greatest value'),
      output('valid_o', 1, 'a beat of codes leaves'),
      output('last_o', 1, 'it is of the last pixel of a tile'),
      output('copy_o', 1, 'it is of the copy'),
      output('codes_o', 8 * lanes, '8 bits for each lane'),
      output('busy_o', 1, 'beats are on their way'),
    ],
    lanes,
    sizes: perLane.map(({ name, bits }) => ({ name: constant(name), value: bits })),
    ...{ stages: latency, boundTop: bounds - 1, shiftTop: config.shiftBits - 1, typeTop: widths.typeBits - 1 },
    ...{ shiftCopy: isCopy('shift'), boundCopy: isCopy('low'), typeCopy: isCopy('type') },
    least: `{1'b1, ${literal(bounds - 1, 0)}}`,
    most: `{1'b0, ${replicate(bounds - 1, "1'b1")}}`,
    zero: literal(bounds, 0),
    type: typeChoice('type_number', types),
    lane: instance(lane, (port) => laneWires[port]),
  });
}
