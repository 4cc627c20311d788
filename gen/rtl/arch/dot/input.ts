import type { DesignCore } from '../../design-core.js';
import { input, type ModulePort, output } from '../../module.js';
import { typePort } from '../../operand-ports.js';
import type { OperandPort } from '../../port.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type DotView, dotView } from './view.js';

const dataPort = ({ letter, role, codeBits, lanes }: OperandPort, perUnit: number): ModulePort => {
  const side = letter === 'a' ? 'row r' : 'column c';
  const index = `(${letter === 'a' ? 'r' : 'c'}*${perUnit}+l)*${codeBits}`;
  return input(`${letter}_data_i`, codeBits * lanes, `${role} codes, ${side}, lane l at [${index} +: ${codeBits}]`);
};

export function streamIn({ a, w, config }: DesignCore): ModulePort[] {
  return [
    input('in_valid_i', 1, `a beat is offered: ${config.lanes} reduction steps for all rows and columns`),
    output('in_ready_o', 1, 'the beat is taken if offered'),
    input('in_last_i', 1, 'the beat is the last of its tile'),
    dataPort(a, config.lanes),
    ...typePort(a),
    dataPort(w, config.lanes),
    ...typePort(w),
  ];
}

export interface DotInputView extends DotView {
  readonly operands: readonly {
    readonly letter: string;
    readonly dataBits: number;
    readonly typeBits: number;
    readonly hasType: boolean;
    readonly dataRegister: string;
    readonly typeRegister: string;
  }[];
}

function edgeOperands({ a, w }: DesignCore): DotInputView['operands'] {
  return [a, w].map(({ letter, codeBits, lanes, typeBits }) => ({
    letter,
    dataBits: codeBits * lanes,
    typeBits,
    hasType: typeBits > 0,
    dataRegister: `${letter}_data_q`,
    typeRegister: `${letter}_type_q`,
  }));
}

export function dotInputModule(core: DesignCore): DotInputView {
  const issued = ({ letter, role, codeBits, lanes, typeBits }: OperandPort): ModulePort[] => [
    output(`${letter}_code_o`, codeBits * lanes, `${role} codes; they mean nothing in an idle cycle`),
    ...(typeBits ? [output(`${letter}_type_o`, typeBits, `type of the ${role} codes`)] : []),
  ];
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    ...streamIn(core).filter(({ direction }) => direction === 'input'),
    output('valid_o', 1, 'there is a beat'),
    output('first_o', 1, 'it is the first of its tile'),
    output('last_o', 1, 'it is the last of its tile'),
    ...issued(core.a),
    ...issued(core.w),
  ];
  return {
    ...dotView(core, { suffix: 'input', title: 'Input register.', ports, instances: 1 }),
    operands: edgeOperands(core),
  };
}
