import type { TopLevelSpec } from 'vega-lite';
import { PLOT_CONFIG, renderSvg } from '../../../gen/base/vega.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import type { LayerReport } from './report.js';
import { layerName, shortName } from './report-text.js';

/** The colour of a numeric type, and the colour of text on it. */
export interface TypeColour {
  readonly fill: string;
  readonly ink: string;
}

/** A hue for each family, legible on white and on black; light and dark in turn, so that text is dark and light. */
const SHADES = {
  int: ['#1f6fb4', '#85b8e8', '#0d7f8f', '#86cdd6'],
  flint: ['#c2600a', '#f2ad62', '#a8463c', '#e8a598'],
  pot: ['#2b8242', '#8ccf7e', '#66801c', '#b9c85a'],
  float: ['#8450b8', '#c3a0e0', '#a83f88', '#e39ac9'],
  biscaled: ['#b3261e', '#f0a8a2', '#7a5c00', '#d9bd5c'],
} as const;

/** A colour for each type. Types of a family differ in shade; a fifth begins again. */
export function typeColours(types: readonly string[]): ReadonlyMap<string, TypeColour> {
  const used = new Map<string, number>();
  return new Map(
    types.map((type) => {
      const { kind } = numericType(type);
      const shade = used.get(kind) ?? 0;
      used.set(kind, shade + 1);
      const fill = SHADES[kind][shade % 4] as string;
      return [type, { fill, ink: shade % 2 === 0 ? '#fff' : '#111' }];
    }),
  );
}

/** Layers in one plot: what fits a printed page. */
const LAYERS_PER_PLOT = 40;
const ROW_HEIGHT = 18;
const LABEL_WIDTH = 210;
const PANEL_WIDTH = 320;
const CELL_WIDTH = 66;
const SPACING = 22;
const PLOT_WIDTH = 2 * CELL_WIDTH + 2 * PANEL_WIDTH + 2 * SPACING;
const AXIS_HEIGHT = 40;

/** Percentages to mark on the axis of errors. */
const TICKS = [0, 1, 2, 5, 10, 20, 30, 50, 70, 100, 200, 500, 1000];

/**
 * The types of all layers and the errors of all types that were considered, as SVG. Layers are rows: a cell for the type
 * of each operand, then the relative errors of the activations, then those of the second operands. Long networks take
 * several plots with the same axes.
 */
export async function layerPlots(
  layers: readonly LayerReport[],
  colours: ReadonlyMap<string, TypeColour>,
): Promise<string[]> {
  const rows = layers.map(layerRow);
  const most = Math.max(0.01, ...rows.flatMap(({ points }) => points.map(({ error }) => error)));
  const ticks = TICKS.filter((_, i) => i < 2 || (TICKS[i - 1] as number) < most);
  const second = layers.every((layer) => layer.second.kind === 'weights') ? 'weights' : 'second operand';
  const style: PlotStyle = { colours, second, ticks, domain: [0, Math.max(ticks.at(-1) as number, most)] };
  const starts = Array.from({ length: Math.ceil(rows.length / LAYERS_PER_PLOT) }, (_, i) => i * LAYERS_PER_PLOT);
  const plots: string[] = [];
  for (const start of starts) {
    const part = rows.slice(start, start + LAYERS_PER_PLOT);
    plots.push(await renderSvg(plotSpec(part, style), { width: PLOT_WIDTH, height: part.length * ROW_HEIGHT }));
  }
  return plots;
}

/** What the plots of a report have in common. */
interface PlotStyle {
  readonly colours: ReadonlyMap<string, TypeColour>;
  /** What second operands are called. */
  readonly second: string;
  /** Marked percentages, and the ends of the axis. */
  readonly ticks: readonly number[];
  readonly domain: readonly [number, number];
}

type Side = 'activations' | 'second operand';

interface Row {
  readonly label: string;
  readonly cells: readonly { layer: string; side: Side; type: string; text: string }[];
  readonly points: readonly {
    layer: string;
    side: Side;
    type: string;
    /** In percent. */
    error: number;
    chosen: boolean;
    kind: 'activation' | 'weights';
  }[];
}

function layerRow(layer: LayerReport, index: number): Row {
  const label = `${index + 1} ${shortName(layerName(layer))}`;
  const sides = [
    { side: 'activations', kind: 'activation', operand: layer.activation },
    { side: 'second operand', kind: layer.second.kind, operand: layer.second },
  ] as const;
  return {
    label,
    cells: sides.map(({ side, kind, operand: { type } }) => {
      const mark = side === 'second operand' && kind === 'activation' ? ' *' : '';
      return { layer: label, side, type, text: `${type}${mark}` };
    }),
    points: sides.flatMap(({ side, kind, operand }) => {
      const others = operand.considered.filter(({ type }) => type !== operand.type);
      return [...others, operand].flatMap(({ type, relativeError }) =>
        relativeError === null
          ? []
          : [{ layer: label, side, kind, type, error: 100 * relativeError, chosen: type === operand.type }],
      );
    }),
  };
}

const bySide = (one: Side) => (item: { readonly side: Side }) => item.side === one;

function plotSpec(rows: readonly Row[], style: PlotStyle): TopLevelSpec {
  const labels = rows.map(({ label }) => label);
  const points = rows.flatMap((row) => row.points);
  return {
    background: 'transparent',
    padding: { left: LABEL_WIDTH, right: 12, top: 4, bottom: AXIS_HEIGHT },
    autosize: { type: 'none' },
    spacing: SPACING,
    bounds: 'flush',
    hconcat: [
      typePanel(labels, rows, style),
      errorPanel('activations: relative error, %', labels, points.filter(bySide('activations')), style),
      errorPanel(`${style.second}: relative error, %`, labels, points.filter(bySide('second operand')), style),
    ],
    config: PLOT_CONFIG,
  };
}

const colourScale = (colours: PlotStyle['colours'], part: keyof TypeColour) => ({
  domain: [...colours.keys()],
  range: [...colours.values()].map((colour) => colour[part]),
});

function typePanel(labels: readonly string[], rows: readonly Row[], { colours, second }: PlotStyle) {
  return {
    width: 2 * CELL_WIDTH,
    height: labels.length * ROW_HEIGHT,
    data: { values: rows.flatMap(({ cells }) => cells) },
    encoding: {
      x: {
        field: 'side',
        type: 'nominal' as const,
        scale: { domain: ['activations', 'second operand'] satisfies Side[] },
        axis: {
          title: 'types',
          labelAngle: 0,
          ticks: false,
          domain: false,
          labelExpr: `datum.value === 'activations' ? 'activations' : '${second.split(' ')[0]}'`,
        },
      },
      y: {
        field: 'layer',
        type: 'nominal' as const,
        scale: { domain: [...labels] },
        axis: { title: null, ticks: false, domain: false, labelPadding: 6 },
      },
    },
    layer: [
      {
        mark: { type: 'rect' as const, width: CELL_WIDTH - 2, height: ROW_HEIGHT - 2, cornerRadius: 2 },
        encoding: {
          color: { field: 'type', type: 'nominal' as const, scale: colourScale(colours, 'fill'), legend: null },
        },
      },
      {
        mark: { type: 'text' as const, fontSize: 11 },
        encoding: {
          text: { field: 'text', type: 'nominal' as const },
          color: { field: 'type', type: 'nominal' as const, scale: colourScale(colours, 'ink'), legend: null },
        },
      },
    ],
    resolve: { scale: { color: 'independent' as const } },
  };
}

function errorPanel(title: string, labels: readonly string[], points: Row['points'], style: PlotStyle) {
  const others = points.filter(({ chosen }) => !chosen);
  const chosen = points.filter((point) => point.chosen);
  return {
    width: PANEL_WIDTH,
    height: labels.length * ROW_HEIGHT,
    encoding: {
      x: {
        field: 'error',
        type: 'quantitative' as const,
        scale: { type: 'sqrt' as const, domain: [...style.domain], nice: false },
        axis: { title, values: [...style.ticks] },
      },
      y: {
        field: 'layer',
        type: 'nominal' as const,
        scale: { domain: [...labels] },
        axis: { title: null, labels: false, ticks: false, grid: true, domain: false },
      },
      color: { field: 'type', type: 'nominal' as const, scale: colourScale(style.colours, 'fill'), legend: null },
      shape: {
        field: 'kind',
        type: 'nominal' as const,
        scale: { domain: ['activation', 'weights'], range: ['circle', 'square'] },
        legend: null,
      },
    },
    layer: [
      {
        data: { values: others },
        mark: { type: 'point' as const, filled: false, size: 38, strokeWidth: 1.7, opacity: 1 },
      },
      { data: { values: chosen }, mark: { type: 'point' as const, filled: true, size: 95, opacity: 1 } },
    ],
  };
}
