import type { TopLevelSpec } from 'vega-lite';
import { renderSvg } from '../../../gen/base/vega.js';
import type { CurveReport } from './report.js';

const WIDTH = 560;
const HEIGHT = 340;
const COLOURS = ['#1f6fb4', '#c2600a', '#2b8242', '#8450b8', '#a8463c', '#0d7f8f'];
const INK = '#555';

/** The curves of a report as SVG: area over the delay of the critical path, a line for each design. */
export function curvePlot({ curves, library }: CurveReport): Promise<string> {
  const values = curves.flatMap(({ design, points }) =>
    points.map(({ ps, size }) => ({ design, ns: ps / 1000, area: size.area })),
  );
  const designs = curves.map(({ design }) => design);
  const spec: TopLevelSpec = {
    background: '#fff',
    width: WIDTH,
    height: HEIGHT,
    padding: { left: 70, right: 20, top: 40, bottom: 50 },
    autosize: { type: 'none' },
    data: { values },
    encoding: {
      x: {
        field: 'ns',
        type: 'quantitative',
        scale: { zero: false, nice: true },
        axis: { title: 'critical path, logic alone, ns' },
      },
      y: {
        field: 'area',
        type: 'quantitative',
        scale: { zero: false, nice: true },
        axis: { title: `area, units of ${library.name}` },
      },
      color: {
        field: 'design',
        type: 'nominal',
        scale: { domain: designs, range: COLOURS },
        legend: { title: null, orient: 'none', legendX: WIDTH - 130, legendY: 4 },
      },
    },
    layer: [
      // A netlist serves for every period that is longer than its path: steps, until the next smaller one.
      { mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5 } },
      { mark: { type: 'point', filled: true, size: 40, opacity: 1 } },
    ],
    config: {
      aria: false,
      font: 'system-ui, sans-serif',
      view: { stroke: null },
      axis: { labelColor: INK, titleColor: INK, gridOpacity: 0.4, labelFontSize: 11, titleFontSize: 12 },
      legend: { labelFontSize: 12, labelColor: INK },
    },
  };
  return renderSvg(spec, { width: WIDTH, height: HEIGHT });
}
