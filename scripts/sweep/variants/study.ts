import { join, resolve } from 'node:path';
import { requireTool } from '../../tools/find.js';
import { designSubject, METRICS } from '../metrics.js';
import { JSON_OPTION, LIBERTY, option, PROVE } from '../program.js';
import { measurePlan, type Study } from '../study.js';
import { pageTarget } from '../targets.js';
import { configurationOf, VARIANTS } from './designs.js';
import { type VariantsReport, variantsReport } from './report.js';
import { DEFAULT_SELECTION, type SelectionFlags, selectionOf, type VariantsSelection } from './request.js';
import { PAGE_MARK, variantsLayout, variantsMarkdown } from './table.js';

interface VariantsRequest extends VariantsSelection {
  /** Folder in which the designs stay with their area reports; without, they are not kept. */
  readonly out: string | undefined;
}

/** `npm run variants`. */
export const VARIANTS_STUDY: Study<
  SelectionFlags & { readonly out?: string; readonly write?: string },
  VariantsRequest,
  VariantsReport
> = {
  command: 'npm run variants --',
  description:
    'Compare variants of the hardware: area, registers, critical path, latency, throughput and utilisation, all synthesised and simulated.',
  options: [
    option('--rows <n>', 'rows of PEs', DEFAULT_SELECTION.rows),
    option('--cols <n>', 'columns of PEs', DEFAULT_SELECTION.cols),
    option('--lengths <list>', 'lengths of the tiles to measure utilisation on', DEFAULT_SELECTION.lengths),
    option('--only <list>', `variants, from: ${VARIANTS.map(({ name }) => name).join(',')} (default: all)`),
    LIBERTY,
    option('--out <folder>', 'keep the designs, with their area reports, in this folder'),
    option('--write <file>', 'write the table as a page, such as docs/variants.md'),
    PROVE,
    JSON_OPTION,
  ],
  lists: { Variants: VARIANTS },
  fails: 'a measured cycle count, a result or a netlist is wrong',

  writes: { out: 'folder', write: 'file' },

  request({ out, ...flags }) {
    const selection = selectionOf(flags);
    return { ...selection, out: out && resolve(out) };
  },

  targets: ({ write }) => pageTarget(write, { program: 'npm run variants', mark: PAGE_MARK, text: variantsMarkdown }),

  async measure(request, tools) {
    const { variants, lengths, out = join(tools.scratch, 'designs') } = request;
    // All are valid before the first is made.
    const designs = variants.map((variant) => ({ variant, configuration: configurationOf(variant, request) }));
    const { version } = await requireTool('verilator');
    return measurePlan(
      {
        subjects: designs.map(({ variant, configuration }) => ({
          ...designSubject(variant.name, configuration, join(out, variant.name), variant.files),
          variant,
        })),
        metrics: { area: METRICS.area(), streams: await METRICS.streams(lengths, tools.scratch) },
        report: (measured) => variantsReport(measured, request, tools, version),
      },
      tools,
    );
  },

  layout: variantsLayout,
};
