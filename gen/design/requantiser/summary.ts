import type { RequantiserDesign } from '../../rtl/requantise/design.js';
import { folderText, type Written } from '../summary.js';

/** What `gen` reports of a requantiser, for programs. */
export function requantiserSummary(design: RequantiserDesign, { folder, files, removed, packages }: Written) {
  const { config, top, hash, widths, latency } = design;
  return {
    ...{ folder, name: config.name, top: top.name, configurationSha256: hash, types: config.types },
    widths: {
      biased: widths.biased.bits,
      product: widths.product.bits,
      scaled: widths.scaled.bits,
      doubled: widths.doubledBits,
      code: widths.codeBits,
    },
    latencyCycles: latency,
    sumsPerCycle: config.lanes,
    files: files.map(({ path }) => path),
    ...{ removed, packages },
  };
}

/** The same for people. */
export function describeRequantiser(design: RequantiserDesign, written: Written): string {
  const { folder, files } = written;
  const { config, top, widths, latency } = design;
  const { biased, product, scaled, doubledBits, codeBits } = widths;
  return [
    `${folder}: requantiser of ${config.lanes} lanes, ${files.length} files`,
    `  types        ${config.types.join(' ')} in ${codeBits} bits`,
    `  widths       ${config.sumBits} and ${config.biasBits} bits -> ${biased.bits} biased -> ${product.bits} times multiplier -> ${scaled.bits} -> ${doubledBits} encoded: nothing overflows`,
    `  rounding     ${config.rounding === 'up' ? 'to the nearest value, halves to the larger' : 'to the nearest value, halves to the even integer'}`,
    `  latency      ${latency} cycles, ${config.lanes} sums per cycle`,
    `  top          ${top.name} (${config.name}.f, datasheet.md)`,
    ...folderText(written),
    '',
  ].join('\n');
}
