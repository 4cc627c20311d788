import { type CecVerdict, hasVerdict, readVerdict, searchEnded } from '../../tools/yosys/cec.js';
import type { TextFiles, Yosys } from '../../tools/yosys/interface.js';
import { MODULES, type Module, type ModulePair } from '../../tools/yosys/module.js';
import { timed } from '../../tools/yosys/timed.js';
import { conflictsOf, withOpenInputs } from '../../tools/yosys/wiring.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { cutRegisters, unmodelledCells } from './cut.js';
import { type MergedNets, mergedNets, withoutCounterpart } from './merged.js';
import {
  type Compared,
  counterexampleScript,
  GATE,
  GOLD,
  type GoldScripts,
  miterScript,
  PROOF_FILES,
} from './scripts.js';
import { ENGINE, type ModuleProof, type ProofResult, readCounterexample } from './verdict.js';

/** A script that leaves a module to be compared. */
interface ReadJob {
  /** What it is about, for messages. */
  readonly title: string;
  readonly script: string;
  readonly inputs: TextFiles;
}

const moduleOf = (json: string | undefined, name: string): Module =>
  MODULES.parse(JSON.parse(json ?? '')).modules[name] as Module;

/** RTL that can be compared. */
export interface Gold {
  readonly module: Module;
  /** Which of its registers may be one in the netlist, as synthesis has it; asked for only where the netlist lacks some. */
  readonly merged: () => Promise<MergedNets>;
}

/** The RTL as the scripts of `goldScripts` leave it. */
export async function readGold(
  yosys: Yosys,
  { scripts, ...job }: Omit<ReadJob, 'script'> & { readonly scripts: GoldScripts },
): Promise<Gold> {
  const { gold, merged } = PROOF_FILES;
  const { outputs } = await runYosys(yosys, { ...job, script: scripts.gold, outputs: [gold] });
  return {
    module: moduleOf(outputs[gold], GOLD),
    merged: async () => {
      const optimised = await runYosys(yosys, { ...job, script: scripts.merged, outputs: [merged] });
      return mergedNets(moduleOf(optimised.outputs[merged], GOLD));
    },
  };
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
  const { log, outOfTime } = await runYosys(yosys, { ...job, script, outputs: [], cpuSeconds, answered: hasVerdict });
  return outOfTime ? 'undecided' : readVerdict(log);
}

/** A proof, or the simulation in its place where there is none but could be. */
export async function orSimulated(
  proof: ProofResult,
  simulate: (why: string) => Promise<ProofResult>,
): Promise<ProofResult> {
  return proof.result === 'open' && proof.unmodelled === undefined ? simulate(proof.why) : proof;
}

/** The result for a netlist, with the time that it took. @param settle Gets the Yosys that it has to use. */
export async function timedProof(
  names: Pick<ModuleProof, 'label' | 'netlist'>,
  yosys: Yosys,
  settle: (yosys: Yosys) => Promise<ProofResult>,
): Promise<ModuleProof> {
  const { value: outcome, seconds } = await timed(yosys, settle);
  return { ...names, outcome, seconds };
}

export interface EqualRequest {
  readonly yosys: Yosys;
  /** What is compared, for messages. */
  readonly name: string;
  readonly gold: Gold;
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
  const lacking = withoutCounterpart(gold.module, gate.module);
  const cut = cutRegisters(gold.module, gate.module, lacking.length > 0 ? await gold.merged() : undefined);
  if ('problem' in cut) return { result: 'open', why: cut.problem };
  const assumed = cut.assumed === undefined ? 'equivalent' : await compare(yosys, name, cut.assumed, limitSeconds);
  if (assumed !== 'equivalent') {
    const some = lacking.slice(0, 3).join(', ');
    return {
      result: 'open',
      why: `${lacking.length} registers have no counterpart, such as ${some}, and are not proved constant or equal to others`,
    };
  }
  const open = withOpenInputs(cut);
  const verdict = await compare(yosys, name, open, limitSeconds);
  switch (verdict) {
    case 'equivalent':
      return { result: 'proved', by: ENGINE, registers: cut.registers };
    case 'different': {
      const job = miterJob(name, open);
      const script = counterexampleScript(limitSeconds);
      const { log } = await runYosys(yosys, { ...job, script, outputs: [], answered: searchEnded });
      return { result: 'different', by: ENGINE, outputs: readCounterexample(log) };
    }
    case 'undecided':
      return { result: 'open', why: `not decided within the limits (${limitSeconds} s)` };
    case 'not understood':
      return { result: 'open', why: "ABC's output is not understood" };
  }
}

const miterJob = (name: string, { gold, gate }: ModulePair): MiterJob => ({
  title: `${name}, proof`,
  inputs: { [PROOF_FILES.cut]: JSON.stringify({ modules: { [GOLD]: gold, [GATE]: gate } }) },
});

const compare = (yosys: Yosys, name: string, pair: ModulePair, limitSeconds: number): Promise<CecVerdict> =>
  decide(yosys, miterJob(name, pair), limitSeconds);
