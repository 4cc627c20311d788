import { typeMeaning } from './decoder.js';
import { input, type ModulePort } from './module.js';
import type { PortView } from './periphery.js';
import type { OperandPort } from './port.js';

export const dataPort = ({ letter, role, dataBits, lanes, codeBits, wide }: PortView): ModulePort => {
  const [side, index] = letter === 'a' ? ['row', 'r'] : ['column', 'c'];
  const codes = (bits: number, count: number): string =>
    `${side} ${index} at [${index}*${bits} +: ${bits}] (${count} of them)`;
  const pairs = wide ? `; of 8 bits: ${codes(2 * codeBits, lanes / 2)}` : '';
  return input(`${letter}_data_i`, dataBits, `${role} codes, ${codes(codeBits, lanes)}${pairs}`);
};

/** The selectors of a port: its flag for 8-bit codes, and what that means for results, and its type. */
export const typePort = (port: OperandPort, wideMeaning = ''): ModulePort[] => [
  ...(port.wideTypes.length > 0
    ? [
        input(
          `${port.letter}_wide_i`,
          1,
          `1: ${port.role} codes have 8 bits, on two lanes each${wideMeaning}; first beat of a tile`,
        ),
      ]
    : []),
  ...(port.typeBits
    ? [input(`${port.letter}_type_i`, port.typeBits, `${port.role} ${typeMeaning(port)}; first beat of a tile`)]
    : []),
];

/** What 8-bit weights mean for results. */
export const HALF_THE_COLUMNS = ': results on even columns only';
