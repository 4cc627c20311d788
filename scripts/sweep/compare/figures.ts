import type { Configuration } from '../../../gen/config/parameters.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import type { AreaReport } from '../../synth/report.js';

/** What the tables need of a design, in gate equivalents. */
export type Measured = ReturnType<typeof measuredOf>;

export const measuredOf = (
  { pe, decoders, whole, rows, cols, lanes }: AreaReport,
  { command, accumulator }: Pick<Manifest, 'command' | 'accumulator'>,
) => ({
  /** The command that generates it. */
  command,
  accumulatorBits: accumulator.bits,
  pe: pe.gateEquivalents,
  /** A decoder in the periphery, on average over rows and columns, each of which has one per lane. */
  decoder: decoders.gateEquivalents / ((rows + cols) * lanes),
  /** Of all decoders in the core, 0 to 1. */
  decoderShare: decoders.share,
  core: whole.gateEquivalents,
});

/**
 * 8-bit products of a PE per cycle: one per lane where both ports take 8 bits, a quarter where four PEs make one, none where
 * a port takes fewer.
 */
export function eightBitRate({ activations, weights, wideActivations, wideWeights, lanes }: Configuration): number {
  const takes8 = (names: readonly string[]): boolean => names.some((name) => numericType(name).bits === 8);
  if (takes8(activations) && takes8(weights)) return lanes;
  return wideActivations.length > 0 && wideWeights.length > 0 ? lanes / 4 : 0;
}

/** Core area divided by the products it does in a cycle; undefined where it does none. */
export function perProduct(core: number, pes: number, rate: number): number | undefined {
  return rate > 0 ? core / (pes * rate) : undefined;
}

/** PEs, each with its share of the periphery as in a core of `pes` PEs, that fit into an area. */
export function fitting(area: number, core: number, pes: number): number {
  return Math.floor((area / core) * pes);
}

/** What the unified PE is meant to cost at most; 1 is 100 %. */
export type Goal = ReturnType<typeof goal>;

const goal = (what: string, lanes: number, most: number, measured: number) => ({
  ...{ what, lanes, most, measured, met: measured <= most },
});

/** Rows, and columns, of the core for which the decoders have a goal. */
export const GOAL_SIZE = 64;

/**
 * The goals that can be told from what was measured of PEs of equal lanes.
 *
 * @param measured By the names of kinds.
 */
export function goalsOf(measured: ReadonlyMap<string, Measured>, size: number, lanes: number): Goal[] {
  const ant = measured.get('ant');
  if (ant === undefined) return [];
  const over = (kind: string, what: string, most: number): Goal[] => {
    const other = measured.get(kind);
    return other === undefined ? [] : [goal(what, lanes, most, ant.pe / other.pe)];
  };
  return [
    ...over('fused', 'PE of ant over the fused int4/int8 PE', 1.05),
    ...over('int8', 'PE of ant over the int8 PE', 0.6),
    ...(size === GOAL_SIZE
      ? [goal(`decoders of ant in a ${size} x ${size} core`, lanes, 0.002, ant.decoderShare)]
      : []),
  ];
}
