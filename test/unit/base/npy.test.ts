import { describe, expect, it } from 'vitest';
import { UserError } from '../../../gen/base/errors.js';
import { formatNpy, parseNpy } from '../../../gen/base/npy.js';

const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** Files written by NumPy 2.4 (`numpy.lib.format.write_array`). */
const NUMPY = {
  float16: base64(
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPgDAADQAQv97AYA=',
  ),
  bigEndianFortran: base64(
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/wAAAQEAAAMAAAABHf+AAPoAAALOA2Vk=',
  ),
  version2: base64(
    'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwgMiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5P5qZmZmZmcm/',
  ),
  structured: base64(
    'k05VTVBZAQB2AHsnZGVzY3InOiBbKCd4JywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAAAA',
  ),
};

interface FileParts {
  readonly descr?: string;
  readonly shape?: string;
  readonly data?: Uint8Array;
  readonly fortran?: boolean;
}

/** A version 1.0 file whose data is not aligned. */
function file({ descr = '<f4', shape = '(1, 2)', data = new Uint8Array(8), fortran = false }: FileParts): Uint8Array {
  const order = fortran ? 'True' : 'False';
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length)}\x00${header}`, 'latin1');
  const unaligned = head.length % 4 === 0 ? Buffer.concat([head.subarray(0, -1), Buffer.from(' \n')]) : head;
  if (unaligned !== head) unaligned[8] = header.length + 1;
  return new Uint8Array(Buffer.concat([unaligned, data]));
}

const bytesOf = (values: Float32Array | Float64Array): Uint8Array => new Uint8Array(values.buffer);

const parse = (bytes: Uint8Array) => parseNpy(bytes, 'X.npy');

describe('parseNpy', () => {
  it('reads float16 with its extremes and subnormals', () => {
    expect(parse(NUMPY.float16)).toEqual({
      rows: 2,
      cols: 3,
      data: Float64Array.of(1.5, -2, 0.25, 3, 65504, -(2 ** -24)),
    });
  });

  it('reads big endian and Fortran order', () => {
    expect(parse(NUMPY.bigEndianFortran)).toEqual({
      rows: 2,
      cols: 3,
      data: Float64Array.of(1.5, -2, 0.25, 3, 65504, Math.fround(-6e-8)),
    });
  });

  it.each([
    ['>f2', Uint8Array.of(0x3c, 0x00, 0xc0, 0x00)],
    ['>f8', Uint8Array.of(0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0)],
  ])('reads %s', (descr, data) => {
    expect(parse(file({ descr, data })).data).toEqual(Float64Array.of(1, -2));
  });

  it('reads format version 2.0', () => {
    expect(parse(NUMPY.version2)).toEqual({ rows: 1, cols: 2, data: Float64Array.of(0.1, -0.2) });
  });

  it('reads data at any offset, from a view into a larger buffer', () => {
    const bytes = file({ data: bytesOf(Float32Array.of(1, -2)) });
    const view = new Uint8Array(bytes.length + 3).subarray(3);
    view.set(bytes);
    expect(parse(view).data).toEqual(Float64Array.of(1, -2));
  });

  it.each([
    ['a matrix of one dimension', file({ shape: '(2,)' }), /\b2\b.*\b1\b.*\(2,\)/],
    ['three dimensions', file({ shape: '(1, 1, 2)' }), /\b2\b.*\b3\b.*\(1, 1, 2\)/],
    ['no rows', file({ shape: '(0, 2)', data: new Uint8Array() }), /empty: shape \(0, 2\)/],
    ['a shape that is none', file({ shape: '(1.5, x)' }), /no shape/],
    ['integers', file({ descr: '<i4' }), /'<i4'/],
    ['complex numbers', file({ descr: '<c8' }), /'<c8'/],
    ['a structured type', NUMPY.structured, /float16, float32 or float64.*\[\('x', '<f4'\)\]/],
    ['too little data', file({ data: new Uint8Array(4) }), /\(1, 2\).*\b2\b.*\b1\b/],
    ['too much data', file({ data: new Uint8Array(12) }), /\(1, 2\).*\b2\b.*\b3\b/],
    ['half an element', file({ data: new Uint8Array(7) }), /\b7 bytes/],
    ['a cut header', file({}).subarray(0, 40), /header/],
    ['another file', new TextEncoder().encode('PK, not NumPy at all'), /\bNumPy\b/],
    ['a later format', Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 9, 0, 0, 0, 0, 0]), /version 9\b/],
    ['an empty file', new Uint8Array(), /\bNumPy\b/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parse(bytes)).toThrow(UserError);
    expect(() => parse(bytes)).toThrow(message);
    expect(() => parse(bytes)).toThrow(/^X\.npy/);
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('names the element that is %s', (text, value) => {
    const data = bytesOf(Float64Array.of(1, 2, 3, 4, 5, value));
    expect(() => parse(file({ descr: '<f8', shape: '(2, 3)', data }))).toThrow(`element [1, 2] is ${text}`);
    expect(() => parse(file({ descr: '<f8', shape: '(3, 2)', data, fortran: true }))).toThrow(
      `element [2, 1] is ${text}`,
    );
  });

  it('names the element in Fortran order by row and column', () => {
    const data = bytesOf(Float64Array.of(1, 2, Number.NaN, 4, 5, 6));
    expect(() => parse(file({ descr: '<f8', shape: '(2, 3)', data, fortran: true }))).toThrow('element [0, 1]');
  });
});

describe('formatNpy', () => {
  it('writes what NumPy writes', () => {
    const matrix = { rows: 1, cols: 2, data: Float64Array.of(0.1, -0.2) };
    const bytes = Buffer.from(formatNpy(matrix));
    expect(bytes.toString('latin1', 0, 8)).toBe('\x93NUMPY\x01\x00');
    expect(bytes.readUInt16LE(8)).toBe(118);
    expect(bytes.toString('latin1', 10, 128)).toBe(
      `${"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117)}\n`,
    );
    expect(bytes.subarray(128)).toEqual(Buffer.from(NUMPY.version2.slice(128)));
  });

  it('is read back as it was, float64 exactly and float32 rounded', () => {
    const matrix = { rows: 3, cols: 2, data: Float64Array.of(0.1, -0, 3e300, 5e-324, Math.PI, -7) };
    expect(parse(formatNpy(matrix))).toEqual(matrix);
    const small = { rows: 1, cols: 2, data: Float64Array.of(0.1, -3) };
    expect(parse(formatNpy(small, 'f4')).data).toEqual(Float64Array.from(Float32Array.from(small.data)));
  });
});
