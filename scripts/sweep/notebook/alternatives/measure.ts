import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { loneUnit, proveLone } from '../../../synth/equivalence/lone.js';
import { cellModels } from '../../../synth/equivalence/prove.js';
import type { Flow } from '../../../synth/flow-names.js';
import type { CriticalPath } from '../../../synth/path.js';
import { keptFlow } from '../../../synth/report.js';
import { synthesise } from '../../../synth/synthesise.js';
import type { LibraryIdentity } from '../../../tools/liberty/identity.js';
import type { Library } from '../../../tools/liberty/library.js';
import { inScratch } from '../../../tools/scratch.js';
import type { ToolIdentity } from '../../../tools/yosys/identity.js';
import type { Yosys } from '../../../tools/yosys/interface.js';
import { ALTERNATIVES, type Alternative, ideaOf, KINDS, type Kind, type Reference } from './list.js';
import { proveAlternative } from './prove.js';
import { generatedPe, readAlternative } from './sources.js';

export interface AlternativesRequest {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  readonly kind: Kind;
  readonly onProgress: (done: number, all: number, what: string) => void;
}

/** A PE with what it costs. */
export interface AlternativeRow {
  readonly name: string;
  readonly of: Reference;
  readonly idea: string;
  /** `generated`: what others are held against. */
  readonly operands: Alternative['operands'] | 'generated';
  readonly gateEquivalents: number;
  /** Gate equivalents over those of the generated PE. */
  readonly ratio: number;
  readonly flipFlopBits: number;
  readonly flow: Flow;
  readonly path: CriticalPath;
}

export interface AlternativesReport {
  readonly kind: Kind;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly rows: readonly AlternativeRow[];
}

/** What synthesis alone tells of a PE. */
type Measured = Pick<AlternativeRow, 'gateEquivalents' | 'flipFlopBits' | 'flow' | 'path'>;

/**
 * Synthesises the generated PEs of a kind and every alternative by all flows of the area report, and proves those that should do
 * the same.
 *
 * @throws UserError when Yosys fails (exit code 3), or a proof does (1).
 */
export async function measureAlternatives(request: AlternativesRequest): Promise<AlternativesReport> {
  const { yosys, library, kind, onProgress } = request;
  const references: readonly Reference[] = KINDS[kind];
  const alternatives = ALTERNATIVES.filter(({ of }) => references.includes(of));
  const all = references.length + alternatives.length + alternatives.filter(isProved).length;
  let done = 0;
  const step = (what: string): void => onProgress(done++, all, what);
  const models = library === undefined ? undefined : await cellModels(yosys, library);
  const measure = (module: string, text: string): Promise<Measured> => {
    step(`synthesising ${module}`);
    return smallest(request, models, module, text);
  };
  const rows: AlternativeRow[] = [];
  for (const of of references) {
    const generated = generatedPe(of);
    const reference = await measure(generated.module, generated.text);
    rows.push({
      ...reference,
      name: generated.module,
      of,
      idea: 'as it is generated',
      operands: 'generated',
      ratio: 1,
    });
    for (const alternative of alternatives.filter((each) => each.of === of)) {
      const { name, operands } = alternative;
      const text = readAlternative(name);
      if (isProved(alternative)) {
        step(`proving ${name}`);
        await proveAlternative(yosys, generated, alternative, text);
      }
      const row = await measure(name, text);
      const ratio = row.gateEquivalents / reference.gateEquivalents;
      rows.push({ ...row, name, of, idea: ideaOf(text), operands, ratio });
    }
  }
  return { kind, tool: yosys.identity, library: library?.identity ?? null, rows };
}

const isProved = ({ operands }: Alternative): boolean => operands !== 'not proved';

/**
 * The smaller of the netlists of all flows, proved equal to its Verilog.
 *
 * @param models Verilog of the library's cells.
 * @throws UserError (exit code 1) when it is not.
 */
async function smallest(
  { yosys, library }: AlternativesRequest,
  models: string | undefined,
  module: string,
  verilog: string,
): Promise<Measured> {
  return inScratch('alternatives', async (folder) => {
    const unit = loneUnit(module);
    writeFileSync(join(folder, `${module}.v`), verilog);
    const context = { yosys, folder, library };
    const syntheses = {
      alumacc: await synthesise(context, unit, 'alumacc'),
      noalumacc: await synthesise(context, unit, 'noalumacc'),
    };
    const flow = keptFlow(syntheses);
    const { size, path, netlist } = syntheses[flow];
    const proof = await proveLone({ yosys, folder, models, unit, text: netlist });
    if (proof.result !== 'proved') {
      throw new UserError(`the netlist of ${module} is not proved equal to it: ${proof.result}`, EXIT.checkFailed);
    }
    const { gateEquivalents, flipFlopBits } = size;
    return { gateEquivalents, flipFlopBits, flow, path };
  });
}
