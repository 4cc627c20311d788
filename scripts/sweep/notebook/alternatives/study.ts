import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { decimal, type TextColumn } from '../../../../gen/base/text-table.js';
import { loneItem, proveLone } from '../../../synth/equivalence/lone.js';
import { cellModels } from '../../../synth/equivalence/prove.js';
import { keptFlow } from '../../../synth/report.js';
import { synthesise } from '../../../synth/synthesise.js';
import { pathText, synthesisText } from '../../columns.js';
import { type Layout, layoutMarkdown, section } from '../../layout.js';
import { JSON_OPTION, LIBERTY, option } from '../../program.js';
import { type Metric, measurePlan, type Row, type Study, type Subject, type Tools } from '../../study.js';
import { partName, partsTarget } from '../../targets.js';
import { ALTERNATIVES, type Alternative, ideaOf, KINDS, type Kind, type Reference } from './list.js';
import { proveAlternative } from './prove.js';
import { type GeneratedPe, generatedPe, readAlternative } from './sources.js';

/** A PE: a generated one, or another way to write it. */
interface Pe extends Subject {
  readonly of: Reference;
  readonly generated: GeneratedPe;
  readonly alternative?: Alternative;
  readonly verilog: string;
}

type AlternativesReport = ReturnType<typeof alternativesReport>;

/** A PE with what it costs. */
type AlternativeRow = AlternativesReport['rows'][number];

/** Proves that an alternative does the same as the generated PE, where it should. */
const equal: Metric<Pe, void> = async ({ alternative, generated, verilog }, { yosys, progress }) => {
  if (alternative === undefined || alternative.operands === 'not proved') return;
  progress('proving');
  await proveAlternative(yosys, generated, alternative, verilog);
};

/**
 * Measures the smaller of the netlists of all flows, proved equal to its Verilog.
 *
 * @param models Verilog of the library's cells.
 */
const smallest =
  (models: string | undefined) =>
  async ({ name, verilog }: Pe, { yosys, library, scratch: folder, progress }: Tools) => {
    progress('synthesising');
    const item = loneItem(name);
    writeFileSync(join(folder, `${name}.v`), verilog);
    const context = { yosys, folder, library };
    const syntheses = {
      alumacc: await synthesise(context, item, 'alumacc'),
      noalumacc: await synthesise(context, item, 'noalumacc'),
    };
    const flow = keptFlow(syntheses);
    const { size, path, netlist } = syntheses[flow];
    const proof = await proveLone({ yosys, folder, models, item, text: netlist });
    if (proof.result !== 'proved') {
      throw new UserError(`the netlist of ${name} is not proved equal to it: ${proof.result}`, EXIT.checkFailed);
    }
    return { gateEquivalents: size.gateEquivalents, flipFlopBits: size.flipFlopBits, flow, path };
  };

function alternativesReport(
  kind: Kind,
  rows: readonly Row<Pe, { netlist: ReturnType<typeof smallest> }>[],
  { yosys, library }: Tools,
) {
  return {
    kind,
    tool: yosys.identity,
    library: library?.identity ?? null,
    rows: rows.map(({ subject: { name, of, alternative, verilog, generated }, netlist }) => {
      const reference = rows.find(({ subject }) => subject.name === generated.module) ?? { netlist };
      return {
        ...netlist,
        ...{ name, of },
        idea: alternative ? ideaOf(verilog) : 'as it is generated',
        operands: alternative?.operands ?? ('generated' as const),
        /** Gate equivalents over those of the generated PE. */
        ratio: netlist.gateEquivalents / reference.netlist.gateEquivalents,
      };
    }),
  };
}

/** A generated PE, and its alternatives. */
function pesOf(of: Reference): Pe[] {
  const generated = generatedPe(of);
  const alternatives = ALTERNATIVES.filter((alternative) => alternative.of === of);
  return [
    { name: generated.module, of, generated, verilog: generated.text },
    ...alternatives.map((alternative) => {
      const { name } = alternative;
      return { name, of, generated, alternative, verilog: readAlternative(name) };
    }),
  ];
}

const namesOf = (references: readonly Reference[]): string =>
  ALTERNATIVES.filter(({ of }) => references.includes(of))
    .map(({ name }) => name)
    .join(', ');

/** `npm run alternatives`. */
export const ALTERNATIVES_STUDY: Study<{ readonly pe: Kind; readonly write?: string }, Kind, AlternativesReport> = {
  command: 'npm run alternatives --',
  description:
    'Part of the notebook: synthesise the PE and other ways to write it (docs/microarchitecture/), prove those equal that should be, and compare.',
  options: [
    new Option('--pe <kind>', 'the PEs with integer accumulators, or the one with floating-point accumulators')
      .choices(Object.keys(KINDS))
      .default('int'),
    LIBERTY,
    option(
      '--write <page>',
      'put the table between the marks of the library in a page, such as docs/microarchitecture.md',
    ),
    JSON_OPTION,
  ],
  notes: Object.entries(KINDS).map(([kind, references]) => `Alternatives, ${kind}: ${namesOf(references)}.`),
  fails: 'a proof failed',

  writes: { write: 'file' },

  request: ({ pe }) => pe,

  targets: ({ write }, library) =>
    partsTarget(write, { [partName(library)]: (report) => layoutMarkdown(alternativesLayout(report)) }),

  async measure(kind, tools) {
    const { yosys, library } = tools;
    const models = library === undefined ? undefined : await cellModels(yosys, library);
    return measurePlan(
      {
        subjects: KINDS[kind].flatMap(pesOf),
        metrics: { equal, netlist: smallest(models) },
        report: (rows) => alternativesReport(kind, rows, tools),
      },
      tools,
    );
  },

  layout: alternativesLayout,
};

const FUNCTIONS: Readonly<Record<AlternativeRow['operands'], string>> = {
  generated: '',
  same: 'the same, proved',
  'made of generated': 'the same with its own operands, proved',
  'made into generated': 'the same with its own operands, proved',
  'not proved': 'another contract',
};

const columns = ({ library }: AlternativesReport): TextColumn<AlternativeRow>[] => [
  { title: 'PE', left: true, text: ({ name }) => name },
  { title: 'GE', text: ({ gateEquivalents }) => decimal(gateEquivalents, 1) },
  { title: 'of the generated', text: ({ ratio }) => decimal(ratio, 3) },
  { title: 'flip-flops', text: ({ flipFlopBits }) => decimal(flipFlopBits) },
  { title: library ? 'path, ps' : 'path, gates', text: ({ path }) => pathText(path) },
  { title: 'function', left: true, text: ({ operands }) => FUNCTIONS[operands] },
  { title: 'what it is', left: true, text: ({ idea }) => idea },
];

/** The table of the report. */
export function alternativesLayout(report: AlternativesReport): Layout {
  return {
    sections: section(columns(report), report.rows),
    provenance: synthesisText(report.tool, report.library),
  };
}
