import type { DesignCore } from '../../design-core.js';
import { type ModulePort, output } from '../../module.js';
import { selectorsOf } from '../../periphery.js';
import type { OperandPort } from '../../port.js';
import { clock, enablePorts, reset } from '../../ports.js';
import type { PassedView } from '../../register.js';
import { type Stream, streamPorts } from '../../streams.js';
import { type DotView, dotView } from './view.js';

export interface DotInputView extends DotView {
  readonly operands: readonly { readonly letter: string; readonly dataBits: number; readonly dataRegister: string }[];
  /** The type selectors that a tile's first beat brings. */
  readonly selectors: readonly PassedView[];
}

function edgeOperands({ a, w }: DesignCore): DotInputView['operands'] {
  return [a, w].map(({ letter, codeBits, lanes }) => ({
    letter,
    dataBits: codeBits * lanes,
    dataRegister: `${letter}_data_q`,
  }));
}

export function dotInputModule(core: DesignCore, streams: readonly Stream[]): DotInputView {
  const fired = ({ letter, role, codeBits, lanes, typeBits }: OperandPort): ModulePort[] => [
    output(`${letter}_code_o`, codeBits * lanes, `${role} codes; they mean nothing in an idle cycle`),
    ...(typeBits ? [output(`${letter}_type_o`, typeBits, `type of the ${role} codes`)] : []),
  ];
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    ...streams.flatMap(streamPorts).filter(({ direction }) => direction === 'input'),
    output('valid_o', 1, 'there is a beat'),
    output('first_o', 1, 'it is the first of its tile'),
    output('last_o', 1, 'it is the last of its tile'),
    ...fired(core.a),
    ...fired(core.w),
  ];
  return {
    ...dotView(core, { suffix: 'input', title: 'Input register.', ports, instances: 1 }),
    operands: edgeOperands(core),
    selectors: selectorsOf([core.a, core.w]),
  };
}
