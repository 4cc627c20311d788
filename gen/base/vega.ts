import type { TopLevelSpec } from 'vega-lite';

/**
 * Draws a Vega-Lite specification in a given size: without a canvas Vega only guesses how wide text is. The packages are
 * large and loaded when the first plot is drawn.
 */
export async function renderSvg(
  spec: TopLevelSpec,
  size: { readonly width: number; readonly height: number },
): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
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
