import { EXIT, UserError } from '../../gen/base/errors.js';
import { searchEnded } from '../tools/yosys/cec.js';
import type { TextFiles, Yosys } from '../tools/yosys/interface.js';
import { timed } from '../tools/yosys/timed.js';
import { runYosys } from '../tools/yosys/yosys.js';
import { type Check, labelOf, type Property } from './check.js';
import { HARNESS, type Model, modelOf, questionOf } from './model.js';
import { type Opened, opened } from './opened.js';
import {
  type PropertyOutcome,
  type PropertyResult,
  type Reach,
  readBmc,
  readCec,
  readInputs,
  readPdr,
} from './verdict.js';

const FILES = { harness: 'properties.v', opened: 'opened.json', model: 'model.json' } as const;

/** The engines of ABC, as a report names them. */
const ENGINES = { sequential: 'ABC pdr', bounded: 'ABC bmc3', combinational: 'ABC &cec' } as const;

/** The most cycles of a bounded proof. */
const MOST_CYCLES = 60;

/** CPU time that ABC gets beyond its limit, to which it does not always keep. */
const GRACE_SECONDS = 30;

export interface FormalContext {
  readonly yosys: Yosys;
  /** The text of a file of the design. */
  readonly read: (file: string) => string;
  /** For ABC, per property. */
  readonly limitSeconds: number;
}

/** The commands that make a module gates and registers of one bit, and optimise nothing. */
const GATES: readonly string[] = [
  ...['proc', 'flatten', 'memory -nomap', 'memory_map', 'async2sync', 'techmap', 'dfflegalize -cell $_DFF_P_ x'],
];

/** The script that makes gates of a module alone; registers that nothing reads stay. */
function openingScript({ module, files, parameters = {} }: Check): string {
  const settings = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  return [
    `read_verilog ${files.join(' ')}`,
    ...(settings.length > 0 ? [`chparam ${settings.join(' ')} ${module}`] : []),
    `hierarchy -check -top ${module}`,
    'proc',
    'setattr -set keep 1 w:*_q',
    ...GATES,
    `write_json ${FILES.opened}`,
    '',
  ].join('\n');
}

/** The script that makes a model of a harness. */
function modelScript({ files, others = [], opens = false }: Check): string {
  const read = [...(opens ? [] : files), ...others, FILES.harness];
  return [
    ...(opens ? [`read_json ${FILES.opened}`] : []),
    `read_verilog ${read.join(' ')}`,
    `hierarchy -check -top ${HARNESS}`,
    ...GATES,
    'opt_clean',
    `write_json ${FILES.model}`,
    '',
  ].join('\n');
}

/** The model of a module with its properties. */
async function readModel({ yosys, read }: FormalContext, check: Check): Promise<Model> {
  const { files, others = [], opens = false } = check;
  const texts = (names: readonly string[]): TextFiles => Object.fromEntries(names.map((file) => [file, read(file)]));
  const title = `${labelOf(check)} with its properties`;
  let apart: Opened | undefined;
  if (opens) {
    const script = openingScript(check);
    const { outputs } = await runYosys(yosys, { title, script, inputs: texts(files), outputs: [FILES.opened] });
    apart = opened(outputs[FILES.opened] ?? '');
  }
  const { outputs } = await runYosys(yosys, {
    title,
    script: modelScript(check),
    inputs: {
      ...texts(opens ? others : [...files, ...others]),
      ...(apart ? { [FILES.opened]: apart.json } : {}),
      [FILES.harness]: check.harness(apart?.registers ?? new Map()),
    },
    outputs: [FILES.model],
  });
  return modelOf(outputs[FILES.model] ?? '');
}

/** Proves all properties of a module, each with the time that it took. */
export async function proveCheck(
  context: FormalContext,
  check: Check,
  onResult: (result: PropertyResult) => void = () => {},
): Promise<PropertyResult[]> {
  const model = await readModel(context, check);
  const results: PropertyResult[] = [];
  for (const property of check.properties) {
    const { value: outcome, seconds } = await timed(context.yosys, (yosys) =>
      outcomeOf({ ...context, yosys }, check, model, property),
    );
    const result = { module: labelOf(check), property: property.name, statement: property.statement, outcome, seconds };
    results.push(result);
    onResult(result);
  }
  if (results.length === 0) throw new UserError(`${labelOf(check)} has no properties`, EXIT.checkFailed);
  return results;
}

async function outcomeOf(
  context: FormalContext,
  check: Check,
  model: Model,
  { name }: Property,
): Promise<PropertyOutcome> {
  const ask = (output: string): Promise<Answer> => reach(context, `${labelOf(check)}, ${output}`, model, output);
  const cover = await ask(`cover_${name}`);
  if (cover.reach === 'never') return { result: 'vacuous', by: cover.by };
  const bad = await ask(`bad_${name}`);
  if (bad.reach === 'ever') {
    const inputs = await inputsOf(context, `${labelOf(check)}, ${name}`, model, `bad_${name}`, bad.cycle);
    return { result: 'violated', by: bad.by, cycle: bad.cycle, inputs };
  }
  if (cover.reach === 'unknown') return { result: 'undecided', why: `not shown to apply: ${cover.why}` };
  const covered = cover.cycle;
  if (bad.reach === 'never') {
    return { result: 'proved', by: bad.by, covered, ...(bad.frames === undefined ? {} : { frames: bad.frames }) };
  }
  return bad.cycles > covered
    ? { result: 'bounded', by: bad.by, cycles: bad.cycles, covered }
    : { result: 'undecided', why: bad.why };
}

type Answer = Reach & { readonly by: string };

/** Whether an output of a model is ever 1: for all time, or failing that in the first cycles. */
async function reach(context: FormalContext, title: string, model: Model, output: string): Promise<Answer> {
  const { json, constant } = questionOf(model, output);
  if (constant === '0') return { reach: 'never', by: 'a constant' };
  if (constant === '1') return { reach: 'ever', cycle: 0, by: 'a constant' };
  const { limitSeconds } = context;
  const inputs = { [FILES.model]: json };
  const cpuSeconds = limitSeconds + GRACE_SECONDS;
  const run = async (by: string, script: string, read: (log: string) => Reach): Promise<Answer> => {
    const { log, outOfTime } = await runYosys(context.yosys, {
      ...{ title, inputs, outputs: [], cpuSeconds },
      answered: (text) => read(text).reach !== 'unknown',
      script: questionScript(script, model.registers > 0),
    });
    if (outOfTime)
      return { by, reach: 'unknown', cycles: 0, why: `${by} was killed, as it is after ${cpuSeconds} s of CPU time` };
    const answer = read(log);
    return answer.reach === 'unknown' ? { ...answer, by, why: `${by}: ${answer.why}` } : { ...answer, by };
  };
  if (model.registers === 0) {
    return run(ENGINES.combinational, `strash;&get -n;&cec -m -T ${limitSeconds}`, readCec);
  }
  const answer = await run(ENGINES.sequential, `strash;pdr -T ${limitSeconds}`, readPdr);
  if (answer.reach !== 'unknown') return answer;
  const bounded = await run(ENGINES.bounded, `strash;bmc3 -T ${limitSeconds} -F ${MOST_CYCLES}`, readBmc);
  return bounded.reach === 'unknown' && bounded.cycles === 0 ? answer : bounded;
}

/** The script that gives ABC a model with one output. */
function questionScript(commands: string, sequential: boolean): string {
  return [
    `read_json ${FILES.model}`,
    'opt_clean',
    // ABC gets gates alone: anything else would be left out, and what it feeds taken for an input.
    'select -assert-none t:* t:$_*_ %d t:$scopeinfo %d',
    `abc ${sequential ? '-dff ' : ''}-script +${commands.replaceAll(' ', ',')}`,
    '',
  ].join('\n');
}

/** Values of the inputs in the cycle in which an output is 1; none where Yosys finds none in time. */
async function inputsOf(
  { yosys, limitSeconds }: FormalContext,
  title: string,
  model: Model,
  output: string,
  cycle: number,
): Promise<string[]> {
  const steps = cycle + 1;
  const sequential = model.registers > 0 ? `-seq ${steps} -set-init started 0 ` : '';
  const set = model.registers > 0 ? `-set-at ${steps} ${output} 1` : `-set ${output} 1`;
  const inputs: TextFiles = { [FILES.model]: questionOf(model, output).json };
  const script = [
    `read_json ${FILES.model}`,
    `sat -timeout ${limitSeconds} ${sequential}${set} -show-inputs ${HARNESS}`,
    '',
  ].join('\n');
  const { log } = await runYosys(yosys, { title, script, inputs, outputs: [], answered: searchEnded });
  return readInputs(log, model.registers > 0 ? cycle : undefined);
}
