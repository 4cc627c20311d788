import type { DesignCore } from './design-core.js';
import type { ModulePort, ModuleView } from './module.js';
import type { OperandPort } from './port.js';
import { type PassedView, passed } from './register.js';
import { literal } from './verilog.js';

/** What the modules around the PEs have in common. */
export interface PeripheryView extends ModuleView {
  readonly rows: number;
  readonly cols: number;
  readonly accBits: number;
  readonly enable: boolean;
  readonly async: boolean;
  readonly a: PortView;
  readonly w: PortView;
  readonly lastRow: number;
  readonly lastRowButOne: number;
  readonly lastCol: number;
  readonly lastColButOne: number;
  readonly manyRows: boolean;
  readonly manyCols: boolean;
}

export interface PortView {
  readonly letter: string;
  readonly role: string;
  readonly lanes: number;
  readonly codeBits: number;
  readonly dataBits: number;
  readonly typeBits: number;
  readonly hasType: boolean;
  readonly operandBits: number;
  readonly zero: string;
  /** Whether the port takes wide types, and has a flag for them. */
  readonly wide: boolean;
  /** What decoders are told besides the code: its signal, the parameter for its width and that width. */
  readonly hasMode: boolean;
  readonly mode: string;
  readonly modeParameter: string;
  readonly modeBits: number;
}

export function portView(port: OperandPort): PortView {
  const wide = port.wideTypes.length > 0;
  const { letter, typeBits } = port;
  const mode = wide ? (typeBits > 0 ? `{${letter}_wide, ${letter}_type}` : `${letter}_wide`) : `${letter}_type`;
  return {
    letter: port.letter,
    role: port.role,
    lanes: port.lanes,
    codeBits: port.codeBits,
    dataBits: port.codeBits * port.lanes,
    typeBits: port.typeBits,
    hasType: port.typeBits > 0,
    operandBits: port.fields.bits,
    zero: literal(port.codeBits * port.lanes, 0),
    wide,
    hasMode: wide || typeBits > 0,
    mode,
    modeParameter: `${letter.toUpperCase()}_${wide ? 'MODE' : 'TYPE'}_BITS`,
    modeBits: modeBits(port),
  };
}

/** What tells a module around the PEs from the others. */
interface PeripheryText {
  readonly suffix: string;
  readonly title: string;
  readonly ports: readonly ModulePort[];
  /** Its template, without the ending. */
  readonly template: string;
  readonly instances?: number;
}

export function peripheryModule(
  core: DesignCore,
  { suffix, title, ports, template, instances }: PeripheryText,
): PeripheryView {
  const { config, accumulator } = core;
  const name = `${config.name}_${suffix}`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: `${template}.v`,
    title,
    ports,
    ...(instances === undefined ? {} : { instances }),
    rows: config.rows,
    cols: config.cols,
    accBits: accumulator.bits,
    enable: config.stall === 'enable',
    async: config.reset === 'async',
    a: portView(core.a),
    w: portView(core.w),
    lastRow: config.rows - 1,
    lastRowButOne: config.rows - 2,
    lastCol: config.cols - 1,
    lastColButOne: config.cols - 2,
    manyRows: config.rows > 1,
    manyCols: config.cols > 1,
  };
}

/** Width of what decoders are told besides the code. */
export const modeBits = ({ typeBits, wideTypes }: OperandPort): number => typeBits + (wideTypes.length > 0 ? 1 : 0);

/** The selectors of operand ports: of each its flag for 8-bit codes and its type, as far as it has them. */
export const selectorsOf = (ports: readonly OperandPort[]): PassedView[] =>
  passed(
    Object.fromEntries(
      ports.flatMap(({ letter, wideTypes, typeBits }) => [
        [`${letter}_wide`, wideTypes.length > 0 ? 1 : 0],
        [`${letter}_type`, typeBits],
      ]),
    ),
  );
