import { EXIT } from '../../../../gen/base/errors.js';
import { programCommand } from '../../../../gen/base/options.js';
import { progressLine } from '../../../../gen/base/progress.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { integer } from '../../../network/quantise/numbers.js';
import { PUBLISHED } from '../../../perf/corrections.js';
import { bitLists, comparedAccelerators } from '../../../perf/data.js';
import { publishedSearchEnergy } from '../../../perf/energy.js';
import { Evaluator, PUBLISHED_BATCH } from '../../../perf/evaluate.js';
import type { Layer } from '../../../perf/layer.js';
import { machineOf } from '../../../perf/machine.js';
import { NETWORKS } from '../../../perf/networks/index.js';
import { candidateCount, plainSearch } from '../../../perf/plain-search.js';
import { problemOf } from '../../../perf/problem.js';

/** What the ANT artifact's instructions say its own script takes, in seconds. */
const STATED_SECONDS = 15 * 60;

/** The whole published comparison, timed beside the published search done plainly on some of its layers. */
export function benchModel(): number {
  const program = programCommand('npm run bench:model --')
    .description(
      'Part of the notebook: measure how fast the published comparison is computed, beside the published search looking at all candidates of every layer: that one runs on a sample of layers, whose answers have to be the same, and its time for all follows from the number of candidates.',
    )
    .option('--sample <n>', 'layers for the plain search', '6')
    .option('--json', 'print the measurement as JSON')
    .addHelpText('after', '\nExit codes: 0 all answers are the same, 1 some differ, 2 wrong request.')
    .allowExcessArguments(false)
    .parse();
  const { json = false, sample } = program.opts();
  const count = integer('--sample', sample, 1, 1000);
  const line = progressLine(process.stderr);
  const measurement = measure(count, line.show);
  line.end();
  process.stdout.write(json ? `${JSON.stringify(measurement, null, 2)}\n` : text(measurement));
  return measurement.plain.differences === 0 ? EXIT.done : EXIT.checkFailed;
}

type Measurement = ReturnType<typeof measure>;

/** @param count Layers for the plain search. */
function measure(count: number, show: (text: string) => void) {
  const started = cpuSeconds();
  const evaluator = new Evaluator(PUBLISHED);
  const accelerators = comparedAccelerators();
  const lists = bitLists();
  const layers = [...NETWORKS.values()].flatMap((network) =>
    accelerators.flatMap((accelerator) =>
      evaluator.evaluate(network(), accelerator, { lists }).layers.map((result) => ({ ...result, accelerator })),
    ),
  );
  const seconds = cpuSeconds() - started;
  const problem = ({ layer, bits }: { readonly layer: Layer; readonly bits: number }) =>
    problemOf(layer, { operands: bits, results: 16 }, PUBLISHED_BATCH, PUBLISHED);
  const candidates = layers.reduce((sum, layer) => sum + candidateCount(problem(layer)), 0);
  const random = randomSource(1);
  let [plainSeconds, plainCandidates, differences] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    show(`plain search ${i + 1} of ${count}`);
    const layer = layers[random.below(layers.length)] as (typeof layers)[number];
    const machine = machineOf(layer.accelerator);
    const begin = cpuSeconds();
    const plain = plainSearch(problem(layer), machine);
    plainSeconds += cpuSeconds() - begin;
    plainCandidates += plain.candidates;
    const { stats } = layer.schedule;
    if (plain.cycles !== stats.cycles || plain.energy !== publishedSearchEnergy(stats, machine)) differences++;
  }
  const estimate = (plainSeconds * candidates) / plainCandidates;
  return {
    layers: layers.length,
    problems: evaluator.searched,
    seconds,
    candidates,
    plain: {
      layers: count,
      candidates: plainCandidates,
      seconds: plainSeconds,
      estimatedSeconds: estimate,
      differences,
    },
    ratio: { toPlain: estimate / seconds, toStated: STATED_SECONDS / seconds },
  };
}

/** CPU time of this process: what else the machine does takes nothing away from it. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function text({ layers, problems, seconds, candidates, plain, ratio }: Measurement): string {
  const number = (value: number, digits = 0): string =>
    value.toLocaleString('en-US', { maximumFractionDigits: digits });
  const verdict =
    plain.differences === 0
      ? `PASS the answers for ${plain.layers} sampled layers are the same`
      : `FAIL ${plain.differences} of ${plain.layers} answers differ`;
  return `${[
    `whole comparison    ${number(layers)} layers, ${number(problems)} different problems: ${number(seconds, 2)} s of CPU time`,
    `plain search        ${number(plain.candidates)} candidates of ${plain.layers} layers in ${number(plain.seconds, 1)} s`,
    `                    all ${number(candidates)} would take ${number(plain.estimatedSeconds)} s: ${number(ratio.toPlain)} times as long`,
    `published script    15 minutes by its instructions: ${number(ratio.toStated)} times as long`,
    verdict,
  ].join('\n')}\n`;
}
