import { create } from '@bufbuild/protobuf';
import { GraphProtoSchema, type NodeProto, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import type { FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { findProducts } from '../../../../scripts/network/products/find.js';
import type { ProductOp } from '../../../../scripts/network/products/operators.js';
import { type Product, weightMatrix, weightTensor } from '../../../../scripts/network/products/product.js';
import {
  type AttributeValue,
  type GraphParts,
  integerTensor,
  modelOf,
  node,
  only,
  randomTensor,
  valueInfo,
} from '../../../support/onnx.js';

/** A model of nodes that need not make sense to a runtime. */
const search = (nodes: readonly NodeProto[], constants: GraphParts['constants'] = {}, outputs?: readonly string[]) =>
  findProducts(modelOf({ nodes, constants, input: [1, 4], ...(outputs ? { outputs } : {}) }));

const named = (made: NodeProto, name: string): NodeProto => Object.assign(made, { name });

describe('findProducts', () => {
  it('finds Conv, Gemm and MatMul in order, with what their second operands are', () => {
    const { products, skipped } = search(
      [
        node('Conv', ['x', 'filters'], 'a'),
        node('Relu', ['a'], 'b'),
        node('Gemm', ['b', 'w', 'bias'], 'c'),
        node('MatMul', ['c', 'b'], 'd'),
        node('MatMul', ['d', 'w'], 'e'),
      ],
      { filters: randomTensor([2, 4, 3, 3], 1), w: randomTensor([4, 4], 2), bias: randomTensor([4], 3) },
    );
    expect(products.map(({ op, activation, second }) => [op, activation, second.kind, second.tensor])).toEqual([
      ['Conv', 'x', 'weights', 'filters'],
      ['Gemm', 'b', 'weights', 'w'],
      ['MatMul', 'c', 'activation', 'b'],
      ['MatMul', 'd', 'weights', 'w'],
    ]);
    expect(skipped).toEqual([]);
  });

  it('counts as weights what follows from constants alone, unless it is random', () => {
    const { products } = search(
      [
        node('Transpose', ['w'], 'turned'),
        node('Relu', ['turned'], 'positive'),
        node('MatMul', ['x', 'positive'], 'a'),
        node('RandomNormal', [], 'noise', { shape: [4, 4] }),
        node('MatMul', ['a', 'noise'], 'b'),
        node('MatMul', ['w', 'w'], 'constant'),
        node('MatMul', ['b', 'constant'], 'c'),
      ],
      { w: randomTensor([4, 4], 1) },
    );
    expect(products.map(({ activation, second }) => [activation, second.kind])).toEqual([
      ['x', 'weights'],
      ['a', 'activation'],
      ['b', 'weights'],
    ]);
  });

  it('gives names that are unique and fit for files', () => {
    const long = `scope/${'efficientnet/'.repeat(30)}`;
    const titles = [
      '/a/MatMul',
      'a/MatMul',
      'a_MatMul_2',
      '../../etc',
      '..',
      '',
      'ü',
      'a:b*c?"<>|',
      '/a/MatMul',
      'A_MATMUL',
      `${long}x`,
      `${long}y`,
    ];
    const nodes = titles.map((title, i) => named(node('MatMul', ['x', 'w'], `out/${i}`), title));
    const { products } = search(
      nodes,
      { w: randomTensor([4, 4], 1) },
      nodes.map(({ output }) => output[0] as string),
    );
    const names = products.map(({ name }) => name);
    expect(names).toHaveLength(titles.length);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(titles.length);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(90);
    expect(products.map(({ title }) => title)[0]).toBe('/a/MatMul');
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9-][A-Za-z0-9._-]*$/);
    expect(names[0]).toBe('a_MatMul');
    expect(names[5], 'a node without a name is called like its output').toBe('out_5');
  });

  const branch = create(GraphProtoSchema, {
    name: 'branch',
    node: [node('MatMul', ['x', 'w'], 'inner')],
    output: [valueInfo('inner')],
  });
  const w = randomTensor([4, 4], 1);
  const SKIPPED: [what: string, made: NodeProto, constants: GraphParts['constants'], reason: RegExp][] = [
    ['LSTM', node('LSTM', ['x', 'w', 'w'], 'y'), { w }, /\bLSTM\b/],
    ['an Einsum of three', node('Einsum', ['x', 'w', 'w'], 'y', { equation: 'a,b,c->abc' }), { w }, /two operands/],
    ['a constant image', node('Conv', ['w', 'x'], 'y', { pads: [1, 1, 1, 1] }), { w }, /image is constant/],
    ['filters at run time with a bias', node('Conv', ['x', 'x', 'w'], 'y'), { w }, /filters.*run time.*bias/],
    [
      'products inside of If',
      node('If', ['x'], 'y', { then_branch: { graph: branch }, else_branch: { graph: branch } }),
      { w },
      /\bIf y\b/,
    ],
  ];

  it.each(SKIPPED)('skips and names %s', (_, made, constants, reason) => {
    const { products, skipped } = search([made], constants);
    expect(products).toEqual([]);
    const [{ title, op, reason: why }] = skipped as [(typeof skipped)[number]];
    expect([title, op]).toEqual(made.opType === 'If' ? ['inner', 'MatMul'] : ['y', made.opType]);
    expect(why).toMatch(reason);
  });

  it('takes weights first, and two activations in convolutions', () => {
    const { products } = search([node('MatMul', ['w', 'x'], 'y'), node('Conv', ['x', 'y'], 'z')], { w });
    expect(products.map(({ op, activation, second, swapped }) => [op, activation, second.kind, swapped])).toEqual([
      ['MatMul', 'x', 'weights', true],
      ['Conv', 'x', 'activation', false],
    ]);
  });

  it('skips and names what reaches no output', () => {
    const { products, skipped } = search(
      [node('MatMul', ['x', 'w'], 'unused'), node('MatMul', ['x', 'w'], 'y')],
      { w },
      ['y'],
    );
    expect(products.map(({ name }) => name)).toEqual(['y']);
    expect(skipped.map(({ title }) => title)).toEqual(['unused']);
    expect(only(skipped).reason).toMatch(/no output/);
  });

  it('neither skips nor finds a node that only constants go into', () => {
    expect(search([node('ConvTranspose', ['w', 'w'], 'c'), node('Add', ['x', 'c'], 'y')], { w })).toEqual({
      products: [],
      skipped: [],
    });
  });
});

const product = (op: ProductOp, attributes: Record<string, AttributeValue> = {}): Product => ({
  name: 'p',
  title: 'p',
  op,
  node: node(op, ['x', 'w'], 'y', attributes),
  activation: 'x',
  second: { kind: 'weights', tensor: 'w' },
  swapped: false,
});

describe('weightMatrix and weightTensor', () => {
  /** Where element [k, n] of the matrix lies in the tensor. */
  type Place = (k: number, n: number) => readonly number[];
  const cases: [string, Product, readonly number[], [number, number], Place][] = [
    ['MatMul', product('MatMul'), [3, 5], [3, 5], (k, n) => [k, n]],
    ['Gemm', product('Gemm', { transB: 0 }), [3, 5], [3, 5], (k, n) => [k, n]],
    ['Gemm with transB', product('Gemm', { transB: 1 }), [3, 5], [5, 3], (k, n) => [n, k]],
    ['Conv', product('Conv'), [4, 2, 3, 2], [12, 4], (k, n) => [n, Math.floor(k / 6), Math.floor(k / 2) % 3, k % 2]],
    ['grouped Conv', product('Conv', { group: 2 }), [6, 1, 1, 3], [3, 6], (k, n) => [n, 0, 0, k]],
    ['Conv of one element', product('Conv'), [1, 1, 1, 1], [1, 1], () => [0, 0, 0, 0]],
  ];

  const at = ({ shape, data }: FloatTensor, place: readonly number[]): number =>
    data[place.reduce((index, position, i) => index * (shape[i] as number) + position, 0)] as number;

  it.each(cases)('%s', (_, made, shape, [rows, cols], place) => {
    const weights = integerTensor(shape, 3, 100);
    const matrix = weightMatrix(made, weights);
    expect([matrix.rows, matrix.cols]).toEqual([rows, cols]);
    for (let k = 0; k < rows; k++) {
      for (let n = 0; n < cols; n++) expect(matrix.data[k * cols + n]).toBe(at(weights, place(k, n)));
    }
    expect(weightTensor(made, shape, matrix)).toEqual(weights.data);
  });
});

describe('weights that are no floats', () => {
  it('are found all the same, to be refused where they are read', () => {
    const whole = create(TensorProtoSchema, { dims: [4n, 4n], dataType: TensorProto_DataType.INT8 });
    expect(search([node('MatMul', ['x', 'w'], 'y')], { w: whole }).products).toHaveLength(1);
  });
});
