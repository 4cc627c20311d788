import { input, type ModuleView, output } from '../module.js';
import { clock } from '../ports.js';

/** A memory with one port, which reads or writes. */
export function singlePortRam(name: string): ModuleView {
  return {
    name: `${name}_ram_1rw`,
    file: `rtl/${name}_ram_1rw.v`,
    template: 'rtl/engine/ram-1rw.v',
    title: 'Memory with one port.',
    ports: [
      clock,
      input('en_i', 1, '1: read or write'),
      input('write_i', 'LANES', 'lanes that are written; none: read'),
      input('address_i', 'ADDRESS_BITS', 'word, below WORDS'),
      input('data_i', 'WIDTH', 'data to write'),
      output('data_o', 'WIDTH', 'word that was read last'),
    ],
  };
}

/** A memory with a port that reads and one that writes. */
export function dualPortRam(name: string): ModuleView {
  return {
    name: `${name}_ram_1r1w`,
    file: `rtl/${name}_ram_1r1w.v`,
    template: 'rtl/engine/ram-1r1w.v',
    title: 'Memory with a port to read and a port to write.',
    ports: [
      clock,
      input('read_i', 1, '1: read'),
      input('read_address_i', 'ADDRESS_BITS', 'word, below WORDS'),
      output('read_data_o', 'WIDTH', 'word that was read last'),
      input('write_i', 'LANES', 'lanes that are written'),
      input('write_address_i', 'ADDRESS_BITS', 'word, below WORDS'),
      input('write_data_i', 'WIDTH', 'data to write'),
    ],
  };
}
