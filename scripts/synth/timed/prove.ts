import type { Library } from '../../tools/liberty/library.js';
import { type ProofRequest, proveNetlists } from '../equivalence/prove.js';
import type { ProofReport } from '../equivalence/verdict.js';
import type { MappedNetlist } from '../netlist.js';
import { proveTop } from '../sta/prove.js';

interface MappedProofRequest extends ProofRequest {
  readonly netlists: readonly MappedNetlist[];
  readonly library: Library;
  /** The netlist of what is outside the modules, where there is one. */
  readonly top?: string;
}

/**
 * Proves the netlists of a design that was mapped for a period, and the one that holds them where OpenSTA has checked it.
 *
 * @throws UserError as `proveNetlists`.
 */
export async function proveMapped({ top, ...request }: MappedProofRequest): Promise<ProofReport> {
  const report = await proveNetlists(request);
  if (top === undefined) return report;
  return { ...report, modules: [...report.modules, await proveTop({ ...request, top })] };
}
