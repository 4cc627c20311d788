import { join } from 'node:path';
import { YOSYS_VARIABLE } from '../../tools/yosys/environment.js';
import { memoryStore, rememberingYosys } from '../../tools/yosys/remember.js';
import { findYosys } from '../../tools/yosys/yosys.js';
import { designSubject, METRICS } from '../metrics.js';
import { JSON_OPTION, LIBERTY, option } from '../program.js';
import { measurePlan, type Study, type Tools } from '../study.js';
import { partName, partsTarget } from '../targets.js';
import { measuredCircuit } from './measure.js';
import type { OwnDesign } from './own.js';
import { circuitRow, ownRow, type PublishedReport, type PublishedRow, publishedReport } from './report.js';
import { DEFAULT_SIZE, listed, type PublishedFlags, type PublishedRequest, requestOf } from './request.js';
import type { PublishedCircuit } from './source.js';
import { figuresMarkdown, publishedLayout, sourcesMarkdown } from './table.js';

const ownRows = (designs: readonly OwnDesign[], tools: Tools): Promise<readonly PublishedRow[]> =>
  measurePlan(
    {
      subjects: designs.map((own) => ({
        ...designSubject(own.name, own.configuration, join(tools.scratch, own.name)),
        own,
      })),
      metrics: { area: METRICS.area({ yosys: rememberingYosys(tools.yosys, memoryStore()) }) },
      report: (rows): readonly PublishedRow[] => rows.map(({ subject, area }) => ownRow(subject.own, area)),
    },
    tools,
  );

const circuitRows = async (
  circuits: readonly PublishedCircuit[],
  folder: string,
  tools: Tools,
): Promise<readonly PublishedRow[]> =>
  measurePlan(
    {
      subjects: circuits.map((circuit) => ({ name: circuit.name, circuit })),
      metrics: { measured: measuredCircuit(folder, await findYosys({ ...process.env, [YOSYS_VARIABLE]: 'wasm' })) },
      report: (rows): readonly PublishedRow[] =>
        rows.map(({ subject, measured }) => circuitRow(subject.circuit, measured)),
    },
    tools,
  );

/** `npm run published`. */
export const PUBLISHED_STUDY: Study<PublishedFlags & { readonly write?: string }, PublishedRequest, PublishedReport> = {
  command: 'npm run published --',
  description:
    'Measure published Verilog and SystemVerilog, which you have fetched, by the flow of the area report, beside designs of this project.',
  options: [
    option('--sources <folder>', 'required: the sources, as FOLDER/owner/name/path; what is missing is named'),
    option('--size <n>', 'rows, and columns, of arrays', DEFAULT_SIZE),
    option('--only <list>', 'circuits, from those below (default: all)'),
    LIBERTY,
    option(
      '--write <file>',
      'put the figures between the lines <!-- begin: published RTL, LIBRARY --> and <!-- end: published RTL, LIBRARY --> of a page, and the sources between those of "published RTL"',
    ),
    JSON_OPTION,
  ],
  lists: { Circuits: listed(Number(DEFAULT_SIZE)) },
  notes: ['Sources are read by the WebAssembly build of Yosys, which knows more of SystemVerilog.'],
  fails: 'a published circuit gives a wrong result',

  writes: { write: 'file' },

  request: requestOf,

  targets: ({ write }, library) =>
    partsTarget(write, {
      [`published RTL, ${partName(library)}`]: figuresMarkdown,
      'published RTL': sourcesMarkdown,
    }),

  async measure(request, tools) {
    const { folder, circuits, own } = request;
    const rows = [...(await ownRows(own, tools)), ...(await circuitRows(circuits, folder, tools))];
    return publishedReport(rows, request, tools);
  },

  layout: publishedLayout,
};
