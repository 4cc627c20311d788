import type { NodeProto } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { allNodes } from '../../../../scripts/network/onnx/nodes.js';
import { dataDependentNodes } from '../../../../scripts/network/products/data-dependence.js';
import { findProducts } from '../../../../scripts/network/products/find.js';
import { branch, int64Proto, modelOf, node, randomTensor, subgraph, tensor, valueInfo } from '../../../support/onnx.js';

const BOTH = { then_branch: branch(node('MatMul', ['x', 'w'], 't')), else_branch: branch(node('Neg', ['x'], 'e')) };

/** A loop over a MatMul; its body makes `next`, the condition of the next step, of nodes. */
const loop = (trips: string, next: NodeProto, state = 's') =>
  node('Loop', [trips, '', 'x'], 'y', {
    body: subgraph(
      [next, node('MatMul', [state, 'w'], 't'), node('Identity', ['t'], 'u')],
      [valueInfo('i', []), valueInfo('c', []), valueInfo('s')],
      ['next', 'u'],
    ),
  });

const CASES: Record<string, { readonly nodes: readonly NodeProto[]; readonly depends: boolean }> = {
  'a branch by an element of the input': {
    nodes: [
      node('ReduceMax', ['x'], 'm', { keepdims: 0 }),
      node('Greater', ['m', 'zero'], 'c'),
      node('If', ['c'], 'y', BOTH),
    ],
    depends: true,
  },
  'a branch by the shape of the input': {
    nodes: [node('Size', ['x'], 'm'), node('Greater', ['m', 'three'], 'c'), node('If', ['c'], 'y', BOTH)],
    depends: false,
  },
  'a branch by a constant': {
    nodes: [node('Greater', ['three', 'three'], 'c'), node('If', ['c'], 'y', BOTH)],
    depends: false,
  },
  'a loop of a constant number of steps': { nodes: [loop('three', node('Identity', ['c'], 'next'))], depends: false },
  'a loop that ends by the number of the step': {
    nodes: [loop('three', node('Less', ['i', 'three'], 'next'))],
    depends: false,
  },
  'a loop of as many steps as an element says': {
    nodes: [
      node('ReduceMax', ['x'], 'm', { keepdims: 0 }),
      node('Cast', ['m'], 'n', { to: 7 }),
      loop('n', node('Identity', ['c'], 'next')),
    ],
    depends: true,
  },
  'a loop that ends by its state': {
    nodes: [loop('three', node('IsNaN', ['s'], 'next'))],
    depends: true,
  },
  'a branch inside of a loop, by its state': {
    nodes: [
      node('Loop', ['three', '', 'x'], 'y', {
        body: subgraph(
          [node('Identity', ['c'], 'next'), node('IsNaN', ['s'], 'd'), node('If', ['d'], 'u', BOTH)],
          [valueInfo('i', []), valueInfo('c', []), valueInfo('s')],
          ['next', 'u'],
        ),
      }),
    ],
    depends: true,
  },
};

describe('how often a product inside of branches and loops runs', () => {
  it.each(Object.entries(CASES))('%s', (_, { nodes, depends }) => {
    const model = modelOf({
      nodes,
      constants: { w: randomTensor([4, 4], 1), zero: tensor([], [0]), three: int64Proto('', [3], []) },
      input: ['n', 4],
    });
    const product = [...allNodes(model.graph)].find(({ opType }) => opType === 'MatMul') as NodeProto;
    expect(dataDependentNodes(model).has(product)).toBe(depends);
  });
});

describe('the reason for a product inside of a branch', () => {
  const reasonOf = (inputs: Parameters<typeof modelOf>[0]['input']): string | undefined => {
    const nodes = [
      node('ReduceMax', ['x'], 'm', { keepdims: 0 }),
      node('Greater', ['m', 'zero'], 'c'),
      node('If', ['c'], 'y', {
        then_branch: branch(node('MatMul', ['x', 'w'], 't')),
        else_branch: branch(node('Neg', ['x'], 'e')),
      }),
    ];
    const constants = { w: randomTensor([4, 4], 1), zero: tensor([], [0]) };
    return findProducts(modelOf({ nodes, constants, input: inputs })).skipped[0]?.reason;
  };

  it('names the input that decides, where it is not the only one', () => {
    expect(reasonOf([valueInfo('x', ['n', 4]), valueInfo('other', ['n', 4])])).toMatch(/\bx\b.*--fix x=/);
    expect(reasonOf(['n', 4])).not.toContain('--fix');
  });
});
