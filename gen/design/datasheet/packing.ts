import type { Configuration } from '../../config/parameters.js';

/** What the datasheet says of ports that carry several signals, a note each. */
export const packingNotes = (ports: Configuration['ports']): string[] =>
  ports === 'own'
    ? []
    : [
        'Each stream is an AXI4-Stream interface. Numbers are in `tdata`, each signal from a whole byte on; what is said of them is in `tuser`, without padding. Places in a signal count from its lowest bit.',
        'Padding of inputs is ignored, that of outputs is 0. There is no `tkeep` and no `tstrb`: all bytes of a beat count.',
        'The ports are wires to the module below, whose signals have names of their own: no register, no gate.',
      ];
