import { type ClockGateView, clockGateView, testEnablePorts } from '../../clock-gate.js';
import type { DesignCore } from '../../design-core.js';
import type { OperandPort } from '../../port.js';
import { clock, resetOf } from '../../ports.js';
import { allStreamPorts, type Streams } from '../../streams.js';
import { type DotView, dotView } from './view.js';

export interface DotTopView extends DotView {
  readonly gate: ClockGateView | undefined;
  readonly clk: string;
  readonly a: DotOperand;
  readonly w: DotOperand;
}

interface DotOperand {
  readonly codeBits: number;
  readonly typeBits: number;
  readonly hasType: boolean;
  readonly operandBits: number;
}

export function dotModule(core: DesignCore, streams: Streams): DotTopView {
  const { config } = core;
  const title = `Dot-product units, ${config.rows} x ${config.cols} of ${config.lanes} lanes: results[r][c] = sum over k of a[k][r] * w[k][c].`;
  const operand = ({ codeBits, typeBits, fields }: OperandPort): DotOperand => ({
    codeBits,
    typeBits,
    hasType: typeBits > 0,
    operandBits: fields.bits,
  });
  const gate = clockGateView(config, 'clk_dot');
  const ports = [clock, resetOf(config), ...testEnablePorts(config), ...allStreamPorts(streams)];
  return {
    ...dotView(core, { suffix: 'dot', title, ports }),
    gate,
    clk: gate?.clock ?? 'clk_i',
    a: operand(core.a),
    w: operand(core.w),
  };
}
