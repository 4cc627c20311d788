import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import type { ToolIdentity } from '../tools/yosys/identity.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { proveCheck } from './prove.js';
import type { FormalRequest } from './request.js';
import { holds, type PropertyResult, propertyName } from './verdict.js';

/** The results of a design, in the order of its modules. */
export interface DesignResults {
  readonly name: string;
  readonly results: readonly PropertyResult[];
}

export interface FormalReport {
  readonly tool: ToolIdentity;
  readonly limitSeconds: number;
  readonly designs: readonly DesignResults[];
  /** Properties that do not hold, or are not decided and not allowed to be, as `MODULE.PROPERTY`; all must be proved. */
  readonly failed: readonly string[];
}

/**
 * Proves the properties of designs.
 *
 * @param onResult Is told of each as it is decided.
 * @throws UserError (exit code 3) when Yosys is missing or breaks down.
 */
export async function proveDesigns(
  { designs, limitSeconds, allowed }: FormalRequest,
  yosys: Yosys,
  onResult: (result: PropertyResult) => void = () => {},
): Promise<FormalReport> {
  const jobs = designs.flatMap(({ folder, manifest, checks }) =>
    checks.map((check) => ({ name: manifest.configuration.name, folder, check })),
  );
  const done = await mapLimit(jobs, TOOLS_AT_A_TIME, async ({ name, folder, check }) => {
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    return { name, results: await proveCheck({ yosys, read, limitSeconds }, check, onResult) };
  });
  const results = designs.map(({ manifest: { configuration } }) => ({
    name: configuration.name,
    results: done.filter(({ name }) => name === configuration.name).flatMap((each) => each.results),
  }));
  const failed = results.flatMap((design) => design.results.filter((result) => !holds(result, allowed)));
  return { tool: yosys.identity, limitSeconds, designs: results, failed: failed.map(propertyName) };
}

/** Whether all properties hold, and there are some. */
export const formalPasses = ({ designs, failed }: FormalReport): boolean =>
  failed.length === 0 && designs.length > 0 && designs.every(({ results }) => results.length > 0);
