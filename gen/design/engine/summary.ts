import { decimal } from '../../base/text-table.js';
import type { EngineDesign } from '../../rtl/engine/engine.js';
import { folderText, type Written } from '../summary.js';

/** What `gen` reports of an engine, for programs. */
export function engineSummary(
  { config, top, hash, machine, memories }: EngineDesign,
  { folder, files, removed, packages }: Written,
) {
  return {
    ...{ folder, name: config.name, top: top.name, configurationSha256: hash },
    macsPerCycle: machine.rows * machine.cols * machine.lanes,
    ...{ accumulatorBits: machine.accumulatorBits, requantiseLanes: machine.requantiseLanes },
    memories: memories.map(({ name, instances, words, bits }) => ({ name, instances, words, bits })),
    files: files.map(({ path }) => path),
    ...{ removed, packages },
  };
}

/** The same for people. */
export function describeEngine(design: EngineDesign, written: Written): string {
  const { folder, files } = written;
  const { config, machine, top, memories } = design;
  const { rows, cols, lanes } = machine;
  const buffers = memories.map(({ name, instances, words, bits }) => {
    const size = `${decimal(words)} x ${decimal(bits)}`;
    return `${name} ${instances > 1 ? `${instances} x ` : ''}${size}`;
  });
  return [
    `${folder}: engine of ${rows} x ${cols} PEs, ${files.length} files`,
    `  activations  ${machine.activationTypes.join(' ')}`,
    `  weights      ${machine.weightTypes.join(' ')}`,
    `  array        ${rows * cols * lanes} MAC/cycle, accumulators of ${machine.accumulatorBits} bits, proven for K <= ${config.maxK}`,
    `  requantiser  ${machine.requantiseLanes} ${machine.requantiseLanes === 1 ? 'sum' : 'sums'} per cycle`,
    `  memories     words x bits: ${buffers.join(', ')}`,
    `  bus          AXI4, ${config.busBits} bits of data, ${config.addressBits} of address; registers on AXI4-Lite`,
    `  top          ${top.name} (${config.name}.f, datasheet.md, driver/)`,
    ...folderText(written),
    '',
  ].join('\n');
}
