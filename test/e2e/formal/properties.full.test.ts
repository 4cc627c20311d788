/** @module-tag rest */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { proveDesigns } from '../../../scripts/formal/formal.js';
import { FORMAL_MATRIX } from '../../../scripts/formal/matrix.js';
import { formalRequest } from '../../../scripts/formal/request.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { CASES, outcomesOf, VIOLATED } from '../../support/formal.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-formal-full-'));
afterAll(() => rmSync(out, { recursive: true }));

let yosys: Yosys;
beforeAll(async () => {
  yosys = await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' });
});

describe.each(CASES)('the properties of $module', ({ raw, module, breaks }) => {
  it.each(breaks)('see %s violated where it has no %j', async (property, change) => {
    expect(await outcomesOf(yosys, raw, module, change, property)).toEqual({ [property]: VIOLATED });
  });
});

/** Designs besides those of `npm run formal`. */
const DESIGNS: readonly RawConfiguration[] = [
  { name: 'one', rows: 1, cols: 1, reset: 'async' },
  { name: 'clusters', rows: 4, cols: 4, clusterRows: 2, clusterCols: 2, wideActivations: ['int8'] },
  { name: 'stages', rows: 5, cols: 3, pipeline: 3, busSegment: 1 },
  { name: 'stays', rows: 4, cols: 2, dataflow: 'ws', pipeline: 2, stall: 'enable' },
];

describe('all properties', () => {
  it.each([...FORMAL_MATRIX, ...DESIGNS])('are proved of $name', async (raw) => {
    const { folder } = generate(validateConfiguration(raw), out, { replace: true });
    const request = formalRequest([folder], { limit: '300' });
    const report = await proveDesigns(request, yosys);
    expect(report.failed).toEqual([]);
    expect(report.designs[0]?.results.length).toBeGreaterThanOrEqual(6);
  });
});
