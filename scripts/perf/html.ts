import { escaped, Markup } from '../../gen/base/markup.js';
import { measured } from '../../gen/base/text-table.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import { renderTemplate } from '../../gen/rtl/render/templates.js';
import { ENERGY_PARTS } from './energy.js';
import { configurationOf, unitsText } from './machine.js';
import { acceleratorColours, energyPlot, PART_COLOURS, rooflinePlot, timePlot } from './plots.js';
import { energyPerSample, type ModelReport } from './report.js';
import { figuresSummary } from './text.js';

/** What the published figure calls the parts of the energy. */
const PART_NAMES = { static: 'Static (DRAM)', dram: 'DRAM', buffer: 'Buffer', core: 'Core' } as const;

/** The report as one page that needs nothing else. */
export async function modelHtml(report: ModelReport, title: string): Promise<string> {
  const { samples, accelerators, results } = report;
  const colours = acceleratorColours(report);
  const roofs: Markup[] = [];
  for (const { name } of accelerators) {
    roofs.push(new Markup(await rooflinePlot(report, name, colours.get(name) as string)));
  }
  const figures = figuresSummary(report);
  const view = {
    generator: report.generator,
    title,
    samples: String(samples),
    hasFigures: figures !== undefined,
    figures: figures ?? '',
    timePlot: new Markup(await timePlot(report)),
    energyPlot: new Markup(await energyPlot(report)),
    parts: ENERGY_PARTS.map((part) => ({ name: PART_NAMES[part], colour: PART_COLOURS[part] })),
    hasRatios: report.ratios.length > 0,
    first: accelerators[0]?.name ?? '',
    ratios: report.ratios.map(({ rival, speed, energy }) => ({
      rival,
      speed: measured(speed, 2),
      energy: measured(energy, 2),
    })),
    roofs,
    results: results.map((row) => ({
      network: row.network,
      accelerator: row.accelerator,
      ms: measured((1000 * row.seconds) / samples, 3),
      energy: measured(energyPerSample(row, samples), 1),
      dram: measured((row.stats.dramReads + row.stats.dramWrites) / 8e6 / samples, 2),
      utilised: `${measured(100 * row.utilisation, 1)} %`,
    })),
    leftOutText: report.leftOut.length === 0 ? 'None.' : 'Neither time nor energy counts them.',
    leftOut: report.leftOut.map(({ network, title: product, op, share, reason }) => ({
      network,
      title: product,
      op,
      share: share === null ? 'not known' : `${measured(100 * share, 1)} %`,
      reason,
    })),
    accelerators: accelerators.map(({ name, about, source, array }) => ({
      name,
      about,
      source,
      colour: colours.get(name) as string,
      array: `${unitsText(array)} (down to ${array.minBits}), ${factsOf(configurationOf({ array })).names.kind}`,
    })),
  };
  return renderTemplate('perf/report.html', escaped(view) as object);
}
