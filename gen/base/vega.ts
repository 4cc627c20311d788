import type { TopLevelSpec } from 'vega-lite';
import { loadPackage } from './package.js';

/**
 * The packages that draw plots, which are large. A program whose last step draws loads them first.
 *
 * @throws UserError (exit code 3) when they are not installed.
 */
export const loadPlotting = (): Promise<[typeof import('vega'), typeof import('vega-lite')]> =>
  Promise.all([loadPackage('vega', () => import('vega')), loadPackage('vega-lite', () => import('vega-lite'))]);

/**
 * Draws a Vega-Lite specification in a given size: without a canvas Vega only guesses how wide text is.
 */
export async function renderSvg(
  spec: TopLevelSpec,
  size: { readonly width: number; readonly height: number },
): Promise<string> {
  const [vega, vegaLite] = await loadPlotting();
  const compiled = vegaLite.compile(spec).spec;
  const view = new vega.View(vega.parse({ ...compiled, ...size }), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** What all plots of this project's pages look like; their colours are those of the page's text. */
export const PLOT_CONFIG = {
  aria: false,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    gridColor: 'currentColor',
    domainColor: 'currentColor',
    tickColor: 'currentColor',
    gridOpacity: 0.15,
    domainOpacity: 0.4,
    tickOpacity: 0.4,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 600 as const,
    labelLimit: 0,
    titleLimit: 0,
  },
};
