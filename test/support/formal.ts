import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RawConfiguration } from '../../gen/config/raw.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { generate } from '../../gen/design/generate.js';
import { loadDesign } from '../../gen/design/manifest.js';
import { checksOf } from '../../scripts/formal/checks/table.js';
import { proveCheck } from '../../scripts/formal/prove.js';
import type { PropertyOutcome } from '../../scripts/formal/verdict.js';
import type { Yosys } from '../../scripts/tools/yosys/interface.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-formal-'));

/** A piece of a module's text and what takes its place. */
export type Change = readonly [piece: string, replacement: string];

/**
 * What is found of the properties of a module, by their names.
 *
 * @param suffix The module's name behind the design's.
 * @param change Of the text of any of the module's files; of all that hold the piece.
 */
export async function outcomesOf(
  yosys: Yosys,
  raw: RawConfiguration,
  suffix: string,
  change?: Change,
): Promise<Record<string, PropertyOutcome>> {
  const { folder } = generate(validateConfiguration(raw), out, { replace: true });
  const manifest = loadDesign(folder);
  const check = checksOf(manifest).find(({ module }) => module === `${manifest.configuration.name}_${suffix}`);
  if (check === undefined) throw new Error(`no properties of ${suffix}`);
  const texts = new Map(check.files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  if (change !== undefined) {
    const [piece, replacement] = change;
    expect(
      [...texts.values()].filter((text) => text.includes(piece)),
      `${suffix} holds "${piece}"`,
    ).not.toEqual([]);
    for (const [file, text] of texts)
      texts.set(
        file,
        text.replace(piece, () => replacement),
      );
  }
  const results = await proveCheck({ yosys, read: (file) => texts.get(file) ?? '', limitSeconds: 60 }, check);
  expect(results.map(({ property }) => property)).toEqual(check.properties.map(({ name }) => name));
  return Object.fromEntries(results.map(({ property, outcome }) => [property, outcome]));
}

/** The properties that are not proved. */
export const failing = (outcomes: Readonly<Record<string, PropertyOutcome>>): string[] =>
  Object.keys(outcomes).filter((name) => outcomes[name]?.result !== 'proved');
