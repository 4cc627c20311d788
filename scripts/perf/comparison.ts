import type { Corrections } from './corrections.js';
import { ENERGY_PARTS, type Energy, totalEnergy } from './energy.js';
import type { NetworkResult } from './evaluate.js';

/** All others are given relative to this one. */
export const BASELINE = 'AdaFloat';

/** Rows of the published figure: time, and the parts of the energy. */
export const FIGURE_ROWS = ['Time', 'Static', 'Dram', 'Buffer', 'Core'] as const;
export type FigureRow = (typeof FIGURE_ROWS)[number];

/** Name of the column of means. */
export const MEAN = 'Geomean';

/** A network or the mean of all, on one accelerator: time and energy relative to the baseline's. */
export interface Bar {
  readonly network: string;
  readonly accelerator: string;
  readonly time: number;
  /** Each part over the baseline's total. */
  readonly energy: Energy;
}

/** Time and energies of each network relative to the baseline on the same network. */
export function relativeBars(results: readonly NetworkResult[], baseline: string = BASELINE): Bar[] {
  const bases = new Map(results.filter(({ accelerator }) => accelerator === baseline).map((one) => [one.network, one]));
  return results.flatMap(({ network, accelerator, stats, energy }) => {
    const base = bases.get(network);
    if (!base) return [];
    const total = totalEnergy(base.energy);
    return [
      {
        network,
        accelerator,
        time: stats.cycles / base.stats.cycles,
        energy: mapEnergy((part) => energy[part] / total),
      },
    ];
  });
}

const mapEnergy = (value: (part: keyof Energy) => number): Energy =>
  Object.fromEntries(ENERGY_PARTS.map((part) => [part, value(part)])) as unknown as Energy;

const arithmetic = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const geometric = (values: readonly number[]): number => Math.exp(arithmetic(values.map(Math.log)));

/**
 * The mean over the networks for each accelerator. Geometric ones are of the time and of the total energy, whose parts
 * are shared out as they are in the arithmetic mean. Others are arithmetic; those of the published figure have two quirks
 * besides: energies of an accelerator whose bars are printed for some networks only are averaged over those, and ANT-WS's
 * buffer energy has the mean of its DRAM energy added to the sum before division, an accumulator that is not cleared.
 *
 * @param figure The published figure, where the bars are those of its networks and accelerators.
 */
export function meanBars(bars: readonly Bar[], { means }: Corrections, figure?: PublishedFigures): Bar[] {
  const isPrinted = ({ network, accelerator }: Bar): boolean =>
    figure === undefined || figure.Static?.[network]?.[accelerator] !== undefined;
  const accelerators = [...new Set(bars.map(({ accelerator }) => accelerator))];
  return accelerators.map((accelerator): Bar => {
    const own = bars.filter((bar) => bar.accelerator === accelerator);
    const printed = means ? own : own.filter(isPrinted);
    const parts = mapEnergy((part) => arithmetic(printed.map(({ energy }) => energy[part])));
    if (means) {
      const scale = geometric(own.map(({ energy }) => totalEnergy(energy))) / totalEnergy(parts);
      return {
        network: MEAN,
        accelerator,
        time: geometric(own.map(({ time }) => time)),
        energy: mapEnergy((part) => parts[part] * scale),
      };
    }
    const uncleared = figure !== undefined && accelerator === UNCLEARED;
    const energy = uncleared ? { ...parts, buffer: parts.buffer + parts.dram / printed.length } : parts;
    return { network: MEAN, accelerator, time: arithmetic(own.map(({ time }) => time)), energy };
  });
}

const UNCLEARED = 'ANT-WS';

/** The figure of a row. */
export function figureOf({ time, energy }: Bar, row: FigureRow): number {
  switch (row) {
    case 'Time':
      return time;
    case 'Static':
      return energy.static;
    case 'Dram':
      return energy.dram;
    case 'Buffer':
      return energy.buffer;
    case 'Core':
      return energy.core;
  }
}

/** The published figures as printed: by row, network or mean, and accelerator. */
export type PublishedFigures = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** A figure of the comparison as computed and as printed. */
export interface ComparedFigure {
  readonly row: FigureRow;
  readonly network: string;
  readonly accelerator: string;
  readonly published: string;
  /** Rounded as printed; undefined where nothing was computed. */
  readonly computed: string | undefined;
}

/** Holds bars and means against every published figure. */
export function compareFigures(bars: readonly Bar[], published: PublishedFigures): ComparedFigure[] {
  const at = new Map(bars.map((bar) => [`${bar.network}/${bar.accelerator}`, bar]));
  return FIGURE_ROWS.flatMap((row) =>
    Object.entries(published[row] ?? {}).flatMap(([network, figures]) =>
      Object.entries(figures).map(([accelerator, figure]): ComparedFigure => {
        const bar = at.get(`${network}/${accelerator}`);
        return { row, network, accelerator, published: figure, computed: bar && figureOf(bar, row).toFixed(2) };
      }),
    ),
  );
}
