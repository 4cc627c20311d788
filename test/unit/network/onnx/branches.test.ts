import { TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { takeBranches } from '../../../../scripts/network/onnx/branches.js';
import { fixInputs } from '../../../../scripts/network/onnx/fix-inputs.js';
import type { OnnxModel } from '../../../../scripts/network/onnx/model.js';
import { writeModel } from '../../../../scripts/network/onnx/model.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import type { Value, Values } from '../../../../scripts/network/onnx/value.js';
import { originally, runNetwork } from '../../../support/network-run.js';
import {
  branch,
  type GraphParts,
  int64Proto,
  modelBytes,
  modelOf,
  node,
  randomTensor,
  subgraph,
  valueInfo,
} from '../../../support/onnx.js';

const { FLOAT, INT64, BOOL } = TensorProto_DataType;
const [WIDTH, HIDDEN] = [6, 4];
const gates = 4 * HIDDEN;

/** An LSTM, as one branch of an If over the rank of its input has it; its state is an input of the network. */
const recurrent = [
  node('Unsqueeze', ['scaled', 'front'], 'steps'),
  node('LSTM', ['steps', 'wx', 'wh', '', '', 'state', 'state'], 'out', { hidden_size: HIDDEN }),
  node('Squeeze', ['out', 'twice'], 'last'),
];

/** A network for two rates, all of it inside of an If; inside of that another one over a rank, with an LSTM. */
const RATES: GraphParts = {
  nodes: [
    node('Equal', ['rate', 'high'], 'isHigh'),
    node('If', ['isHigh'], 'y', {
      then_branch: branch(
        node('MatMul', ['x', 'w'], 'scaled'),
        node('Shape', ['scaled'], 'shape'),
        node('Size', ['shape'], 'rank'),
        node('Equal', ['rank', 'two'], 'isMatrix'),
        node('If', ['isMatrix'], 'z', {
          then_branch: subgraph(recurrent, [], ['last']),
          else_branch: branch(node('Identity', ['scaled'], 'last')),
        }),
        node('Relu', ['z'], 'scores'),
      ),
      else_branch: branch(node('MatMul', ['x', 'v'], 'scaled'), node('Neg', ['scaled'], 'scores')),
    }),
  ],
  constants: {
    high: int64Proto('', [16000], []),
    two: int64Proto('', [2], []),
    front: int64Proto('', [0]),
    twice: int64Proto('', [0, 1]),
    w: randomTensor([WIDTH, WIDTH], 1),
    v: randomTensor([WIDTH, HIDDEN], 2),
    wx: randomTensor([1, gates, WIDTH], 3),
    wh: randomTensor([1, gates, HIDDEN], 4),
  },
  input: [
    valueInfo('x', ['n', WIDTH], FLOAT),
    valueInfo('state', [1, 'n', HIDDEN], FLOAT),
    valueInfo('rate', [], INT64),
  ],
};

const [X, STATE] = [randomTensor([3, WIDTH], 5), randomTensor([1, 3, HIDDEN], 6)];
const inputs: Values = new Map([
  ['x', { type: 'float32', ...X }],
  ['state', { type: 'float32', ...STATE }],
]);
const withRate = (rate: number): Values =>
  new Map([...inputs, ['rate', { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(rate)) }]]);

const typesOf = ({ graph }: OnnxModel): string[] => graph.node.map(({ opType }) => opType);

describe('an input that is fixed', () => {
  it.each([16000, 8000])('takes the branches that it decides: rate %i', async (rate) => {
    const model = await takeBranches(fixInputs(modelOf(RATES), [`rate=${rate}`]), inputs);
    expect(model.inputs.map(({ name }) => name)).toEqual(['x', 'state']);
    expect(typesOf(model)).not.toContain('If');
    // What was inside is brought into the form of all.
    expect(typesOf(model)).not.toContain('LSTM');
    expect(typesOf(model).includes('Scan')).toBe(rate === 16000);
    const session = await openSession(model);
    const got = (await session.run(inputs)).get('y');
    await session.close();
    const wanted = (await originally(modelBytes(RATES), withRate(rate))).get('y') as Value;
    expect(got?.shape).toEqual(wanted.shape);
    for (const [i, value] of [...(wanted.data as Float32Array)].entries()) {
      expect(got?.data[i]).toBeCloseTo(value, 5);
    }
  });

  it('lets all of the network be quantised', async () => {
    const fixed = writeModel(fixInputs(modelOf(RATES), ['rate=16000']).proto);
    // An array of whole inputs for each: three runs of three rows.
    const samples = {
      x: { type: 'float32', shape: [3, 3, WIDTH], data: randomTensor([9, WIDTH], 7).data },
      state: { type: 'float32', shape: [3, 1, 3, HIDDEN], data: randomTensor([9, HIDDEN], 8).data },
    } as const;
    const { report, inferred } = await runNetwork(fixed, { samples });
    expect(report.leftOut).toEqual([]);
    expect(report.layers.map(({ products: { m, k, n } }) => m * k * n)).toEqual([
      3 * WIDTH * WIDTH,
      3 * WIDTH * gates,
      3 * HIDDEN * gates,
    ]);
    expect(inferred.exact).toBe(true);
  });

  it.each([
    ['rate', /NAME=VALUE; .*\bx, state, rate$/],
    ['speed=1', /NAME=VALUE; .*\bx, state, rate$/],
    ['rate=fast', /\bint64\b/],
    ['rate=1.5', /\bint64\b/],
    ['rate=', /\bint64\b/],
    ['rate=1,2', /\b1 elements?\b.*\b2 values\b/],
    ['x=1', /\bx\b.*--shape/],
  ])('is refused where that cannot be: --fix %s', (text, message) => {
    expect(() => fixInputs(modelOf(RATES), [text])).toThrow(UserError);
    expect(() => fixInputs(modelOf(RATES), [text])).toThrow(message);
  });

  it('may be booleans, and several numbers', () => {
    const model = modelOf({
      nodes: [node('Where', ['c', 'a', 'b'], 'y')],
      input: [valueInfo('c', [1], BOOL), valueInfo('a', [3], FLOAT), valueInfo('b', ['n'], FLOAT)],
    });
    const fixed = fixInputs(model, ['c=true', 'a=1,2.5,-3']);
    expect(fixed.inputs.map(({ name }) => name)).toEqual(['b']);
    expect([...(fixed.constants.get('c')?.rawData ?? [])]).toEqual([1]);
    expect(new Float32Array(new Uint8Array(fixed.constants.get('a')?.rawData ?? []).buffer)).toEqual(
      Float32Array.of(1, 2.5, -3),
    );
  });
});

describe('branches that data decide', () => {
  it('stay', async () => {
    const data = modelOf({
      nodes: [
        node('ReduceMax', ['x'], 'most', { keepdims: 0 }),
        node('Cast', ['most'], 'c', { to: BOOL }),
        node('If', ['c'], 'y', {
          then_branch: branch(node('Neg', ['x'], 't')),
          else_branch: branch(node('Abs', ['x'], 'e')),
        }),
      ],
      input: ['n', WIDTH],
    });
    expect(typesOf(await takeBranches(data, new Map([['x', { type: 'float32', ...X }]])))).toContain('If');
    // The size that the file leaves open, too; what it fixes does not.
    const bySize = (place: number): OnnxModel =>
      modelOf({
        nodes: [
          node('Shape', ['x'], 's'),
          node('Gather', ['s', 'place'], 'g', { axis: 0 }),
          node('Greater', ['g', 'limit'], 'c'),
          node('If', ['c'], 'y', {
            then_branch: branch(node('Neg', ['x'], 't')),
            else_branch: branch(node('Abs', ['x'], 'e')),
          }),
        ],
        constants: { place: int64Proto('', [place], []), limit: int64Proto('', [4], []) },
        input: ['n', WIDTH],
      });
    const x: Values = new Map([['x', { type: 'float32', ...X }]]);
    expect(typesOf(await takeBranches(bySize(0), x))).toContain('If');
    expect(typesOf(await takeBranches(bySize(1), x))).toContain('Neg');
  });
});
