import { operandText } from '../network/matmul-report.js';
import type { MeasuredPower } from './measure.js';
import { powerLines } from './render.js';

/** The report of a design as text. */
export function powerText(report: MeasuredPower): string {
  const { a, w } = report.operands;
  return `${[`A  ${operandText(a)}`, `W  ${operandText(w)}`, '', ...powerLines(report)].join('\n')}\n`;
}
