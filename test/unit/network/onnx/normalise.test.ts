import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import {
  FunctionProtoSchema,
  GraphProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from 'onnx-buf';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { readModel, writeModel } from '../../../../scripts/network/onnx/model.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { type FloatTensor, floatProto, readFloats } from '../../../../scripts/network/onnx/tensor.js';
import { originally } from '../../../support/network-run.js';
import {
  feedsOf,
  floats,
  type GraphParts,
  modelBytes,
  modelOf,
  modelProto,
  node,
  randomTensor,
  tensor,
  valueInfo,
} from '../../../support/onnx.js';

/** The outputs of a file as it is and as it is read. */
async function bothWays(bytes: Uint8Array, input: FloatTensor): Promise<void> {
  const model = readModel(bytes, 'model.onnx');
  const feeds = feedsOf(model, input);
  const session = await openSession(model);
  const got = floats(await session.run(feeds), 'y');
  await session.close();
  const wanted = floats(await originally(bytes, feeds), 'y');
  expect(got.shape).toEqual(wanted.shape);
  for (const [i, value] of wanted.data.entries()) expect(got.data[i]).toBeCloseTo(value, 5);
}

const runtime = (made: NodeProto): NodeProto => Object.assign(made, { domain: 'com.microsoft' });

/** A file with ONNX Runtime's own operators. */
function withRuntime(parts: GraphParts): Uint8Array {
  const proto = modelProto(parts);
  proto.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }));
  return writeModel(proto);
}

describe("ONNX Runtime's own products become standard ones that compute the same", () => {
  const conv = { w: randomTensor([4, 3, 3, 3], 1), b: randomTensor([4], 2), z: randomTensor([1, 4, 4, 4], 3) };
  const gemm = { w: randomTensor([6, 4], 1), b: randomTensor([4], 2) };
  it.each<[string, NodeProto, GraphParts['constants'], readonly (string | number)[], readonly string[]]>([
    [
      'FusedConv',
      node('FusedConv', ['x', 'w', 'b'], 'y', { activation: 'Relu' }),
      conv,
      ['n', 3, 6, 6],
      ['Conv', 'Relu'],
    ],
    [
      'FusedConv that adds',
      node('FusedConv', ['x', 'w', 'b', 'z'], 'y', { activation: 'Relu', pads: [0, 0, 0, 0] }),
      conv,
      ['n', 3, 6, 6],
      ['Conv', 'Add', 'Relu'],
    ],
    [
      'FusedConv with parameters',
      node('FusedConv', ['x', 'w'], 'y', { activation: 'LeakyRelu', activation_params: { floats: [0.25] } }),
      conv,
      ['n', 3, 6, 6],
      ['Conv', 'LeakyRelu'],
    ],
    [
      'FusedConv that clips',
      node('FusedConv', ['x', 'w'], 'y', { activation: 'Clip', activation_params: { floats: [-1, 2] } }),
      conv,
      ['n', 3, 6, 6],
      ['Conv', 'Clip'],
    ],
    [
      'FusedGemm',
      node('FusedGemm', ['x', 'w', 'b'], 'y', { activation: 'LeakyRelu', activation_alpha: { float: 0.5 } }),
      gemm,
      ['n', 6],
      ['Gemm', 'LeakyRelu'],
    ],
  ])('%s', async (_, made, constants, input, ops) => {
    const bytes = withRuntime({ nodes: [runtime(made)], constants: constants ?? {}, input });
    expect(readModel(bytes, 'm').graph.node.map(({ opType }) => opType)).toEqual(ops);
    await bothWays(bytes, randomTensor([1, ...(input.slice(1) as number[])], 7));
  });

  it('but not with activations that are not known', () => {
    const made = runtime(node('FusedConv', ['x', 'w'], 'y', { activation: 'Wobble' }));
    const bytes = withRuntime({ nodes: [made], constants: conv, input: ['n', 3, 6, 6] });
    expect(() => readModel(bytes, 'm')).toThrow(/Wobble/);
  });
});

describe('functions of a model', () => {
  const proto = (nodes: readonly NodeProto[]) =>
    create(FunctionProtoSchema, {
      name: 'F',
      domain: 'own',
      input: ['a', 'b'],
      output: ['c'],
      node: [...nodes],
      opsetImport: [
        create(OperatorSetIdProtoSchema, { domain: '', version: 17n }),
        create(OperatorSetIdProtoSchema, { domain: 'own', version: 1n }),
      ],
    });
  const call = (input: readonly string[], output: string) => Object.assign(node('F', input, output), { domain: 'own' });

  function modelWith(functions: ReturnType<typeof proto>[], nodes: readonly NodeProto[]): Uint8Array {
    const model = modelProto({ nodes, constants: { w: randomTensor([4, 4], 1) }, input: ['n', 4], opset: 17 });
    model.functions = functions;
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'own', version: 1n }));
    return writeModel(model);
  }

  it('are inlined where they are called twice, call others, and are read inside of branches', async () => {
    const inner = proto([node('MatMul', ['a', 'b'], 't'), node('Relu', ['t'], 'c')]);
    const outer = create(FunctionProtoSchema, {
      ...proto([
        call(['a', 'b'], 't'),
        node('If', ['flag'], 'c', {
          then_branch: {
            graph: create(GraphProtoSchema, { name: 't', node: [node('Neg', ['t'], 'p')], output: [valueInfo('p')] }),
          },
          else_branch: {
            graph: create(GraphProtoSchema, { name: 'e', node: [node('Abs', ['t'], 'q')], output: [valueInfo('q')] }),
          },
        }),
      ]),
      name: 'G',
      input: ['a', 'b', 'flag'],
    });
    const bytes = modelWith(
      [inner, outer],
      [
        node('ReduceSum', ['x'], 's', { keepdims: 0 }),
        node('Greater', ['s', 's'], 'flag'),
        Object.assign(node('G', ['x', 'w', 'flag'], 'h'), { domain: 'own' }),
        call(['h', 'w'], 'y'),
      ],
    );
    const model = readModel(bytes, 'm');
    expect(model.proto.functions).toEqual([]);
    expect(model.graph.node.filter(({ opType }) => opType === 'MatMul')).toHaveLength(2);
    const outputs = model.graph.node.flatMap(({ output }) => output);
    expect(new Set(outputs).size).toBe(outputs.length);
    await bothWays(bytes, randomTensor([3, 4], 5));
  });

  it('that call themselves are refused', () => {
    expect(() => readModel(modelWith([proto([call(['a', 'b'], 'c')])], [call(['x', 'w'], 'y')]), 'm')).toThrow(
      /F calls itself/,
    );
  });
});

describe('older operator sets', () => {
  it.each([7, 8])('%i is raised, and computes the same', async (opset) => {
    const ones = tensor([4], [1, 1, 1, 1]);
    await bothWays(
      modelBytes({
        nodes: [
          node('Conv', ['x', 'w'], 'c'),
          node('BatchNormalization', ['c', 'a', 'b', 'b', 'a'], 'n', { epsilon: { float: 0.25 } }),
          node('Upsample', ['n'], 'u', { mode: 'nearest', scales: { floats: [1, 1, 2, 1] } }),
          node('Flatten', ['u'], 'f'),
          node('Gemm', ['f', 'v', 'a'], 'y'),
        ],
        constants: {
          w: randomTensor([4, 2, 3, 3], 1),
          a: ones,
          b: tensor([4], [1, 2, 3, 4]),
          v: randomTensor([32, 4], 3),
        },
        input: ['n', 2, 4, 4],
        opset,
      }),
      randomTensor([2, 2, 4, 4], 4),
    );
  });
});

describe('nodes', () => {
  it('are put in order, and stay where they are when they are', () => {
    const nodes = [node('Add', ['a', 'b'], 'y'), node('Relu', ['x'], 'a'), node('Abs', ['a'], 'b')];
    const order = (some: readonly NodeProto[]) =>
      modelOf({ nodes: some, input: ['n'], outputs: ['y'] }).graph.node.map(({ output }) => output[0]);
    expect(order(nodes)).toEqual(['a', 'b', 'y']);
    const sorted = [node('Relu', ['x'], 'a'), node('Relu', ['x'], 'z'), node('Abs', ['a'], 'y')];
    expect(order(sorted)).toEqual(['a', 'z', 'y']);
  });

  it('are put in order along chains of any length', () => {
    const length = 20_000;
    const chain = Array.from({ length }, (_, i) => node('Relu', [i === 0 ? 'x' : `t${i}`], `t${i + 1}`)).reverse();
    const { graph } = modelOf({ nodes: chain, input: ['n'], outputs: [`t${length}`] });
    expect(graph.node[0]?.output).toEqual(['t1']);
    expect(graph.node.at(-1)?.output).toEqual([`t${length}`]);
  });
});

describe('weights in other files', () => {
  const base = mkdtempSync(join(tmpdir(), 'ant-rtl-external-'));
  const inside = join(base, 'model');
  const W = randomTensor([3, 2], 1);
  beforeAll(() => {
    mkdirSync(inside);
    const padded = new Uint8Array(8 + W.data.byteLength);
    padded.set(new Uint8Array(W.data.buffer), 8);
    writeFileSync(join(inside, 'w.bin'), padded);
    writeFileSync(join(base, 'secret.bin'), padded);
    symlinkSync(join(base, 'secret.bin'), join(inside, 'link.bin'));
  });

  const file = (location: string, more: Readonly<Record<string, string>> = {}): Uint8Array => {
    const external: TensorProto = Object.assign(floatProto('w', { shape: W.shape, data: new Float32Array(0) }), {
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries({ location, ...more }).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      ),
    });
    return modelBytes({ nodes: [node('MatMul', ['x', 'w'], 'y')], constants: { w: external }, input: ['n', 3] });
  };

  it('are read from the folder of the model, from any place in the file', () => {
    const model = readModel(file('w.bin', { offset: '8', length: '24' }), 'm', inside);
    expect(readFloats(model.constants.get('w') as TensorProto, 'w')).toEqual(W);
  });

  it.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
    ['above the folder', '../secret.bin', {}, /\bw\b.*\.\.\/secret\.bin.*outside/],
    ['at an absolute path', '/etc/hostname', {}, /outside/],
    ['behind a link that leads out', 'link.bin', {}, /outside/],
    ['that are not there', 'gone.bin', {}, /gone\.bin/],
    ['that are too short', 'w.bin', { offset: '16', length: '24' }, /24 bytes from 16 .* has 32/],
  ])('are refused %s', (_, location, more, message) => {
    const attempt = () => readModel(file(location, more), 'm', inside);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });
});

describe('files of other kinds', () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
  const safetensors = Buffer.concat([Buffer.from(BigUint64Array.of(20n).buffer), Buffer.from('{"w":{"dtype":"F32"}')]);
  it.each<[string, Uint8Array, RegExp]>([
    ['a Git LFS pointer', bytes('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n'), /Git LFS/],
    ['a TensorFlow Lite model', bytes('\x1c\x00\x00\x00TFL3\x14\x00'), /TensorFlow Lite/],
    ['safetensors', new Uint8Array(safetensors), /safetensors/],
    ['a zip archive', bytes('PK\x03\x04rest'), /zip/],
    ['Keras', bytes('\x89HDF\r\n\x1a\n'), /HDF5/],
    ['a web page', bytes('\n<!DOCTYPE html><html>'), /web page/],
    ['nothing', new Uint8Array(0), /empty/],
  ])('are told: %s', (_, content, message) => {
    expect(() => readModel(content, 'm.onnx')).toThrow(/^m\.onnx .*\bONNX\b/);
    expect(() => readModel(content, 'm.onnx')).toThrow(message);
  });
});

describe('bfloat16', () => {
  it('is widened exactly', () => {
    const bits = Uint16Array.of(0x3f80, 0xc000, 0x3eab, 0x0001);
    const proto = floatProto('w', tensor([4], [0, 0, 0, 0]));
    Object.assign(proto, { dataType: TensorProto_DataType.BFLOAT16, rawData: new Uint8Array(bits.buffer) });
    expect([...readFloats(proto, 'w').data]).toEqual([1, -2, 0.333984375, 2 ** -133]);
  });
});
