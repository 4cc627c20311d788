import { EXIT, UserError } from '../../../gen/base/errors.js';
import { type AreaRequest, type MeasuredDesign, measureDesign } from '../measure.js';
import { proveNetlists } from './prove.js';
import { outcomeText } from './render.js';
import { isAccepted, type ProofReport } from './verdict.js';

/** Netlists by how they were shown to equal their RTL. */
export interface ProofCount {
  readonly proved: number;
  readonly simulated: number;
}

export const addProofs = (x: ProofCount, y: ProofCount): ProofCount => ({
  proved: x.proved + y.proved,
  simulated: x.simulated + y.simulated,
});

/** How netlists were shown, of a report of which all were. */
export function countProofs({ modules }: ProofReport): ProofCount {
  const simulated = modules.filter(({ outcome }) => outcome.result === 'simulated').length;
  return { proved: modules.length - simulated, simulated };
}

/** The count in words, for a report. @param vectors What the simulated netlists are simulated with. */
export const proofText = ({ proved, simulated }: ProofCount, vectors = 'the vectors of npm run verify'): string =>
  `${proved.toLocaleString('en-US')} proved equal to their RTL${simulated > 0 ? `, ${simulated} simulated with ${vectors}` : ''}`;

/** What synthesis makes of a design, and how its netlists were shown to equal their RTL; absent where that was not asked for. */
export interface ProvedDesign extends MeasuredDesign {
  readonly proof?: ProofCount;
  readonly proofs?: ProofReport;
}

/**
 * Measures a design, and proves its netlists or simulates them.
 *
 * @param limitSeconds ABC's for one proof; without, nothing is proved.
 * @throws UserError as `measureDesign`, and (exit code 1) where a netlist is not its RTL.
 */
export async function measureProved(request: AreaRequest, limitSeconds: number | undefined): Promise<ProvedDesign> {
  const measured = await measureDesign(request);
  if (limitSeconds === undefined) return measured;
  const proofs = await proveNetlists({ ...request, ...measured, limitSeconds });
  const { modules } = proofs;
  const wrong = modules.filter(({ outcome }) => !isAccepted(outcome));
  if (wrong.length > 0) {
    const list = wrong.map(({ netlist, outcome }) => `  ${netlist}: ${outcomeText(outcome)}`).join('\n');
    const text = `netlists of ${measured.manifest.configuration.name} are not their RTL:\n${list}`;
    throw new UserError(text, EXIT.checkFailed);
  }
  return { ...measured, proof: countProofs(proofs), proofs };
}
