import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { formatNpyArray } from '../../../../gen/base/npy.js';
import { feedOf } from '../../../../scripts/network/onnx/feed.js';
import { fixShapes } from '../../../../scripts/network/onnx/open.js';
import { openSamples, samplesOf } from '../../../../scripts/network/onnx/samples.js';
import type { Value } from '../../../../scripts/network/onnx/value.js';
import { type GraphParts, modelOf, node, randomTensor, valueInfo } from '../../../support/onnx.js';

const { INT64, UINT8, BOOL } = TensorProto_DataType;
const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-feed-'));

const taking = (...input: GraphParts['input']) =>
  modelOf({ nodes: [node('Shape', ['x'], 'y')], input: input as GraphParts['input'] });

/** A `.npy` file as NumPy writes it. */
function npy(descr: string, shape: readonly number[], bytes: Uint8Array): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = Buffer.alloc(128, ' ');
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(118, 8);
  header.write(text, 10, 'latin1');
  header[127] = 0x0a;
  return Buffer.concat([header, bytes]);
}

/** A zip archive of some files. */
function zip(files: Readonly<Record<string, Buffer>>, deflated: boolean): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const stored = deflated ? deflateRawSync(content) : content;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflated ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    // An extra field, which NumPy leaves in the local header alone.
    const local = Buffer.from(fields);
    local.writeUInt16LE(4, 24);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), local, Buffer.from(name), Buffer.alloc(4), stored);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, Buffer.from(name));
    at += 30 + name.length + 4 + stored.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const ids = npy('<i8', [3, 2], new Uint8Array(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n).buffer));
const mask = npy('|b1', [3, 2], Uint8Array.of(1, 0, 1, 1, 0, 0));
const POINTER = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123456\n');
const twoInputs = () => taking(valueInfo('ids', ['n', 't'], INT64), valueInfo('mask', ['n', 't'], BOOL));

describe('samples of several inputs', () => {
  it.each([false, true])('come from an .npz file, compressed: %s', (deflated) => {
    const path = file(`both-${deflated}.npz`, zip({ 'ids.npy': ids, 'mask.npy': mask }, deflated));
    const feed = feedOf(twoInputs(), openSamples([path]));
    expect(feed.count).toBe(3);
    const runs = [...feed.runs(2)];
    expect(runs.map(({ samples }) => samples)).toEqual([2, 1]);
    expect(runs[1]?.inputs.get('ids')).toEqual({ type: 'int64', shape: [1, 2], data: BigInt64Array.of(5n, 6n) });
    expect(runs[0]?.inputs.get('mask')).toEqual({ type: 'bool', shape: [2, 2], data: Uint8Array.of(1, 0, 1, 1) });
  });

  it('come from a file for each', () => {
    const given = [`ids=${file('a.npy', ids)}`, `mask=${file('b.npy', mask)}`];
    const feed = feedOf(twoInputs(), openSamples(given));
    expect([...feed.runs(3)].map(({ inputs }) => [...inputs.keys()])).toEqual([['ids', 'mask']]);
    expect([...feed.part(2, 1).runs(3)][0]?.inputs.get('ids')?.data).toEqual(BigInt64Array.of(5n, 6n));
  });

  it.each<[string, () => readonly string[], RegExp]>([
    ['one file without a name', () => [file('a.npy', ids)], /2 inputs \(ids, mask\).*NAME=/],
    ['none for an input', () => [`ids=${file('a.npy', ids)}`], /\bmask\b.*\bbool, \? x \?/],
    ['an unknown name', () => [`id=${file('a.npy', ids)}`], /no input id\b.*ids, mask/],
    [
      'different numbers of samples',
      () => [`ids=${file('a.npy', ids)}`, `mask=${file('c.npy', npy('|b1', [2, 2], Uint8Array.of(1, 1, 1, 1)))}`],
      /holds 3 for ids, .* 2 for mask/,
    ],
    [
      'a pointer of Git LFS',
      () => [`ids=${file('lfs.npy', POINTER)}`, `mask=${file('mask-lfs.npy', mask)}`],
      /lfs\.npy\b.*git lfs pull/,
    ],
    ['an archive that is a pointer', () => [file('lfs.npz', POINTER)], /lfs\.npz\b.*git lfs pull/],
    ['an empty file', () => [`ids=${file('empty.npy', Buffer.alloc(0))}`], /empty\.npy\b.*\bempty file\b/],
    ['an empty archive', () => [file('empty.npz', Buffer.alloc(0))], /empty\.npz\b.*\bempty file\b/],
    ['an archive that is none', () => [file('broken.npz', Buffer.from('no archive at all'))], /broken\.npz\b.*\.npz/],
  ])('refuses %s', (_, given, message) => {
    const attempt = () => feedOf(twoInputs(), openSamples(given()));
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });
});

describe('types of inputs', () => {
  it('refuse doubles that no float32 holds, naming file, input and element', () => {
    const wide: Value = { type: 'float64', shape: [2, 2], data: Float64Array.of(1, 2, 3, 1e300) };
    const attempt = () => [...feedOf(taking('n', 2), samplesOf('big.npy', { x: wide })).runs(2)];
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(/big\.npy.*: input x takes float32\b.*\b1e\+300/);
  });

  const bytes = () => taking(valueInfo('x', ['n', 2], UINT8));
  const inputOf = (value: Value) =>
    [...feedOf(bytes(), samplesOf('samples', { x: value })).runs(9)][0]?.inputs.get('x');

  it('are given exactly, from wider integers and from floats that are whole', () => {
    const wanted = { type: 'uint8', shape: [1, 2], data: Uint8Array.of(0, 255) };
    expect(inputOf({ type: 'int64', shape: [1, 2], data: BigInt64Array.of(0n, 255n) })).toEqual(wanted);
    expect(inputOf({ type: 'float32', shape: [1, 2], data: Float32Array.of(0, 255) })).toEqual(wanted);
  });

  it.each<[string, Value, RegExp]>([
    [
      'out of range',
      { type: 'int64', shape: [2, 2], data: BigInt64Array.of(1n, 2n, 3n, 256n) },
      /\bx\b.*uint8.*\b256\b/,
    ],
    ['negative', { type: 'int32', shape: [1, 2], data: Int32Array.of(1, -1) }, /\bx\b.*uint8.*-1\b/],
    [
      'no whole numbers',
      { type: 'float32', shape: [1, 2], data: Float32Array.of(0.5, 1) },
      /holds floats.*\bx\b.*uint8/,
    ],
  ])('refuse what is %s, naming input, expected and given', (_, value, message) => {
    expect(() => inputOf(value)).toThrow(UserError);
    expect(() => inputOf(value)).toThrow(message);
  });

  it('are read from files of all kinds', () => {
    const kinds: [string, Uint8Array][] = [
      ['<f2', new Uint8Array(Uint16Array.of(0x3c00, 0x4000).buffer)],
      ['<f8', new Uint8Array(Float64Array.of(1, 2).buffer)],
      ['>i4', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2)],
      ['<u8', new Uint8Array(BigUint64Array.of(1n, 2n).buffer)],
      ['|i1', Uint8Array.of(1, 2)],
      ['<i2', new Uint8Array(Int16Array.of(1, 2).buffer)],
    ];
    for (const [i, [descr, content]] of kinds.entries()) {
      const samples = openSamples([file(`kind${i}.npy`, npy(descr, [1, 2], content))]);
      const feed = feedOf(taking('n', 2), samples);
      expect([...feed.runs(1)][0]?.inputs.get('x'), descr).toEqual({
        type: 'float32',
        shape: [1, 2],
        data: Float32Array.of(1, 2),
      });
    }
  });
});

describe('shapes of inputs', () => {
  const samples = (shape: readonly number[]) => samplesOf('samples', randomTensor(shape, 1));

  it('count samples by the first dimension, or runs by one more', () => {
    expect(feedOf(taking('n', 3), samples([6, 3])).count).toBe(6);
    expect(feedOf(taking(2, 3), samples([6, 3]))).toMatchObject({ count: 6, fixed: 2 });
    const whole = feedOf(taking(2, 3), samples([5, 2, 3]));
    expect(whole).toMatchObject({ count: 5, fixed: 1 });
    expect([...whole.runs(4)].map(({ inputs }) => inputs.get('x')?.shape)).toEqual(new Array(5).fill([2, 3]));
  });

  it.each<[GraphParts['input'], readonly number[], RegExp]>([
    [['n', 3], [6, 4], /samples of 4; input x takes 3\b/],
    [['n', 3], [6], /single numbers; input x takes 3\b/],
    [[4, 3], [6, 3], /\b6 samples\b.*\b4 at a time/],
  ])('%j refuse an array of %j', (input, shape, message) => {
    expect(() => feedOf(taking(...input), samples(shape))).toThrow(message);
  });

  it('are fixed where they are open', () => {
    const model = fixShapes(taking('n', 3, 'h'), ['1x3x8']);
    expect(model.inputs[0]?.shape).toEqual([1, 3, 8]);
    expect(fixShapes(taking('n', 3, 'h'), ['x=2x3x8']).inputs[0]?.shape).toEqual([2, 3, 8]);
    expect(() => fixShapes(taking('n', 3, 'h'), ['x=1x4x8'])).toThrow(/\?x3x\?/);
    expect(() => fixShapes(taking('n', 3, 'h'), ['y=1x3x8'])).toThrow(/inputs x\b/);
    expect(() => fixShapes(taking('n', 3, 'h'), ['x=1x3xh'])).toThrow(UserError);
  });

  it('are told of a file that formatNpyArray writes', () => {
    const path = file('floats.npy', formatNpyArray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
    expect(openSamples([path]).arrays[0]?.shape).toEqual([2, 3]);
  });
});

describe('some of the samples of a network that fixes how many it takes', () => {
  const model = taking(4, 3);
  const eight = samplesOf('s.npy', randomTensor([8, 3], 1));

  it('are whole runs', () => {
    for (const count of [4, 8]) {
      const runs = [...feedOf(model, eight, { count }).runs(1)];
      expect(runs.map(({ samples, inputs }) => [samples, inputs.get('x')?.shape])).toEqual(
        new Array(count / 4).fill([4, [4, 3]]),
      );
    }
    expect([...feedOf(model, samplesOf('s', randomTensor([6, 3], 1)), { count: 4 }).runs(1)]).toHaveLength(1);
  });

  it.each([
    [eight, 6, /--samples 6: .*\b4 at a time; --samples 4 or 8\b/],
    [eight, 3, /--samples 3: .*\b4 at a time; --samples 4\b/],
    [eight, 9, /--samples 9: s\.npy holds 8 samples/],
    [samplesOf('s.npy', randomTensor([6, 3], 1)), undefined, /6 samples: .*\b4 at a time; --samples 4 takes/],
    [samplesOf('s.npy', randomTensor([1, 3], 1)), undefined, /1 sample: .*\b4 at a time; 4 are needed/],
  ] as const)('are refused otherwise, with what would fit (%#)', (samples, count, message) => {
    expect(() => feedOf(model, samples, { count })).toThrow(UserError);
    expect(() => feedOf(model, samples, { count })).toThrow(message);
  });

  it('never are parts of a run', () => {
    expect(() => feedOf(model, eight).part(2, 4)).toThrow('no whole runs');
    expect(() => feedOf(model, eight).part(0, 6)).toThrow('no whole runs');
  });
});
