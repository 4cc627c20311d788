import { TensorProto_DataLocation, TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { readModel, writeModel } from '../../../../scripts/network/onnx/model.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { floatProto, halfToFloat, readFloats } from '../../../../scripts/network/onnx/tensor.js';
import { findProducts } from '../../../../scripts/network/products/find.js';
import {
  feedsOf,
  type GraphParts,
  halfProto,
  int64Proto,
  integerTensor,
  modelBytes,
  modelOf,
  modelProto,
  node,
  only,
  tensor,
  valueInfo,
} from '../../../support/onnx.js';
import { figuresIn } from '../../../support/text.js';

const LINEAR: GraphParts = {
  nodes: [node('MatMul', ['x', 'w'], 'y')],
  constants: { w: tensor([2, 2], [1, 2, 3, 4]) },
  input: ['n', 2],
};

const refusal = (bytes: Uint8Array): UserError => {
  try {
    readModel(bytes, 'm.onnx');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('the file was read');
};

describe('a file that cannot be read', () => {
  it('is not ONNX: nothing, random bytes, text', () => {
    const random = randomSource(5);
    const noise = (length: number) => Uint8Array.from({ length }, () => random.below(256));
    const files = [new Uint8Array(0), new TextEncoder().encode('# not a network\n'), ...[1, 7, 64, 4096].map(noise)];
    for (const bytes of files) expect(refusal(bytes).message).toMatch(/^m\.onnx .*\bONNX\b/);
  });

  it('is not ONNX when cut short, wherever', () => {
    const bytes = modelBytes(LINEAR);
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.slice(0, length)).message, `${length} bytes`).toMatch(/^m\.onnx .*\bONNX\b/);
    }
    expect(readModel(bytes, 'm.onnx').outputs).toEqual(['y']);
  });

  it.each([1, 5, 6])('uses operator set %i', (opset) => {
    expect(figuresIn(refusal(modelBytes({ ...LINEAR, opset })).message)).toEqual([opset, 7]);
  });

  it.each(['location', 'entries'])('keeps weights in another file, told by its %s', (how) => {
    const weights = floatProto('w', tensor([2, 2], []));
    if (how === 'location') weights.dataLocation = TensorProto_DataLocation.EXTERNAL;
    else weights.externalData = [{ $typeName: 'onnx.StringStringEntryProto', key: 'location', value: 'w.bin' }];
    const { message } = refusal(modelBytes({ ...LINEAR, constants: { w: weights } }));
    expect(message).toMatch(/\bw\b.*\bfile\b/);
  });

  it('keeps the value of a Constant node in another file', () => {
    const value = { ...floatProto('', tensor([2, 2], [])), dataLocation: TensorProto_DataLocation.EXTERNAL };
    const nodes = [node('Constant', [], 'w', { value: { tensor: value } }), ...LINEAR.nodes];
    expect(refusal(modelBytes({ nodes, input: ['n', 2] })).message).toMatch(/\bw\b.*\bfile\b/);
  });

  it('takes texts', () => {
    const input = [valueInfo('x', ['n', 2], TensorProto_DataType.STRING)];
    expect(refusal(modelBytes({ ...LINEAR, input })).message).toMatch(/\bx\b.*\bSTRING\b/);
  });
});

describe('what is read', () => {
  it('has a shape with open dimensions, constants from initialisers and Constant nodes', () => {
    const nodes = [
      node('Constant', [], 'w', { value: { tensor: floatProto('', tensor([2, 3], [1, 2, 3, 4, 5, 6])) } }),
      node('MatMul', ['x', 'w'], 'p'),
      node('Add', ['p', 'b'], 'y'),
    ];
    const model = modelOf({ nodes, constants: { b: tensor([3], [1, 1, 1]) }, input: ['n', 2], opset: 17 });
    expect(model).toMatchObject({
      opset: 17,
      outputs: ['y'],
      inputs: [{ name: 'x', type: 'float32', shape: [undefined, 2] }],
    });
    expect([...model.constants.keys()].sort()).toEqual(['b', 'w']);
    expect(only(findProducts(model).products).second).toEqual({ kind: 'weights', tensor: 'w' });
  });

  it('does not count initialisers that are listed as inputs', async () => {
    const input = [valueInfo('x', [1, 2]), valueInfo('w', [2, 2])];
    const model = modelOf({ ...LINEAR, input, opset: 9, irVersion: 3 });
    expect(model.inputs).toEqual([{ name: 'x', type: 'float32', shape: [1, 2] }]);
    const session = await openSession(model);
    expect([...((await session.run(feedsOf(model, tensor([1, 2], [1, 10])))).get('y')?.data ?? [])]).toEqual([31, 42]);
    await session.close();
  });
});

/** By the definition: sign, exponent less the bias, fraction behind a hidden one; from the text of the bits. */
function halfByDefinition(bits: number): number {
  const digits = bits.toString(2).padStart(16, '0');
  const exponent = Number.parseInt(digits.slice(1, 6), 2);
  const fraction = Number.parseInt(digits.slice(6), 2) / 1024;
  const sign = digits[0] === '1' ? -1 : 1;
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent > 0 ? 1 + fraction : fraction) * 2 ** (Math.max(exponent, 1) - 15);
}

describe('float16', () => {
  it('widens exactly: all 65536 patterns', () => {
    const wrong = Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter(
      (bits) => !Object.is(halfToFloat(bits), halfByDefinition(bits)),
    );
    expect(wrong).toEqual([]);
    expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400].map(halfToFloat)).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14]);
  });

  it.each(['rawData', 'int32Data'] as const)('is read from %s', (field) => {
    const proto = halfProto('w', [2, 2], [0x3c00, 0xbc00, 0x0001, 0xfbff], field);
    expect([...readFloats(proto, 'w').data]).toEqual([1, -1, 2 ** -24, -65504]);
  });

  it('model becomes a float32 model of the same numbers: initialisers, Constants, input, casts, outputs', async () => {
    const half = TensorProto_DataType.FLOAT16;
    const nodes = [
      node('Constant', [], 'b', { value: { tensor: halfProto('', [2], [0x3555, 0x8001]) } }),
      node('Constant', [], 'fill', { value: { tensor: int64Proto('', [2]) } }),
      node('ConstantOfShape', ['fill'], 'c', { value: { tensor: halfProto('', [1], [0x3800]) } }),
      node('MatMul', ['x', 'w'], 'p'),
      node('Add', ['p', 'b'], 's'),
      node('Cast', ['s'], 'wide', { to: TensorProto_DataType.FLOAT }),
      node('Cast', ['wide'], 'again', { to: half }),
      node('Add', ['again', 'v'], 't'),
      node('Add', ['t', 'c'], 'y'),
    ];
    const constants = {
      w: halfProto('', [2, 2], [0x3c00, 0x4000, 0x4200, 0x4400]),
      v: halfProto('', [2], [0x5640, 0], 'int32Data'),
    };
    const proto = modelProto({ nodes, constants, input: [valueInfo('x', ['n', 2], half)] });
    if (proto.graph) proto.graph.output = [valueInfo('y', ['n', 2], half)];
    const model = readModel(writeModel(proto), 'half.onnx');
    const session = await openSession(model, ['b']);
    const values = await session.run(feedsOf(model, tensor([1, 2], [1, 1])));
    await session.close();
    const third = halfByDefinition(0x3555);
    expect([...(values.get('b')?.data ?? [])]).toEqual([third, -(2 ** -24)]);
    expect([...(values.get('y')?.data ?? [])]).toEqual([
      Math.fround(Math.fround(4 + third) + 100 + 0.5),
      Math.fround(6 + -(2 ** -24)) + 0.5,
    ]);
  });
});

describe('readFloats', () => {
  it('refuses a tensor with another number of elements than its shape says', () => {
    const proto = floatProto('w', integerTensor([2, 3], 1));
    proto.dims = [2n, 4n];
    expect(() => readFloats(proto, 'w')).toThrow(/^w: .*2 x 4.*\b8\b.*\b6\b/);
  });

  it('refuses other element types by name', () => {
    expect(() => readFloats(int64Proto('i', [1, 2]), 'i')).toThrow(/^i: .*\bINT64\b/);
  });
});
