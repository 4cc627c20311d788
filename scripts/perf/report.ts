import { GENERATOR } from '../../gen/base/version.js';
import type { Accelerator } from './accelerator.js';
import {
  type Bar,
  type ComparedFigure,
  compareFigures,
  meanBars,
  type PublishedFigures,
  relativeBars,
} from './comparison.js';
import { CORRECTION_NAMES, type CorrectionName, type Corrections } from './corrections.js';
import type { DescribedNetwork } from './description.js';
import { type Energy, totalEnergy } from './energy.js';
import { Evaluator, type LayerResult, type NetworkResult } from './evaluate.js';
import { type LeftOutProduct, macsOf, type Network } from './layer.js';
import type { BitLists } from './layers.js';
import { orderText } from './loops.js';
import { machineOf, multipliersOf, packing } from './machine.js';
import { type Ratio, ratiosOf } from './ratios.js';
import type { Schedule } from './search.js';
import type { Stats } from './stats.js';

/** What to evaluate. */
export interface ModelRequest {
  readonly networks: readonly DescribedNetwork[];
  readonly accelerators: readonly Accelerator[];
  readonly corrections: Corrections;
  /** Samples of a batch. */
  readonly samples: number;
  /** Accelerator that all are relative to. */
  readonly baseline: string;
  readonly lists: BitLists;
  /** The published figure, where networks and accelerators are those it compares. */
  readonly figure?: PublishedFigures;
  /** Whether all else is as in the figure, too, so that the results are to be held against it. */
  readonly asPublished: boolean;
  readonly onProgress?: (text: string) => void;
}

/** A layer on an accelerator, for the batch. */
export interface LayerRow {
  readonly name: string;
  readonly bits: number;
  readonly stats: Stats;
  /** nJ. */
  readonly energy: Energy;
  readonly tile: Schedule['tile'];
  /** Loop order, innermost first: B batch, W and H columns and rows, I and O input and output channels. */
  readonly order: string;
  /** Multiply-accumulates over what the array could do in these cycles at this width. */
  readonly utilisation: number;
}

/** A network on an accelerator, for the batch. */
export interface ResultRow {
  readonly network: string;
  readonly accelerator: string;
  readonly stats: Stats;
  /** nJ. */
  readonly energy: Energy;
  /** Of the batch. */
  readonly seconds: number;
  /** Unit-cycles used over those there were. */
  readonly utilisation: number;
  readonly layers: readonly LayerRow[];
}

export interface ModelReport {
  readonly generator: string;
  readonly corrections: readonly CorrectionName[];
  readonly samples: number;
  readonly baseline: string;
  readonly accelerators: readonly {
    readonly name: string;
    readonly about: string;
    readonly source: string;
    readonly array: Accelerator['array'];
    /** Most multiply-accumulates per cycle, at full width and at the narrowest. */
    readonly peak: { readonly wide: number; readonly narrow: number };
    readonly bytesPerCycle: number;
  }[];
  readonly networks: readonly string[];
  /** Products that are not modelled, with their share of the network's multiply-accumulates where it is known. */
  readonly leftOut: readonly LeftOutRow[];
  readonly results: readonly ResultRow[];
  /** Relative to the baseline. */
  readonly bars: readonly Bar[];
  readonly means: readonly Bar[];
  /** Of the first accelerator to the others. */
  readonly ratios: readonly Ratio[];
  /** Against the published figures, where they are comparable. */
  readonly figures?: readonly ComparedFigure[];
}

/** Evaluates all networks on all accelerators. */
export function modelReport(request: ModelRequest): ModelReport {
  const {
    networks,
    accelerators,
    corrections,
    samples,
    baseline,
    lists,
    figure,
    asPublished,
    onProgress = () => {},
  } = request;
  const evaluator = new Evaluator(corrections, samples);
  const results = networks.flatMap(({ network, bits }) =>
    accelerators.map((accelerator): NetworkResult => {
      onProgress(`${network.name} on ${accelerator.name}`);
      return evaluator.evaluate(network, accelerator, { lists, own: bits });
    }),
  );
  const bars = relativeBars(results, baseline);
  const means = meanBars(bars, corrections, figure);
  const byName = new Map(accelerators.map((accelerator) => [accelerator.name, accelerator]));
  return {
    generator: GENERATOR,
    corrections: CORRECTION_NAMES.filter((name) => corrections[name]),
    samples,
    baseline,
    accelerators: accelerators.map((accelerator) => describe(accelerator)),
    networks: networks.map(({ network }) => network.name),
    leftOut: networks.flatMap(({ network }) => leftOutRows(network, request)),
    results: results.map((result) => resultRow(result, byName.get(result.accelerator) as Accelerator)),
    bars,
    means,
    ratios: ratiosOf(means, accelerators[0]?.name ?? ''),
    ...(figure && asPublished ? { figures: compareFigures([...bars, ...means], figure) } : {}),
  };
}

/** A product of a network that is not modelled. */
export interface LeftOutRow extends LeftOutProduct {
  readonly network: string;
  readonly share: number | null;
}

function leftOutRows(
  { name, layers, leftOut = [] }: Network,
  { corrections, lists }: Pick<ModelRequest, 'corrections' | 'lists'>,
): LeftOutRow[] {
  // The networks of the published comparison have none, as its lists of widths say.
  const attention =
    corrections.attention || lists[name] !== undefined ? [] : layers.filter(({ kind }) => kind === 'attention');
  const uncounted = attention.map((layer) => ({
    title: layer.name,
    op: 'MatMul',
    reason: 'two activations, which the model as published leaves out; --corrected counts them',
    macs: macsOf(layer),
  }));
  const known = [...layers.map(macsOf), ...leftOut.map(({ macs }) => macs ?? 0)];
  const all = known.reduce((sum, macs) => sum + macs, 0);
  return [...leftOut, ...uncounted].map((product) => ({
    ...product,
    network: name,
    share: product.macs === null ? null : product.macs / Math.max(all, 1),
  }));
}

function describe(accelerator: Accelerator): ModelReport['accelerators'][number] {
  const { name, about, source, array, memory } = accelerator;
  const units = multipliersOf(array);
  const narrow = packing(machineOf(accelerator), array.minBits) ** 2;
  return {
    name,
    about,
    source,
    array,
    peak: { wide: units, narrow: units * narrow },
    bytesPerCycle: memory.interfaceBits / 8,
  };
}

function resultRow(
  { network, accelerator, stats, energy, layers }: NetworkResult,
  description: Accelerator,
): ResultRow {
  const { array, memory } = description;
  const units = multipliersOf(array);
  const row = ({ layer, bits, schedule, energy: own }: LayerResult): LayerRow => ({
    name: layer.name,
    bits,
    stats: schedule.stats,
    energy: own,
    tile: schedule.tile,
    order: orderText(schedule.order),
    utilisation: schedule.stats.work / (schedule.stats.cycles * units),
  });
  return {
    network,
    accelerator,
    stats,
    energy,
    seconds: stats.cycles / memory.frequencyHz,
    utilisation: stats.work / (stats.cycles * units),
    layers: layers.map(row),
  };
}

/** Microjoules of one sample. */
export const energyPerSample = ({ energy }: Pick<ResultRow, 'energy'>, samples: number): number =>
  totalEnergy(energy) / samples / 1000;
