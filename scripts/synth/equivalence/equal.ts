import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { cutRegisters, unmodelledCells } from './cut.js';
import { MODULES, type Module } from './module.js';
import { type Compared, counterexampleScript, GATE, GOLD, miterScript, PROOF_FILES } from './scripts.js';
import {
  type CecVerdict,
  ENGINE,
  type ModuleProof,
  type ProofResult,
  readCounterexample,
  readVerdict,
} from './verdict.js';
import { conflictsOf, withOpenInputs } from './wiring.js';

/** A script that leaves a module to be compared. */
interface ReadJob {
  /** What it is about, for messages. */
  readonly title: string;
  readonly script: string;
  readonly inputs: TextFiles;
}

const moduleOf = (json: string | undefined, name: string): Module =>
  MODULES.parse(JSON.parse(json ?? '')).modules[name] as Module;

/** The RTL as `goldScript` leaves it. */
export async function readGold(yosys: Yosys, job: ReadJob): Promise<Module> {
  const { outputs } = await runYosys(yosys, { ...job, outputs: [PROOF_FILES.gold] });
  return moduleOf(outputs[PROOF_FILES.gold], GOLD);
}

/** A netlist that can be compared. */
export interface Gate {
  readonly module: Module;
  /** Its nets that are driven more than once. */
  readonly conflicts: readonly string[];
}

/** The netlist as `gateScript` leaves it. */
export async function readGate(yosys: Yosys, job: ReadJob): Promise<Gate> {
  const { drivers, gate } = PROOF_FILES;
  const { outputs } = await runYosys(yosys, { ...job, outputs: [drivers, gate] });
  return { module: moduleOf(outputs[gate], GATE), conflicts: conflictsOf(moduleOf(outputs[drivers], GATE)) };
}

/** CPU time that ABC gets beyond its limit, to which it does not always keep: some of its engines look at the clock too seldom. */
const GRACE_SECONDS = 30;

/** Files that hold two modules, for ABC. */
interface MiterJob {
  readonly title: string;
  readonly inputs: TextFiles;
}

/** What ABC finds of two modules within its limit. @param compared Which they are, if not those cut at their registers. */
export async function decide(
  yosys: Yosys,
  job: MiterJob,
  limitSeconds: number,
  compared?: Compared,
): Promise<CecVerdict> {
  const script = miterScript(limitSeconds, compared);
  const cpuSeconds = limitSeconds + GRACE_SECONDS;
  const { log, outOfTime } = await runYosys(yosys, { ...job, script, outputs: [], cpuSeconds });
  return outOfTime ? 'undecided' : readVerdict(log);
}

/** A proof, or the simulation in its place where there is none but could be. */
export async function orSimulated(
  proof: ProofResult,
  simulate: (why: string) => Promise<ProofResult>,
): Promise<ProofResult> {
  return proof.result === 'open' && proof.unmodelled === undefined ? simulate(proof.why) : proof;
}

/** The result for a netlist, with the time that it took. */
export async function timedProof(
  names: Pick<ModuleProof, 'label' | 'netlist'>,
  settle: () => Promise<ProofResult>,
): Promise<ModuleProof> {
  const start = performance.now();
  const outcome = await settle();
  return { ...names, outcome, seconds: Math.round(performance.now() - start) / 1000 };
}

export interface EqualRequest {
  readonly yosys: Yosys;
  /** What is compared, for messages. */
  readonly name: string;
  readonly gold: Module;
  readonly gate: Gate;
  /** For ABC. */
  readonly limitSeconds: number;
}

/** Proves a netlist equal to its RTL register by register, shows where it differs, or says why it can do neither. */
export async function proveEqual({ yosys, name, gold, gate, limitSeconds }: EqualRequest): Promise<ProofResult> {
  if (gate.conflicts.length > 0) return { result: 'conflicting', nets: gate.conflicts };
  const unmodelled = unmodelledCells(gate.module);
  if (unmodelled.length > 0) {
    return { result: 'open', why: `Yosys has no simulation model of ${unmodelled.join(', ')}`, unmodelled };
  }
  const cut = cutRegisters(gold, gate.module);
  if ('problem' in cut) return { result: 'open', why: cut.problem };
  const open = withOpenInputs(cut);
  const inputs = { [PROOF_FILES.cut]: JSON.stringify({ modules: { [GOLD]: open.gold, [GATE]: open.gate } }) };
  const job = { title: `${name}, proof`, inputs };
  const verdict = await decide(yosys, job, limitSeconds);
  if (verdict === 'different' && cut.constants > 0) {
    return {
      result: 'open',
      why: `${cut.constants} registers have no counterpart; they are not constant, or the rest differs`,
    };
  }
  switch (verdict) {
    case 'equivalent':
      return { result: 'proved', by: ENGINE, registers: cut.registers };
    case 'different': {
      const counterexample = await runYosys(yosys, { ...job, script: counterexampleScript(limitSeconds), outputs: [] });
      return { result: 'different', by: ENGINE, outputs: readCounterexample(counterexample.log) };
    }
    case 'undecided':
      return { result: 'open', why: `not decided within the limits (${limitSeconds} s)` };
    case 'not understood':
      return { result: 'open', why: "ABC's output is not understood" };
  }
}
