import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { addProofs, countProofs, type ProofCount, proofText } from '../../../synth/equivalence/proved.js';
import { isAccepted, type ProofReport } from '../../../synth/equivalence/verdict.js';

/** How many netlists of a report are proved, and how many simulated. @throws UserError (exit code 1) where one is neither. */
function countOf(report: ProofReport): ProofCount {
  const wrong = report.modules.filter(({ outcome }) => !isAccepted(outcome)).map(({ netlist }) => netlist);
  if (wrong.length > 0) {
    throw new UserError(`neither proved nor simulated: ${wrong.join(', ')}`, EXIT.checkFailed);
  }
  return countProofs(report);
}

/**
 * What is said under a table of how its netlists were checked.
 *
 * @param proofs Of all reports that the table is made of.
 * @param vectors What netlists that are simulated are simulated with, if not with the vectors of `npm run verify`.
 * @throws UserError (exit code 1) where a report has no proof, a netlist failed, or there is none.
 */
export function netlistsLine(
  proofs: readonly (ProofReport | ProofCount | undefined)[],
  title = 'Netlists',
  vectors?: string,
): string {
  const counts = proofs.map((proof): ProofCount => {
    if (proof === undefined) {
      throw new UserError('a report of the table was made without --prove', EXIT.checkFailed);
    }
    return 'modules' in proof ? countOf(proof) : proof;
  });
  const all = counts.reduce(addProofs, { proved: 0, simulated: 0 });
  if (all.proved + all.simulated === 0) throw new UserError('the table has no netlists', EXIT.checkFailed);
  return `${title}: ${proofText(all, vectors)}.`;
}
