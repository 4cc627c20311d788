import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { findIcarus, firstPage, type Icarus, outputsOf, simulate } from '../../support/first-page.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-reset-'));
let icarus: Icarus;

beforeAll(async () => {
  icarus = await findIcarus();
});

const ARCHITECTURES: readonly RawConfiguration[] = [
  { rows: 3, cols: 2, pipeline: 2 },
  { rows: 3, cols: 2, busSegment: 1 },
  { rows: 4, cols: 4, clusterRows: 2, clusterCols: 2 },
  { dataflow: 'ws', rows: 3, cols: 2, pipeline: 2 },
  { arch: 'dot', rows: 2, cols: 2, lanes: 3, pipeline: 4 },
];

const STYLES = [
  { stall: 'gate', reset: 'sync' },
  { stall: 'gate', reset: 'sync', clockGate: 'bufgce' },
  { stall: 'gate', reset: 'async' },
  { stall: 'enable', reset: 'sync' },
  { stall: 'enable', reset: 'async' },
];

describe.each(ARCHITECTURES)('the reset of %j', (raw) => {
  const designOf = (style: object) => {
    const { folder, design } = generate(validateConfiguration({ ...raw, ...style }), mkdtempSync(join(out, 'design-')));
    return { folder, name: design.config.name, page: firstPage(readFileSync(join(folder, 'datasheet.md'), 'utf8')) };
  };

  it.each(STYLES)('of the least length is enough after power-up and in a stall: %j', async (style) => {
    const design = designOf(style);
    const { reset } = loadDesign(design.folder);
    expect(reset.leastEdges).toBe(style.stall === 'gate' && style.reset === 'sync' ? 2 : 1);
    expect(readFileSync(join(design.folder, 'datasheet.md'), 'utf8')).toContain(
      `This design needs ${reset.leastEdges}.`,
    );
    for (const early of [false, true]) {
      for (const stalled of [false, true]) {
        const run = await simulate(icarus, { ...design, reset: { edges: reset.leastEdges, stalled, early } });
        expect(run, `stalled ${stalled}, early ${early}`).toEqual({
          outputs: outputsOf(design.page),
          quiet: true,
          accepted: true,
          stalled,
        });
      }
    }
  });

  it('of one edge misses what a closed clock gate stops', async () => {
    const design = designOf({ stall: 'gate', reset: 'sync' });
    const run = await simulate(icarus, { ...design, reset: { edges: 1, stalled: true } });
    expect(run.stalled).toBe(true);
    expect(run.quiet && run.accepted && isDeepStrictEqual(run.outputs, outputsOf(design.page))).toBe(false);
  });

  it('leaves the state unknown if there is none', async () => {
    const design = designOf({ stall: 'enable' });
    const run = await simulate(icarus, { ...design, reset: { edges: 0 } });
    expect(run.outputs).not.toEqual(outputsOf(design.page));
  });
});
