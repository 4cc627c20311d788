import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, type PortView, peripheryModule, portView } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type PassedView, passed } from '../../register.js';

export interface StreamInputView extends PeripheryView {
  readonly operand: PortView;
  /** Whether the module tells that a beat begins a tile. */
  readonly begins: boolean;
  readonly hasFirst: boolean;
  /** The selectors that a tile's first beat brings. */
  readonly selectors: readonly PassedView[];
  /** When a held beat may enter, and when an offered one is accepted. */
  readonly allowed: string;
  readonly accepted: string;
}

/** The input register of a stream: of the activations (`a`) or of the weights (`w`). */
export function streamInput(core: DesignCore, letter: 'a' | 'w'): StreamInputView {
  const port = core[letter];
  const begins = letter === 'a';
  const width = port.codeBits * port.lanes;
  const wide = port.wideTypes.length > 0;
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    input('valid_i', 1, 'a beat is offered'),
    output('ready_o', 1, 'an offered beat is accepted'),
    input('last_i', 1, 'the beat is the last of its tile'),
    input('data_i', width, `${port.role} codes`),
    ...(wide ? [input('wide_i', 1, `1: ${port.role} codes have 8 bits; first beat of a tile`)] : []),
    ...(port.typeBits ? [input('type_i', port.typeBits, `type of the ${port.role}s; first beat of a tile`)] : []),
    input('grant_i', 1, `a ${begins ? 'tile may begin' : 'beat may enter the array'}`),
    output('fire_o', 1, 'a beat enters the array'),
    ...(begins ? [output('begin_o', 1, 'it begins its tile')] : []),
    output('last_o', 1, 'it ends its tile'),
    output('code_o', width, `${port.role} codes`),
    ...(wide ? [output('wide_o', 1, `1: ${port.role} codes have 8 bits`)] : []),
    ...(port.typeBits ? [output('type_o', port.typeBits, `type of the ${port.role} codes`)] : []),
  ];
  const title = `Input register of the ${port.role}s: holds one beat until it may enter the array.`;
  return {
    ...peripheryModule(core, {
      suffix: `input_${letter}`,
      title,
      ports,
      instances: 1,
      template: 'rtl/arch/weight-stationary/input',
    }),
    operand: portView(port),
    begins,
    selectors: passed({ wide: wide ? 1 : 0, type: port.typeBits }),
    allowed: begins ? '(grant_i | ~begin_q)' : 'grant_i',
    accepted: core.config.stall === 'enable' ? 'accept & en_i' : 'accept',
    hasFirst: begins || wide || port.typeBits > 0,
  };
}
