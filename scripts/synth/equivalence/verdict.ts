import type { CecVerdict } from '../../tools/yosys/cec.js';

/** What is known of a module's netlist against its RTL. */
export type ProofResult =
  | { readonly result: 'proved'; readonly by: typeof ENGINE; readonly registers: number }
  /** `outputs`: ports and registers' inputs that differ for one input; empty where none was found in time. */
  | { readonly result: 'different'; readonly by: typeof ENGINE; readonly outputs: readonly string[] }
  /** Not to be compared with anything: the nets named are driven more than once. */
  | { readonly result: 'conflicting'; readonly nets: readonly string[] }
  /** Not proved, for the reason given, but all vectors passed on the netlist. */
  | { readonly result: 'simulated'; readonly why: string; readonly vectors: number }
  | { readonly result: 'failed simulation'; readonly why: string; readonly failure: string }
  /** Neither proved nor simulated; `unmodelled`: cells of which Yosys has no simulation model, so that neither can be done. */
  | { readonly result: 'open'; readonly why: string; readonly unmodelled?: readonly string[] };

export const ENGINE = 'ABC &cec, register by register';

/** The result of one netlist. */
export interface ModuleProof {
  /** As the report's table calls the module. */
  readonly label: string;
  /** The netlist's module and, with `.v`, its file. */
  readonly netlist: string;
  readonly outcome: ProofResult;
  readonly seconds: number;
}

/** What the report says of the proof of its netlists. */
export interface ProofReport {
  /** For ABC, per module. */
  readonly limitSeconds: number;
  readonly modules: readonly ModuleProof[];
}

/** Whether a netlist is what its RTL is, as far as proof or simulation can tell. */
export function isAccepted({ result }: ProofResult): boolean {
  switch (result) {
    case 'proved':
    case 'simulated':
      return true;
    case 'different':
    case 'conflicting':
    case 'failed simulation':
    case 'open':
      return false;
  }
}

/** Whether no proof was asked for, or every netlist passed, and there are some. */
export function proofPasses(proof: ProofReport | undefined): boolean {
  return proof === undefined || (proof.modules.length > 0 && proof.modules.every(({ outcome }) => isAccepted(outcome)));
}

/** Whether the search of Yosys' `sat` for an input that makes a difference ended, and found one. */
export function readSearch(log: string): CecVerdict {
  if (/^SAT proof finished - no model found: SUCCESS!$/m.test(log)) return 'equivalent';
  if (/^SAT proof finished - model found: FAIL!$/m.test(log)) return 'different';
  return /^Interrupted SAT solver: TIMEOUT!$/m.test(log) ? 'undecided' : 'not understood';
}

/** The outputs that differ, in the model that Yosys' `sat` shows; empty where it found none in time. */
export function readCounterexample(log: string): string[] {
  return [...log.matchAll(/^ +\\cmp_(\S+) +0 /gm)].map(([, output]) => (output ?? '').replace(/^\\/, ''));
}
