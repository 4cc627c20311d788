/** @module-tag rest */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildEngine } from '../../../scripts/verify/engine/engine.js';
import { brokenEngine, engineIn } from '../../support/engine.js';
import { comparedLayers, LAYERS, type LayerCycles } from '../../support/layer-cycles.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-cycles-'));

/** Share of a layer's cycles that its prediction may differ by. */
const MOST = 0.03;

const differences = (layers: readonly LayerCycles[]): LayerCycles[] =>
  layers.filter(({ predicted, measured }) => Math.abs(predicted - measured) > MOST * measured);

const ENGINES = [
  { name: 'cycles_16', rows: 16, cols: 16, weightKib: 128, maxK: 4096 },
  { name: 'cycles_8', rows: 8, cols: 8, lanes: 4, weightKib: 144, maxK: 4096 },
];

const large = { tags: 'long' } as const;

describe.each(ENGINES)('predicted cycles of $name, $rows x $cols', (raw) => {
  const { folder, manifest } = engineIn(out, raw);

  it.each([20, 100])(
    'are those of every layer, with a memory of %d cycles',
    raw.rows === 16 ? large : {},
    async (latency) => {
      const built = await buildEngine(folder, manifest);
      const layers: LayerCycles[] = [];
      for (const what of Object.keys(LAYERS)) layers.push(...(await comparedLayers(built, what, latency)));
      expect(layers.length).toBeGreaterThanOrEqual(Object.keys(LAYERS).length);
      expect(differences(layers)).toEqual([]);
    },
  );
});

describe('predicted cycles', () => {
  it('are not those of an engine that keeps one tile of sums alone', async () => {
    const { folder, manifest } = brokenEngine(out, { name: 'cycles_one', rows: 16, cols: 16 }, (file, text) =>
      file === 'cycles_one_sums.v' ? text.replace("taken_q < 2'd3", "taken_q < 2'd1") : text,
    );
    const built = await buildEngine(folder, manifest);
    expect(differences(await comparedLayers(built, 'a chain of 1 x 1', 100))).not.toEqual([]);
  });
});
