import { join } from 'node:path';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { memoryStore, rememberingYosys } from '../../tools/yosys/remember.js';
import { designSubject, METRICS } from '../metrics.js';
import { JSON_OPTION, LIBERTY, option, PROVE } from '../program.js';
import { measurePlan, type Study } from '../study.js';
import { jsonTarget, partName, partsTarget } from '../targets.js';
import { configurationOf, KINDS, LANES, LARGEST_OF_OPTIONS, OPTIONS, withLanes } from './designs.js';
import { type ComparisonRecord, checkAgainst, checkText, readRecord, TOLERANCE } from './record.js';
import { type ComparisonReport, comparisonReport, DEFAULT, formsOf, optionsSizeOf, withoutName } from './report.js';
import { type ComparisonFlags, type ComparisonSelection, DEFAULT_SIZE, selectionOf } from './request.js';
import { comparisonLayout, comparisonMarkdown, publishedMarkdown } from './table.js';

interface ComparisonRequest extends ComparisonSelection {
  /** What `--check` compares with. */
  readonly record: ComparisonRecord | undefined;
}

/** `npm run area -- --compare`. */
export const COMPARE_STUDY: Study<ComparisonFlags, ComparisonRequest, ComparisonReport> = {
  command: 'npm run area -- --compare',
  description: 'Compare PEs of all kinds, and the price of every option, by synthesis of whole cores.',
  options: [
    option('--compare', 'this comparison'),
    option(
      '--size <n>',
      `rows, and columns, of the cores; options: ${LARGEST_OF_OPTIONS} at most (default: ${DEFAULT_SIZE}, or as recorded)`,
    ),
    option(
      '--lanes <list>',
      `products that a PE adds up in a cycle, from ${LANES.join(',')}; options: 1 (default: all, or all recorded)`,
    ),
    option('--only <list>', 'kinds and options, from those below (default: all, or all recorded)'),
    LIBERTY,
    option(
      '--write <file>',
      'put the tables between the lines <!-- begin: LIBRARY --> and <!-- end: LIBRARY --> of a page, and published figures between those of "published"',
    ),
    option('--record <file>', 'write the report there as JSON, for --check'),
    option('--check <file>', `measure what a record holds, and fail where an area is over ${100 * TOLERANCE} % larger`),
    PROVE,
    JSON_OPTION,
  ],
  lists: { Kinds: KINDS, Options: OPTIONS },
  fails: 'a core is not what its manifest says, a netlist not its RTL, or --check fails',

  writes: { record: 'file', write: 'file' },

  request(flags, library) {
    const record = flags.check === undefined ? undefined : readRecord(flags.check);
    return { ...selectionOf(flags, record, library?.identity.sha256), record };
  },

  targets: ({ record, write }, library) => [
    ...jsonTarget<ComparisonReport>('--record', record),
    ...partsTarget(write, {
      [partName(library)]: comparisonMarkdown,
      published: publishedMarkdown,
    }),
  ],

  measure(request, tools) {
    const { options, size, record } = request;
    const { library, scratch } = tools;
    if (record !== undefined && record.tool.version !== tools.yosys.identity.version) {
      const now = tools.yosys.identity.version;
      process.stderr.write(`note: recorded with Yosys ${record.tool.version}, this is ${now}\n`);
    }
    const optionsSize = optionsSizeOf(size);
    const subject = (name: string, parameters: RawConfiguration, edge: number, lanes = 1) =>
      designSubject(name, configurationOf(parameters, edge, lanes), join(scratch, name));
    // Equal modules are synthesised once; delays take longer than areas and change none.
    const own = {
      yosys: rememberingYosys(tools.yosys, memoryStore()),
      library: library && { ...library, delays: false },
    };
    return measurePlan(
      {
        subjects: [
          ...formsOf(request).map(({ kind: { name, parameters }, lanes }) =>
            subject(withLanes(name, lanes), parameters, size, lanes),
          ),
          ...(options.length > 0 ? [subject(DEFAULT, {}, optionsSize)] : []),
          ...options.flatMap(({ name, without, having }) => [
            subject(withoutName(name), without, optionsSize),
            subject(name, having, optionsSize),
          ]),
        ],
        metrics: { area: METRICS.area(own) },
        report: (rows) => comparisonReport(rows, request, tools),
      },
      tools,
    );
  },

  layout: comparisonLayout,

  outcome(report, { record }) {
    if (record === undefined) return {};
    const check = checkAgainst(record, report);
    const passes = check.compared > 0 && check.grown.length === 0;
    return { text: checkText(check), json: { ...report, check }, passes };
  },
};
