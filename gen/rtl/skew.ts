import { gridView } from './cluster-grid.js';
import type { DesignCore } from './design-core.js';
import { portView } from './periphery.js';

/** What the generate loop of an operand port is written from: skew and decoders, for each row or column of PEs. */
export interface SkewView {
  /** Loop variable, the number of its values, and the loop's name. */
  readonly index: string;
  readonly count: string;
  readonly label: string;
  readonly bits: string;
  readonly operandBits: string;
  /** Whether there are several codes, a decoder each; the code and the operand of a decoder. */
  readonly manyLanes: boolean;
  readonly code: string;
  readonly operand: string;
  /** The codes of the row or column in the beat. */
  readonly source: string;
  /** Whether some wait, which do not, and how long the others. */
  readonly skewed: boolean;
  readonly direct: string;
  readonly depth: string;
  /** What decoders are told besides codes: whether anything, what, and which neighbour had it a cycle before. */
  readonly hasMode: boolean;
  readonly mode: string;
  readonly modeWire: string;
  readonly modeParameter: string;
  readonly modeFrom: string;
  /** Whether it waits once for several rows or columns of a cluster, and for which of them; or for each. */
  readonly sharesMode: boolean;
  readonly ownMode: boolean;
  readonly firstOfTile: string;
  /** Whether even and odd lanes have decoders of their own, and which lanes are even. */
  readonly wide: boolean;
  readonly even: string;
  readonly decode: string;
  readonly decodeLow: string;
  readonly decodeHigh: string;
  /** What a decoder's type selector is connected to, if it has one. */
  readonly typed: readonly string[];
}

/**
 * The skew of the activations (`a`), a row each, or of the weights (`w`), a column each.
 *
 * @param row The row of a tile that row p of PEs has, where there are such rows.
 */
export function skewView({ config, ...core }: DesignCore, letter: 'a' | 'w', row = ''): SkewView {
  const grid = gridView(config);
  const { hasMode, hasType, mode, modeParameter, wide } = portView(core[letter]);
  const rows = letter === 'a';
  const upper = letter.toUpperCase();
  const index = rows ? 'p' : 'c';
  const lane = rows ? (row === 'p' ? row : `(${row})`) : 'c';
  const [skewed, shares] = rows ? [grid.skewsRows, grid.tall] : [grid.skewsCols, grid.wide];
  const step = rows ? 'CLUSTER_ROWS' : 'CLUSTER_COLS';
  const decode = `${config.name}_decode_${letter}`;
  const manyLanes = config.lanes > 1;
  return {
    index,
    count: rows ? 'ROWS' : 'COLS',
    label: `g_${letter}`,
    bits: `${upper}_BITS`,
    operandBits: `${upper}_OP_BITS`,
    manyLanes,
    code: manyLanes ? `code[l*${upper}_CODE_BITS +: ${upper}_CODE_BITS]` : 'code',
    operand: manyLanes ? `operand[l*${upper}_VALUE_BITS +: ${upper}_VALUE_BITS]` : 'operand',
    source: `${letter}_code[${lane}*${upper}_BITS +: ${upper}_BITS]`,
    skewed,
    direct: rows ? grid.rowDirect : grid.colDirect,
    depth: rows ? grid.rowDepth : grid.colDepth,
    hasMode,
    mode,
    modeWire: 'mode',
    modeParameter,
    modeFrom: `${index}-${shares ? step : '1'}`,
    sharesMode: hasMode && shares,
    ownMode: hasMode && !shares,
    firstOfTile: `${index} % ${step} == 0`,
    wide,
    even: rows ? '(ROWS - 1 - p) % 2 == 0' : 'c % 2 == 0',
    decode,
    decodeLow: `${decode}_low`,
    decodeHigh: `${decode}_high`,
    typed: hasType ? ['mode'] : [],
  };
}
