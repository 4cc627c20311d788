import type { Configuration } from './parameters.js';
import type { RawConfiguration } from './parse.js';

/** Defaults that depend on the architecture: a dot-product unit stands alone unless rows or columns are given. */
export function withArchitectureDefaults(raw: RawConfiguration): RawConfiguration {
  return raw.arch === 'dot' ? { ...raw, rows: raw.rows ?? 1, cols: raw.cols ?? 1 } : raw;
}

/** The name of a design that is given none. */
export function defaultName({
  arch,
  dataflow,
  rows,
  cols,
  lanes,
}: Pick<Configuration, 'arch' | 'dataflow' | 'rows' | 'cols' | 'lanes'>): string {
  if (arch === 'dot') return `ant_dot_${rows}x${cols}x${lanes}`;
  return `${dataflow === 'os' ? 'ant' : 'ant_ws'}_${rows}x${cols}`;
}
