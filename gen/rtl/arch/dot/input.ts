import type { DesignCore } from '../../design-core.js';
import { type ModulePort, output } from '../../module.js';
import { selectorsOf } from '../../periphery.js';
import type { OperandPort } from '../../port.js';
import { clock, enablePorts, reset } from '../../ports.js';
import type { PassedView, RegisterView } from '../../register.js';
import { type Stream, streamPorts } from '../../streams.js';
import { type DotView, dotView } from './view.js';

export interface DotInputView extends DotView {
  readonly registers: readonly RegisterView[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  /** The type selectors that a tile's first beat brings. */
  readonly selectors: readonly PassedView[];
}

/** What a beat brings besides selectors, and what it is called behind the input register. */
const dataOf = (streams: readonly Stream[]): { name: string; inside: string; width: number }[] =>
  streams.flatMap(({ fields }) =>
    fields
      .filter(({ everyBeat }) => everyBeat)
      .map(({ of, kind, width }) => ({
        name: `${of}_${kind}`,
        inside: kind === 'data' ? `${of}_code` : `${of}_${kind}`,
        width,
      })),
  );

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
    ...dataOf(streams).flatMap(({ name, inside, width }) =>
      name === inside ? [output(`${inside}_o`, width, 'codes of scales; they count in the last beat of a block')] : [],
    ),
  ];
  const data = dataOf(streams);
  return {
    ...dotView(core, { suffix: 'input', title: 'Input register.', ports, instances: 1 }),
    registers: data.map(({ name, width }) => ({ name: `${name}_q`, width, next: `${name}_i` })),
    outputs: data.map(({ name, inside }) => ({ name: `${inside}_o`, value: `${name}_q` })),
    selectors: selectorsOf([core.a, core.w]),
  };
}
