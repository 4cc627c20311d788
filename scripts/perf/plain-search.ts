import { type Machine, packing } from './machine.js';
import type { Problem } from './problem.js';

/** The best candidate of the published search. */
export interface PlainResult {
  readonly cycles: number;
  readonly energy: number;
  /** Candidates looked at. */
  readonly candidates: number;
}

const cdiv = (a: number, b: number): number => Math.ceil(a / b);

/** Which loops a tensor depends on. */
const LOOPS_OF = { a: ['B', 'W', 'H', 'I'], w: ['I', 'O'], r: ['B', 'W', 'H', 'O'] } as const;
type Tensor = keyof typeof LOOPS_OF;
type Loop = 'B' | 'W' | 'H' | 'I' | 'O';

const ORDERS: readonly (readonly Loop[])[] = permutations(['B', 'W', 'H', 'I', 'O']);

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** Powers of two up to a dimension, and the dimension itself. */
function tiles(size: number): number[] {
  return Array.from({ length: Math.ceil(Math.log2(size)) + 1 }, (_, i) => Math.min(2 ** i, size));
}

/** Candidates of a problem: tile sizes of four dimensions, the outputs' rows and columns alike, and loop orders. */
export function candidateCount({ batch, output, inChannels, outChannels }: Problem): number {
  return [batch, output.height, inChannels, outChannels].reduce(
    (count, size) => count * tiles(size).length,
    ORDERS.length,
  );
}

/**
 * The published search as it is stated: every tile size and all 120 loop orders of one problem, nothing skipped, nothing
 * remembered. It is the definition that `bestSchedule` is held against, and what its speed is compared with.
 */
export function plainSearch(problem: Problem, machine: Machine): PlainResult {
  const { batch: B, inChannels: IC, outChannels: OC, bits: p } = problem;
  const [K, O] = [problem.kernel.height, problem.output.height];
  const f = packing(machine, p);
  const [Nf, Mf] = [machine.rows * f, machine.cols * f];
  const caps = { w: machine.weightCapacity, a: machine.activationCapacity, r: machine.resultCapacity };
  let best = { cycles: Number.POSITIVE_INFINITY, energy: Number.POSITIVE_INFINITY };
  let candidates = 0;
  for (const order of ORDERS) {
    for (const b of tiles(B)) {
      for (const o of tiles(O)) {
        for (const ic of tiles(IC)) {
          for (const oc of tiles(OC)) {
            candidates++;
            const n = { B: cdiv(B, b), W: cdiv(O, o), H: cdiv(O, o), I: cdiv(IC, ic), O: cdiv(OC, oc) };
            const size = {
              w: cdiv(K * K * ic, Nf) * Nf * oc * p,
              a: o * o * cdiv(K * K * ic, Mf) * Mf * b * p,
              r: o * o * oc * b * 16,
            };
            if (size.w > caps.w || size.a > caps.a) continue;
            const most = { ...size };
            const promotable = { w: true, a: true, r: true };
            for (const loop of order) {
              for (const tensor of ['w', 'a', 'r'] satisfies Tensor[]) {
                const depends = (LOOPS_OF[tensor] as readonly Loop[]).includes(loop);
                if (!promotable[tensor]) size[tensor] *= n[loop];
                else if (depends) {
                  size[tensor] *= n[loop];
                  if (size[tensor] > caps[tensor]) promotable[tensor] = false;
                  else most[tensor] = tensor === 'r' ? 0 : size[tensor];
                }
              }
            }
            const T = n.B * n.W * n.H * n.I * n.O;
            const V = oc * o * o * b;
            const R = K * K * ic;
            const { weightsStay: stays } = machine;
            const compute = stays
              ? T * b * o * o * cdiv(oc, Mf) * cdiv(R, Nf)
              : T * cdiv(b * o * o, Nf) * cdiv(oc, Mf) * R;
            const first = most.w + most.a;
            const latency = cdiv(first, machine.interfaceBits) + cdiv(most.r, machine.interfaceBits);
            const middle = size.w + size.a + size.r - first - most.r;
            const stall = Math.max(0, cdiv(middle, machine.interfaceBits) - compute) + latency;
            const cycles = compute + stall;
            if (cycles > best.cycles) continue;
            const { buffer, dram } = machine;
            const sums = stays ? T * V * R * 16 : T * V * 16;
            let energy = cycles * (machine.coreLeakage + machine.sramLeakage + dram.search.background);
            energy += (cycles - stall) * machine.coreDynamic;
            energy += (stays ? T * R * oc * p : T * V * R * p) * buffer.weightRead;
            energy += size.w * buffer.weightWrite;
            energy += T * V * R * p * buffer.activationRead;
            energy += size.a * buffer.activationWrite;
            energy += (size.r + sums) * buffer.resultRead;
            energy += sums * buffer.resultWrite;
            energy += (size.w + size.a) * dram.search.read;
            energy += size.r * dram.search.write;
            if (cycles < best.cycles || energy < best.energy) best = { cycles, energy };
          }
        }
      }
    }
  }
  return { ...best, candidates };
}
