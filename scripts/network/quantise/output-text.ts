import { printable } from '../../../gen/base/printable.js';
import { decimal, percent, type TextColumn, tableLines } from '../../../gen/base/text-table.js';
import type { OutputFigures } from './output-figures.js';

const number = (value: number | null, text: (value: number) => string): string => (value === null ? '-' : text(value));

const DECISIONS = {
  classes: 'the same class',
  threshold: 'the same side of 0.5',
  sign: 'the same sign',
} as const;

/** How often an output decides as another. */
export function agreementText({ agreement }: Pick<OutputFigures, 'agreement'>): string {
  if (!agreement) return '-';
  const { kind, alike, decisions } = agreement;
  return `${decimal(alike)} of ${decimal(decisions)} (${percent(alike / decisions, 2)}): ${DECISIONS[kind]}`;
}

/** The type of an output and its shape for all samples. */
export const shapeText = ({ type, shape }: Pick<OutputFigures, 'type' | 'shape'>): string =>
  `${type} ${shape.map((size) => size ?? '?').join(' x ')}`.trimEnd();

/** What an output is taken for, and why. */
function kindText({ agreement, shape, type }: OutputFigures): string {
  const sizes = shapeText({ type, shape });
  if (!agreement) return sizes;
  const row = agreement.kind === 'classes' ? `classes: a row of ${shape.at(-1)} numbers each` : 'one number per sample';
  return `${sizes}, ${row}`;
}

/** A table of outputs with what they are and how far they are from others. */
export function outputLines(outputs: readonly OutputFigures[], title: string): string[] {
  const columns: TextColumn<OutputFigures>[] = [
    { title, left: true, text: ({ name }) => printable(name) },
    { title: 'error', text: ({ relativeError }) => number(relativeError, (value) => percent(value, 2)) },
    { title: 'cosine', text: ({ cosine }) => number(cosine, (value) => value.toFixed(5)) },
    { title: 'largest', text: ({ largestError }) => number(largestError, (value) => value.toPrecision(3)) },
    { title: 'equal', text: ({ equal, elements }) => (elements === 0 ? '-' : percent(equal / elements, 1)) },
    { title: 'decides alike', left: true, text: agreementText },
    {
      title: 'what',
      left: true,
      text: (output) => [kindText(output), output.note].filter((part) => part !== '').join('; '),
    },
  ];
  return tableLines(columns, outputs);
}
