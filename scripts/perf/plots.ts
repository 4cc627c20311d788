import type { TopLevelSpec } from 'vega-lite';
import { PLOT_CONFIG, renderSvg } from '../../gen/base/vega.js';
import type { Bar } from './comparison.js';
import { ENERGY_PARTS } from './energy.js';
import type { ModelReport } from './report.js';

/** Colours of the energy's parts: legible on white and on black. */
export const PART_COLOURS = { static: '#7d8592', dram: '#c2600a', buffer: '#85b8e8', core: '#2b8242' } as const;

/** Colours of accelerators, in their order; a seventh begins again. */
const COLOURS = ['#1f6fb4', '#0d9aa8', '#c2600a', '#8450b8', '#2b8242', '#7d8592'];

export const acceleratorColours = ({ accelerators }: ModelReport): Map<string, string> =>
  new Map(accelerators.map(({ name }, i) => [name, COLOURS[i % COLOURS.length] as string]));

const BAR = 15;
const HEIGHT = 240;
const LEFT = 52;
const LABELS = 66;

/** A bar's place on the axis: bars of a network stand together, with a gap before the next one. */
const placeOf = ({ network, accelerator }: Bar): string => `${network}|${accelerator}`;

/** All places from left to right. */
function places(report: ModelReport): string[] {
  const networks = [
    ...report.networks,
    ...(report.networks.length > 1 ? report.means.slice(0, 1).map(({ network }) => network) : []),
  ];
  return networks.flatMap((network, i) => [
    ...(i === 0 ? [] : [`|${i}`]),
    ...report.accelerators.map(({ name }) => `${network}|${name}`),
  ]);
}

/** One value of a bar, or one part of it. */
interface Mark {
  readonly place: string;
  readonly value: number;
  readonly colour: string;
  /** Order of parts from the bottom. */
  readonly part: number;
}

/** Time of every network on every accelerator relative to the baseline, as bars. */
export function timePlot(report: ModelReport): Promise<string> {
  const colours = acceleratorColours(report);
  const marks = barsOf(report).map(
    (bar): Mark => ({
      place: placeOf(bar),
      value: bar.time,
      colour: colours.get(bar.accelerator) as string,
      part: 0,
    }),
  );
  return barPlot(report, `time, ${report.baseline} = 1`, marks);
}

/** Energy relative to the baseline, in its parts. */
export function energyPlot(report: ModelReport): Promise<string> {
  const marks = barsOf(report).flatMap((bar) =>
    ENERGY_PARTS.map(
      (part, i): Mark => ({
        place: placeOf(bar),
        value: bar.energy[part],
        colour: PART_COLOURS[part],
        part: i,
      }),
    ),
  );
  return barPlot(report, `energy, ${report.baseline} = 1`, marks);
}

const barsOf = (report: ModelReport): Bar[] => [...report.bars, ...(report.networks.length > 1 ? report.means : [])];

function barPlot(report: ModelReport, title: string, marks: readonly Mark[]): Promise<string> {
  const domain = places(report);
  const width = domain.length * BAR;
  const titles = titlePlaces(report);
  const spec: TopLevelSpec = {
    background: 'transparent',
    padding: { left: LEFT, right: 12, top: 22, bottom: LABELS },
    autosize: { type: 'none' },
    width,
    height: HEIGHT,
    layer: [
      {
        data: { values: [...marks] },
        mark: { type: 'bar', width: BAR - 3 },
        encoding: {
          x: {
            field: 'place',
            type: 'nominal',
            scale: { domain, paddingInner: 0, paddingOuter: 0 },
            axis: {
              title: null,
              labelAngle: -90,
              ticks: false,
              labelExpr: "datum.value[0] === '|' ? '' : split(datum.value, '|')[1]",
            },
          },
          y: { field: 'value', type: 'quantitative', stack: 'zero', axis: { title, grid: true, tickCount: 5 } },
          color: { field: 'colour', type: 'nominal', scale: null },
          order: { field: 'part', type: 'quantitative' },
        },
      },
      {
        data: { values: titles },
        mark: { type: 'text', fontSize: 12, fontWeight: 600, color: 'currentColor', baseline: 'bottom' },
        encoding: {
          x: { field: 'place', type: 'nominal' },
          y: { value: -6 },
          text: { field: 'text', type: 'nominal' },
        },
      },
    ],
    config: PLOT_CONFIG,
  };
  return renderSvg(spec, { width, height: HEIGHT });
}

/** The networks' names, above the middle bar of each. */
function titlePlaces(report: ModelReport): { place: string; text: string }[] {
  const middle = report.accelerators[Math.floor((report.accelerators.length - 1) / 2)]?.name ?? '';
  const networks = new Set(barsOf(report).map(({ network }) => network));
  return [...networks].map((network) => ({ place: `${network}|${middle}`, text: network }));
}

const ROOF = { width: 460, height: 300 };

/**
 * The roofline of one accelerator: a point for each layer, multiply-accumulates per byte of DRAM traffic and per cycle,
 * below what bandwidth and array allow.
 */
export function rooflinePlot(report: ModelReport, name: string, colour: string): Promise<string> {
  const accelerator = report.accelerators.find((one) => one.name === name);
  const points = report.results
    .filter((result) => result.accelerator === name)
    .flatMap(({ layers }) =>
      layers.map(({ stats, bits }) => ({
        intensity: (8 * stats.macs) / (stats.dramReads + stats.dramWrites),
        rate: stats.macs / stats.cycles,
        narrow: bits <= (accelerator?.array.minBits ?? 0),
      })),
    );
  const { wide = 1, narrow = 1 } = accelerator?.peak ?? {};
  const bandwidth = accelerator?.bytesPerCycle ?? 1;
  const right = Math.max(narrow / bandwidth, ...points.map(({ intensity }) => intensity)) * 1.5;
  const left = Math.min(1, ...points.map(({ intensity }) => intensity)) / 1.5;
  const roof = (peak: number, label: string) =>
    [left, peak / bandwidth, right].map((intensity) => ({
      intensity,
      rate: Math.min(peak, intensity * bandwidth),
      roof: label,
    }));
  const bottom = Math.min(left * bandwidth, ...points.map(({ rate }) => rate)) / 1.5;
  const spec: TopLevelSpec = {
    background: 'transparent',
    padding: { left: 58, right: 14, top: 24, bottom: 40 },
    autosize: { type: 'none' },
    ...ROOF,
    title: { text: name, anchor: 'start', color: 'currentColor', fontSize: 13 },
    layer: [
      {
        data: { values: [...roof(narrow, 'narrow'), ...(wide === narrow ? [] : roof(wide, 'wide'))] },
        mark: { type: 'line', color: 'currentColor', opacity: 0.55, strokeWidth: 1.5 },
        encoding: { ...roofAxes([left, right], [bottom, narrow * 1.6]), detail: { field: 'roof', type: 'nominal' } },
      },
      {
        data: { values: points },
        mark: { type: 'point', size: 26, strokeWidth: 1.2, color: colour, fill: colour },
        encoding: {
          x: { field: 'intensity', type: 'quantitative' },
          y: { field: 'rate', type: 'quantitative' },
          fillOpacity: { condition: { test: 'datum.narrow', value: 0.75 }, value: 0 },
        },
      },
    ],
    config: PLOT_CONFIG,
  };
  return renderSvg(spec, ROOF);
}

const roofAxes = (x: [number, number], y: [number, number]) => ({
  x: {
    field: 'intensity',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: x, nice: false },
    axis: { title: 'MACs per byte of DRAM traffic', tickCount: 6, grid: true, format: '~s' },
  },
  y: {
    field: 'rate',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: y, nice: false },
    axis: { title: 'MACs per cycle', tickCount: 5, grid: true, format: '~s' },
  },
});
