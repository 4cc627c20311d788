import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { type Candidates, candidateTypes, requireFamilies } from '../../../../scripts/network/quantise/families.js';

const port = (names: string): NumericType[] => names.split(',').map(numericType);
const DEFAULT = ['int', 'flint', 'pot'];
const ACTIVATIONS = port('int4,flint4,pot4,uint4,uflint4');

describe('candidateTypes', () => {
  it.each<[string, Candidates, boolean, string]>([
    ['signed data', { families: DEFAULT, bits: 4 }, true, 'int4,flint4,pot4'],
    ['data without negative values', { families: DEFAULT, bits: 4 }, false, 'uint4,uflint4,upot4'],
    ['the order asked for', { families: ['pot', 'int'], bits: 3 }, true, 'pot3,int3'],
    ['every family', { families: ['int', 'flint', 'pot', 'float'], bits: 4 }, true, 'int4,flint4,pot4,e2m1'],
    ['unsigned floats', { families: ['float'], bits: 4 }, false, 'ue2m2'],
    ['floats of 6 bits', { families: ['float'], bits: 6 }, true, 'e2m3'],
    ['types by name', { families: ['e2m1', 'e3m0'], bits: 4 }, true, 'e2m1,e3m0'],
    ['a signed type by name on positive data', { families: ['e2m1'], bits: 4 }, false, 'e2m1'],
    ['an unsigned type by name on negative data', { families: ['uint4', 'pot'], bits: 4 }, true, 'pot4'],
    ['a type named twice', { families: ['int', 'int4'], bits: 4 }, true, 'int4'],
    ['6 bits', { families: DEFAULT, bits: 6 }, true, 'int6,flint6,pot6'],
    ['7 bits: integers only', { families: DEFAULT, bits: 7 }, true, 'int7'],
    ['8 bits: integers only', { families: DEFAULT, bits: 8 }, false, 'uint8'],
    ['8 bits by name', { families: ['int', 'e4m3', 'flint8'], bits: 8 }, true, 'e4m3,flint8'],
    ['8 bits with names of 4 bits', { families: ['e2m1'], bits: 8 }, true, 'int8'],
    ['a port', { families: DEFAULT, bits: 4, port: ACTIVATIONS }, true, 'int4,flint4,pot4'],
    ['a port without upot4', { families: DEFAULT, bits: 4, port: ACTIVATIONS }, false, 'uint4,uflint4,pot4'],
    ['a port with fewer', { families: DEFAULT, bits: 4, port: port('flint4,int8') }, true, 'flint4'],
    ['a signed port, positive data', { families: DEFAULT, bits: 4, port: port('int4,flint4') }, false, 'int4,flint4'],
  ])('%s', (_, candidates, negative, wanted) => {
    const types = candidateTypes(candidates, negative, 'x');
    expect(types.map(({ name }) => name).join(',')).toBe(wanted);
  });

  it.each<[string, Candidates, boolean, RegExp]>([
    [
      'unsigned ports',
      { families: DEFAULT, bits: 4, port: port('uint4') },
      true,
      /^w: .*\bint, flint, pot\b.*\b4 bits\b.*negative.*\buint4$/,
    ],
    [
      'another width',
      { families: ['int'], bits: 4, port: port('int8') },
      false,
      /its values; the design's port has int8/,
    ],
    ['an unsigned name', { families: ['uint4'], bits: 4 }, true, /^w: .*\buint4\b.*negative/],
  ])('refuses %s', (_, candidates, negative, message) => {
    const choose = () => candidateTypes(candidates, negative, 'w');
    expect(choose).toThrow(UserError);
    expect(choose).toThrow(message);
  });
});

describe('requireFamilies', () => {
  it.each<[string[], number]>([
    [DEFAULT, 4],
    [[...DEFAULT, 'float'], 3],
    [['float'], 8],
    [['flint'], 3],
    [['e2m1'], 4],
    [['e4m3', 'int8'], 8],
    [['int', 'pot'], 2],
  ])('takes %j of %i bits', (families, bits) => {
    expect(() => requireFamilies(families, bits)).not.toThrow();
  });

  it.each<[string[], number, RegExp]>([
    [[], 4, /^--types: /],
    [['int', 'posit'], 4, /^--types: posit .*\bint, flint, pot, float\b.*\be2m1\b/],
    [['int9'], 8, /^--types: int9 /],
    [['Int'], 4, /^--types: Int /],
    [['flint'], 2, /^--types: .*\bflint of 2 bits/],
    [['float'], 2, /^--types: .*\bfloat of 2 bits/],
  ])('refuses %j of %i bits', (families, bits, message) => {
    expect(() => requireFamilies(families, bits)).toThrow(UserError);
    expect(() => requireFamilies(families, bits)).toThrow(message);
  });
});
