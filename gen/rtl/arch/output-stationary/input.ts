import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { modeBits, type PeripheryView, peripheryModule, selectorsOf } from '../../periphery.js';
import type { OperandPort } from '../../port.js';
import { clock, enablePorts, reset } from '../../ports.js';
import type { PassedView } from '../../register.js';
import { type Stream, streamPorts } from '../../streams.js';

export interface InputView extends PeripheryView {
  /** Whether a port has a type selector, which counts in the first beat of a tile. */
  readonly hasTypes: boolean;
  /** The selectors that a tile's first beat brings. */
  readonly selectors: readonly PassedView[];
  /** When an offered beat is accepted. */
  readonly accepted: string;
}

export function inputModule(core: DesignCore, streams: readonly Stream[]): InputView {
  const { config } = core;
  const fired = (port: OperandPort): ModulePort[] => [
    output(`${port.letter}_code_o`, port.codeBits * port.lanes, `${port.role} codes, all 0 in an idle cycle`),
    ...(port.wideTypes.length > 0 ? [output(`${port.letter}_wide_o`, 1, `1: ${port.role} codes have 8 bits`)] : []),
    ...(port.typeBits ? [output(`${port.letter}_type_o`, port.typeBits, `type of the ${port.role} codes`)] : []),
  ];
  const ports = [
    clock,
    reset,
    ...enablePorts(config),
    ...streams.flatMap(streamPorts),
    input('grant_i', 1, 'the last beat of a tile may enter the array'),
    output('last_o', 1, 'the last beat of a tile enters the array'),
    ...fired(core.a),
    ...fired(core.w),
  ];
  return {
    ...peripheryModule(core, {
      suffix: 'input',
      title: 'Input register: holds one beat until it may enter the array.',
      ports,
      instances: 1,
      template: 'rtl/arch/output-stationary/input',
    }),
    hasTypes: modeBits(core.a) + modeBits(core.w) > 0,
    selectors: selectorsOf([core.a, core.w]),
    accepted: config.stall === 'enable' ? 'accept & en_i' : 'accept',
  };
}
