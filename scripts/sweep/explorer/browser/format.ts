import type { Cell } from '../data.js';
import { NOTHING } from './points.js';

/** A value with four significant digits, or all of a large one. */
export function valueText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return NOTHING;
  if (typeof cell === 'string') return cell;
  return Math.abs(cell) >= 1000 || Number.isInteger(cell)
    ? cell.toLocaleString('en-US', { maximumFractionDigits: 0 })
    : cell.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

/** A column's name with its unit. */
export const titleOf = ({ name, unit }: { readonly name: string; readonly unit: string }): string =>
  unit === '' ? name : `${name}, ${unit}`;
