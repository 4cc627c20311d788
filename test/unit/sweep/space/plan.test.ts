import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../../gen/base/errors.js';
import { placeText, planOf } from '../../../../scripts/sweep/space/plan.js';

const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plan = (text: string) => {
  const file = join(folder, 'study.yaml');
  writeFileSync(file, text);
  return planOf(file);
};

/** The keys of all that is wrong with a study. */
async function problemsOf(text: string): Promise<string[]> {
  const error = await plan(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  return (error as ConfigurationError).problems.map(({ key }) => key);
}

const METRIC = 'metrics: { model: { networks: [ResNet18] } }';
const PLAIN = `design: { activations: [int4], weights: [int4] }\n${METRIC}`;
const places = async (axes: string, more = ''): Promise<string[]> =>
  (await plan(`${PLAIN}\naxes: ${axes}\n${more}`)).points.map(({ at }) => placeText(at));

describe('the points of a study', () => {
  it('are all values of lists and ranges, the last axis the fastest', async () => {
    expect(await places('{ rows: { from: 2, to: 9, times: 2 }, dataflow: [os, ws] }')).toEqual([
      ...['rows=2 dataflow=os', 'rows=2 dataflow=ws', 'rows=4 dataflow=os', 'rows=4 dataflow=ws'],
      ...['rows=8 dataflow=os', 'rows=8 dataflow=ws'],
    ]);
    expect(await places('{ rows: { from: 2, to: 7, step: 3 } }')).toEqual(['rows=2', 'rows=5']);
    expect(await places('{ rows: { from: 2, to: 4 } }')).toEqual(['rows=2', 'rows=3', 'rows=4']);
  });

  it('have an axis where its condition holds, and meet the conditions of the study', async () => {
    expect(await places("{ dataflow: [os, ws], maxK: { values: [64, 128], when: dataflow == 'os' } }")).toEqual([
      ...['dataflow=os maxK=64', 'dataflow=os maxK=128', 'dataflow=ws'],
    ]);
    expect(await places('{ rows: [2, 4], cols: [2, 4] }', 'only: [rows <= cols, rows * cols < 16]')).toEqual([
      ...['rows=2 cols=2', 'rows=2 cols=4'],
    ]);
  });

  it('may set several parameters at once, and lists as text', async () => {
    const text = `axes:
  types: { choices: { narrow: { activations: int4, weights: [int4] }, ant: { activations: "int4,flint4", weights: int4 } } }
  rows: [4]
${METRIC}`;
    const { points } = await plan(text);
    expect(points.map(({ at }) => placeText(at))).toEqual(['types=narrow rows=4', 'types=ant rows=4']);
    expect(points.map(({ known }) => known.get('activations'))).toEqual([['int4'], ['int4', 'flint4']]);
    expect(points[1]?.command).toBe('npm run gen -- --rows 4 --cols 16 --activations int4,flint4 --weights int4');
  });

  it('may be engines', async () => {
    const { points } = await plan(`design: { engine: true }\naxes: { rows: [4, 8] }\n${METRIC}`);
    expect(points[0]?.command).toContain('--engine --rows 4');
    expect(points[1]?.known.get('macsPerCycle')).toBe(128);
  });

  it('that are no design are left out, with the reason, where the study says so', async () => {
    const { points, impossible } = await plan(
      `${PLAIN}\naxes: { rows: [4, 6], clusterRows: [1, 4] }\nimpossible: leave out`,
    );
    expect(points.map(({ at }) => placeText(at))).toEqual([
      'rows=4 clusterRows=1',
      'rows=4 clusterRows=4',
      'rows=6 clusterRows=1',
    ]);
    expect(impossible.map(({ at, reason }) => `${placeText(at)}: ${reason}`)).toEqual([
      expect.stringMatching(/^rows=6 clusterRows=4: clusterRows 4: /),
    ]);
  });

  it('take measurements under the hash of all that they depend on', async () => {
    const keys = async (text: string): Promise<string[]> => [...(await plan(text)).jobs.keys()];
    const [four, eight] = await keys(`${PLAIN}\naxes: { rows: [4, 8] }`);
    expect(four).not.toBe(eight);
    expect(await keys(`${PLAIN}\naxes: { rows: [8, 16] }\nderive: { x: rows }`)).toContain(eight);
    const changed = PLAIN.replace('[ResNet18]', '[ResNet18], samples: 2');
    expect(await keys(`${changed}\naxes: { rows: [8] }`)).not.toContain(eight);
  });
});

it('is shown by the page as its file has it', () => {
  const page = readFileSync('docs/sweep.md', 'utf8');
  expect(page).toContain(`\`\`\`yaml\n${readFileSync('examples/studies/resnet18-at-13.yaml', 'utf8')}\`\`\``);
});

describe('a study that is wrong', () => {
  it('is told all of it at once', async () => {
    const found = await problemsOf(`
design: { activations: [int4], wieghts: [int4], name: x }
axis: {}
axes:
  rows: []
  colls: [1]
  cols: { from: 8, to: 2 }
  pipeline: [1, 9]
  tree: [columns, columns]
  lanes: { values: [1, 2], when: dataflow == 'oss' }
  dataflow: [os, ws]
only: rows < colss
metrics: { areaa: {}, area: { libert: x }, model: { networks: [ResNet19] } }
derive: { area: 1 +, rows: '1' }
objective: minimise aera subject to rows > 5
budget: { points: 0 }
`);
    expect([...new Set(found)].sort()).toEqual([
      ...[
        'axes.colls',
        'axes.cols',
        'axes.lanes.when',
        'axes.rows',
        'axes.tree',
        'axis',
        'budget.points',
        'derive.area',
      ],
      ...[
        'derive.rows',
        'design.name',
        'design.wieghts',
        'impossible',
        'metrics.area',
        'metrics.areaa',
        'metrics.model',
      ],
      ...['objective', 'only', 'pipeline'],
    ]);
  });

  it.each<[string, string, string[]]>([
    ['no axes', PLAIN, ['axes']],
    ['an axis that is set for all', `${PLAIN}\naxes: { weights: [[int4]] }`, ['axes.weights']],
    ['an engine as an axis', `${PLAIN}\naxes: { engine: [true] }`, ['axes.engine']],
    [
      'a condition on what comes later',
      `${PLAIN}\naxes: { rows: { values: [2], when: cols > 2 }, cols: [4] }`,
      ['axes.rows.when'],
    ],
    ['no point that meets the conditions', `${PLAIN}\naxes: { rows: [2] }\nonly: rows > 2`, ['only']],
    ['too many points', `${PLAIN}\naxes: { rows: { from: 1, to: 999 }, cols: { from: 1, to: 999 } }`, ['axes']],
    [
      'contradictory constraints',
      `${PLAIN}\naxes: { rows: [2] }\nobjective: minimise cycles subject to rate > 2 and rate < 1`,
      ['objective'],
    ],
    [
      'a constraint that no point meets',
      `${PLAIN}\naxes: { rows: [2, 16] }\nobjective: minimise cycles subject to rows * cols > 256`,
      ['objective'],
    ],
    [
      'a constraint beyond what can be',
      `${PLAIN}\naxes: { rows: [2] }\nobjective: minimise cycles subject to utilisation > 1`,
      ['objective'],
    ],
    ['impossible points', `${PLAIN}\naxes: { rows: [3], clusterRows: [1, 2] }`, ['clusterRows', 'impossible']],
    ['points that a metric does not take', `${PLAIN}\naxes: { arch: [dot] }`, ['metrics.model', 'impossible']],
    [
      '8-bit layers on 4-bit units',
      `${PLAIN.replace('[ResNet18]', '[ResNet18], first: 8')}\naxes: { rows: [4] }`,
      ['metrics.model', 'impossible'],
    ],
    [
      'a file of a metric that is missing',
      'axes: { rows: [2] }\nmetrics: { area: { liberty: none.lib } }',
      ['metrics.area'],
    ],
  ])('is refused: %s', async (_, text, keys) => {
    expect([...new Set(await problemsOf(text))]).toEqual(keys);
  });
});
