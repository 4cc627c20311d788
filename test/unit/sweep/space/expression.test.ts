import { describe, expect, it } from 'vitest';
import { evaluated, type Names, parseExpression, rangeOf } from '../../../../scripts/sweep/space/expression.js';
import type { Kind, Value } from '../../../../scripts/sweep/space/operators.js';

const names: Names = new Map([
  ['rows', { kind: 'number', range: { least: 1, most: 64 } }],
  ['area', { kind: 'number', range: { least: 0, most: Number.POSITIVE_INFINITY } }],
  ['rate.ResNet18', { kind: 'number' }],
  ['accuracy.vit', { kind: 'number', range: { least: 0, most: 100 } }],
  ['accuracy.residual', { kind: 'number', range: { least: 0, most: 100 } }],
  ['dataflow', { kind: 'word', words: ['os', 'ws'] }],
  ['weights', { kind: 'list', words: ['int4', 'flint4'] }],
  ['scan', { kind: 'condition' }],
]);
const values = new Map<string, Value>([
  ['rows', 8],
  ['area', 50],
  ['rate.ResNet18', 4],
  ['dataflow', 'ws'],
  ['weights', ['int4', 'flint4']],
  ['scan', false],
]);
const value = (text: string, kind: Kind = 'number'): Value => evaluated(parseExpression(text, kind, names), values);

describe('an expression', () => {
  it('is computed as it is written', () => {
    const expected: Record<string, Value> = {
      '2 + 3 * rows': 26,
      '(2 + 3) * rows': 40,
      'area per rate.ResNet18': 12.5,
      'area per rate * 2': 25,
      '-rows % 3': -2,
      'min(rows, area, 3) + max(1, 2)': 5,
      'ceil(area / 3) - floor(area / 3)': 1,
      'log2(rows) + sqrt(4) + count(weights)': 7,
    };
    for (const [text, result] of Object.entries(expected)) expect(value(text), text).toBe(result);
  });

  it('may be a condition', () => {
    const expected: Record<string, boolean> = {
      'rows <= 8 and dataflow == "ws"': true,
      "rows < 8 or dataflow != 'ws'": false,
      "not scan and has(weights, 'flint4')": true,
      'not (rows > 1 and rows >= 9)': true,
      'scan == false': true,
    };
    for (const [text, result] of Object.entries(expected)) expect(value(text, 'condition'), text).toBe(result);
  });

  it('holds in no condition on what is not known', () => {
    for (const text of ['accuracy.vit > 0', 'accuracy.vit <= 100', 'accuracy.vit == 1', 'accuracy.vit != 1']) {
      expect(value(text, 'condition'), text).toBe(false);
    }
  });

  it('names the parameters and values that it reads, whole', () => {
    expect([...parseExpression('area per rate + rows', 'number', names).names]).toEqual([
      'area',
      'rate.ResNet18',
      'rows',
    ]);
  });

  it('is refused with what is wrong', () => {
    const wrong: Record<string, RegExp> = {
      '': /empty/,
      'rows +': /character 7/,
      'rows area': /several/,
      'rosw * 2': /rosw .*rows/,
      'accuracy > 90': /accuracy\.vit, accuracy\.residual/,
      "dataflow == 'oss'": /oss.*os, ws/,
      "has(weights, 'int5')": /int5/,
      'dataflow + 1': /\+ takes a number, and has a word/,
      '1 < rows < 3': /< takes a number, and has a condition/,
      'rows == dataflow': /== takes a number, and has a word/,
      'sin(rows)': /\bsin\b/,
      'constructor(rows)': /\bconstructor\b/,
      'min()': /takes 1 or more/,
      'rows ? 1 : 2': /numbers, names/,
      'rows[0]': /points between/,
      '[1, 2]': /numbers, names/,
      'rows = 3': /=/,
      this: /numbers, names/,
    };
    for (const [text, message] of Object.entries(wrong)) {
      expect(() => parseExpression(text, 'number', names), text).toThrow(message);
    }
    expect(() => parseExpression('rows', 'condition', names)).toThrow(/is a number, not a condition/);
    expect(() => parseExpression('rows > 1', 'number', names)).toThrow(/is a condition, not a number/);
  });
});

describe('the range of an expression', () => {
  const range = (text: string, kind: Kind = 'number') => {
    const { least, most } = rangeOf(parseExpression(text, kind, names).root);
    return [least, most];
  };

  it('holds all values that it may have', () => {
    const all = Number.POSITIVE_INFINITY;
    const expected: Record<string, [number, number]> = {
      'rows + 1': [2, 65],
      '1 - rows': [-63, 0],
      'rows * -2': [-128, -2],
      '1 per rows': [1 / 64, 1],
      '1 per area': [0, all],
      '-1 / area': [-all, all],
      'area * 0': [0, 0],
      'rate * 2': [-all, all],
      'min(rows, 10)': [1, 10],
      'max(rows, 10)': [10, 64],
      'log2(rows)': [0, 6],
    };
    for (const [text, bounds] of Object.entries(expected)) {
      for (const [i, bound] of range(text).entries()) expect(bound, text).toBeCloseTo(bounds[i] as number, 9);
    }
  });

  it('tells conditions that never hold, or always', () => {
    const [never, always, either] = [
      [0, 0],
      [1, 1],
      [0, 1],
    ];
    expect(range('rows > 64', 'condition')).toEqual(never);
    expect(range('rows >= 65', 'condition')).toEqual(never);
    expect(range('rows >= 64', 'condition')).toEqual(either);
    expect(range('rows < 65', 'condition')).toEqual(always);
    expect(range('rows == 65 or rows == 66', 'condition')).toEqual(never);
    expect(range('not (rows == 65)', 'condition')).toEqual(always);
    expect(range('accuracy.vit <= 100 and rows > 3', 'condition')).toEqual(either);
    expect(range("dataflow == 'os'", 'condition')).toEqual(either);
  });
});
