import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../base/errors.js';
import { replaceFolder } from '../base/folder.js';
import { configurationDifferences } from '../config/differences.js';
import type { RawConfiguration } from '../config/raw.js';
import { MANIFEST_FILE, sha256 } from './manifest.js';
import type { RenderedFile } from './rendered-file.js';

/**
 * Writes a design's folder: into a temporary folder beside it, moved into place when complete. A previous design there
 * is replaced where its configuration is the same, or where asked for; on any failure it stays as it was.
 *
 * @returns The by-products of programs that were removed with the previous design.
 * @throws UserError when the folder holds something else than a design as it was generated, or one of another
 * configuration, or cannot be written.
 */
export function writeDesign(
  folder: string,
  files: readonly RenderedFile[],
  { configuration, replace }: { readonly configuration: RawConfiguration; readonly replace: boolean },
): string[] {
  requireOutsideDesigns(folder);
  const removed = existsSync(folder) ? requireReplaceable(folder) : [];
  if (existsSync(folder) && !replace) requireSame(folder, configuration);
  replaceFolder(
    folder,
    files.map(({ path, text }) => ({ path, content: text })),
  );
  return removed;
}

const WAYS_OUT = 'choose another --name or --out';

/** @throws UserError when a folder lies in that of a design, which would then hold what is foreign to it. */
function requireOutsideDesigns(folder: string): void {
  const parent = dirname(resolve(folder));
  if (readManifest(parent) !== undefined)
    throw new UserError(`--out: ${parent} is the folder of a design; ${WAYS_OUT}`);
  if (parent !== dirname(parent)) requireOutsideDesigns(parent);
}

/** The by-products in the folder of a design, which is that alone. @throws UserError where it holds anything else. */
function requireReplaceable(folder: string): string[] {
  if (!isReplaceable(folder)) {
    throw new UserError(`${folder} exists and is no design (it has no ${MANIFEST_FILE}); remove it, or ${WAYS_OUT}`);
  }
  const { foreign, byProducts } = addedFiles(folder);
  if (foreign.length > 0) {
    throw new UserError(
      `${folder} holds what the generator did not write: ${foreign.join(', ')}; move it away, or ${WAYS_OUT}`,
    );
  }
  return byProducts;
}

/** @throws UserError when the manifest of a folder is that of another configuration, naming what differs. */
function requireSame(folder: string, configuration: RawConfiguration): void {
  const found = readManifest(folder)?.configuration;
  if (found === undefined) return;
  const differences = configurationDifferences(found, configuration);
  if (differences.length === 0) return;
  const list = differences.map(({ key, there, here }) => `  ${key}: ${there} there, ${here} asked for`).join('\n');
  throw new UserError(
    `${join(folder, MANIFEST_FILE)} is that of another design:\n${list}\n${WAYS_OUT}, or replace it with --replace`,
  );
}

/** Where the documented commands simulate and measure: the files and folders that they leave in a design's folder. */
const BY_PRODUCT = new RegExp(
  `^(${[
    ...[
      '(area|fpga|period)\\.(json|md)',
      'fpga\\.bin',
      'curve\\.json',
      '(area|period)/netlist/[^/]+\\.v',
      'sim',
      'sim_dir/.+',
      'layout/\\w+/[^/]+\\.(json|svg|v|def|gds|lef|spef|spice)',
    ],
    ...['(vivado|quartus|lattice|cmake)/build/.+', 'openlane/runs/.+'],
    ...['cocotb/(sim_build|__pycache__)/.+', 'cocotb/results\\.xml'],
  ].join('|')})$`,
);

/** A folder that is a by-product as a whole, and what is in it. */
const BY_PRODUCT_FOLDER =
  /^(sim_dir|(?:area|period)\/netlist|\w+\/build|openlane\/runs|layout\/\w+|cocotb\/(?:sim_build|__pycache__))\/.*$/;

/** What a design's folder holds besides its files as they were generated. */
interface AddedFiles {
  /** Files that somebody added or changed. */
  readonly foreign: string[];
  /** What programs and the documented commands left; a folder that is one as a whole, by its name. */
  readonly byProducts: string[];
}

function addedFiles(folder: string): AddedFiles {
  const generated = manifestFiles(folder);
  const benches = [...generated.keys()].flatMap((path) => /^tb\/(\w+_tb)\.v$/.exec(path)?.[1] ?? []);
  const waveforms = benches.map((bench) => `${bench}.vcd`);
  const foreign: string[] = [];
  const byProducts = new Set<string>();
  for (const path of filesOf(folder)) {
    const hash = generated.get(path);
    if (path === MANIFEST_FILE) continue;
    if (hash === undefined && (BY_PRODUCT.test(path) || waveforms.includes(path)))
      byProducts.add(path.replace(BY_PRODUCT_FOLDER, '$1/'));
    else if (hash === undefined) foreign.push(path);
    else if (sha256(readFileSync(join(folder, path))) !== hash) foreign.push(`${path} (changed since)`);
  }
  return { foreign, byProducts: [...byProducts] };
}

/** The paths of all files in a folder and below it, relative to it; empty folders among them, which somebody made. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const below = filesOf(join(folder, entry.name));
    return below.length === 0 ? [entry.name] : below.map((path) => `${entry.name}/${path}`);
  });
}

/** The files that an existing manifest lists, with their hashes; a broken one lists none, and then everything is foreign. */
function manifestFiles(folder: string): ReadonlyMap<string, string> {
  return new Map(readManifest(folder)?.files.map(({ path, sha256: hash }) => [path, hash]));
}

/** What replacing needs of a manifest, which may be that of an earlier version of the generator. */
const ANY_MANIFEST = z.object({
  files: z.array(z.object({ path: z.string(), sha256: z.string() })),
  configuration: z.record(z.string(), z.unknown()),
});

/** The manifest of a folder; none where there is none, or a broken one. */
function readManifest(folder: string): z.output<typeof ANY_MANIFEST> | undefined {
  try {
    return ANY_MANIFEST.safeParse(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function isReplaceable(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  const entries = readdirSync(folder);
  return entries.length === 0 || entries.includes(MANIFEST_FILE);
}
