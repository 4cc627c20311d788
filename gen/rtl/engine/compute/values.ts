import { typeNumber } from '../../../commands/machine.js';
import { numericType } from '../../../numerics/types/table.js';
import { integerPacking, portDecoder } from '../../decoder/port.js';
import { typeDecoder } from '../../decoder/type.js';
import { instance } from '../../instance.js';
import { input, type ModuleView, output } from '../../module.js';
import { type OperandEncoding, operandFields } from '../../operand.js';
import type { OperandPort } from '../../port.js';
import { literal, zeroExtend } from '../../verilog.js';
import type { EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { tilePorts } from './beats.js';
import { tileSizes, typeChoice, VALUE_BITS } from './common.js';

/** A sign and the whole magnitude. */
const WHOLE: OperandEncoding = { radixLog2: 'none', foldMinimum: false };

/** Types whose codes become values, in the order of the decoder's selector. */
export const valueTypes = ({ machine }: EngineShape): string[] => [
  ...new Set([...machine.activationTypes, ...machine.resultTypes]),
];

/** The decoder of a code, and the values of the codes of a beat. */
export function valuesModules(shape: EngineShape): { readonly decoders: ModuleView[]; readonly values: ModuleView } {
  const { bus, machine } = shape;
  const { requantiseLanes: lanes } = machine;
  const types = valueTypes(shape).map(numericType);
  const fields = operandFields(types, WHOLE);
  if (fields.bits > VALUE_BITS) throw new Error(`a value has ${fields.bits} bits`);
  const typeBits = Math.ceil(Math.log2(types.length));
  const port: OperandPort = {
    ...{ letter: 'a', role: 'activation', types, wideTypes: [], operandTypes: types },
    ...{ lanes, codeBits: 8, typeBits, fields },
  };
  const prefix = `${bus.name}_value`;
  const decoder = portDecoder(prefix, port, integerPacking(WHOLE, port));
  const { most, colBits } = tileSizes(machine);
  const channelBits = Math.log2(most);
  const values = engineModule(bus, 'values', {
    title: 'Values of the codes of a beat.',
    ports: [
      input('codes_i', 'BITS', 'codes of a tile'),
      input('type_i', 4, 'their type'),
      tilePorts(machine).beats,
      input('col_i', colBits, 'place of the beat'),
      output('values_o', lanes * VALUE_BITS, "values, two's complement"),
    ],
    ...{ lanes, channelBits, valueBits: VALUE_BITS, operandTop: fields.bits - 1, typeTop: typeBits - 1 },
    col: zeroExtend('col_i', colBits, Math.max(colBits, channelBits)),
    magnitude: zeroExtend(`operand[${fields.significandBits - 1}:0]`, fields.significandBits, VALUE_BITS),
    negative: fields.signBits ? `operand[${fields.bits - 1}]` : "1'b0",
    negativeWide: zeroExtend('negative', 1, VALUE_BITS),
    decoder: instance(decoder, (each) => ({ code_i: 'code', type_i: 'selected', operand_o: 'operand' })[each]),
    selected: typeChoice(
      'type_i',
      valueTypes(shape).map((name, i) => [typeNumber(name), literal(typeBits, i)] as const),
    ),
  });
  return { decoders: [...types.map((type) => typeDecoder(prefix, type, WHOLE, lanes)), decoder], values };
}
