import { input, output } from '../../module.js';
import { clock, reset } from '../../ports.js';
import { bufferMemory } from '../memories.js';
import { dualPortRam } from '../ram.js';
import { bufferOf, type EngineShape } from '../shape.js';
import { engineModule } from '../view.js';
import { clear } from './common.js';

export function lookupModule(shape: EngineShape) {
  const { requantiseLanes: lanes } = shape.machine;
  const table = bufferOf(shape, 'table');
  const { words, wordBits, addressBits, lanes: writeLanes } = table;
  const ram = dualPortRam(shape.bus.name);
  return engineModule(shape.bus, 'lookup', {
    title: 'Look-up table: another code for each code.',
    ports: [
      ...[clock, reset, clear],
      input('write_i', writeLanes, 'parts of a word of the table that are written'),
      input('write_address_i', addressBits, 'which word'),
      input('write_data_i', wordBits, 'what with'),
      input('lookup_i', 1, 'results go through the table'),
      input('valid_i', 1, 'codes come'),
      input('last_i', 1, 'of the last pixel of a tile'),
      input('copy_i', 1, 'of the copy, which does not go through it'),
      input('codes_i', 8 * lanes, '8 bits for each lane'),
      output('valid_o', 1, 'codes of the cycle before'),
      output('last_o', 1, 'of the last pixel of a tile'),
      output('copy_o', 1, 'of the copy'),
      output('codes_o', 8 * lanes, '8 bits for each lane'),
    ],
    ...{ lanes, words, wordBits, addressBits, writeLanes, ram: ram.name },
    memories: [bufferMemory(ram, table, lanes)],
  });
}
