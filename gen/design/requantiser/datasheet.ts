import { REQUANTISER_KEYS } from '../../config/requantiser.js';
import { levels } from '../../numerics/codec.js';
import { inPorts } from '../../rtl/port-map.js';
import { type Identity, identityLines } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RequantiserDesign } from '../../rtl/requantise/design.js';
import type { SignedRange } from '../../rtl/requantise/widths.js';
import { instantiation } from '../datasheet/instance.js';
import { packingNotes } from '../datasheet/packing.js';
import { resetNotes } from '../datasheet/reset.js';
import type { RenderedFile } from '../rendered-file.js';

/** The datasheet of a requantiser, in Markdown. */
export function renderRequantiserDatasheet(design: RequantiserDesign, identity: Identity): RenderedFile {
  const { config, top, widths, latency, modules } = design;
  const view = {
    header: identityLines(`Datasheet of ${top.name}.`, identity).join('\n'),
    ...{ name: config.name, lanes: config.lanes, latency, top: top.name, slow: false, synth: 'synth' },
    definition: definitionOf(design),
    bound: BOUNDS[config.clip],
    rounding: ROUNDINGS[config.rounding],
    instance: instantiation(top.name, top.ports),
    ports: top.ports,
    packing: packingNotes(config.ports),
    notes: resetNotes({ stall: 'enable', reset: config.reset }),
    types: widths.types.map((type, i) => {
      const table = levels(type);
      return { selector: i, name: type.name, bits: type.bits, least: table[0]?.value, greatest: table.at(-1)?.value };
    }),
    widths: widthRows(design),
    delayLines: [],
    modules: modules.map(({ name, instances, title }) => ({ name, count: instances ?? 1, title })),
    parameters: REQUANTISER_KEYS.map((key) => {
      const value = config[key];
      return { key, value: Array.isArray(value) ? value.join(' ') : value };
    }),
  };
  const text = inPorts(design.ports, renderTemplate('design/requantiser-datasheet.md', view));
  return { path: 'datasheet.md', text: `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n` };
}

const BOUNDS = {
  none: [],
  relu: ['With `relu_i` high, a value below zero becomes 0 before it is rounded.'],
  bounds: [
    'A value below `low_i` becomes that before it is rounded, and one above `high_i` becomes that. `low_i` is not above `high_i`; ReLU is a `low_i` of 0.',
  ],
} as const;

const ROUNDINGS = {
  up: 'A value halfway between two of the type becomes the larger one.',
  even: 'A value halfway between two integers becomes the even one; of types that are no integers, the larger one.',
} as const;

function definitionOf({ config }: RequantiserDesign): string {
  const addend = config.addendBits > 0 ? ' + addend[l] * addend_multiplier' : '';
  return `value[l] = ((sum[l] + bias[l]) * multiplier[l]${addend}) / 2^shift`;
}

/** The signals of a lane and all values that they can have. */
function widthRows({ config, widths }: RequantiserDesign) {
  const row = (name: string, { bits, least, greatest }: SignedRange) => ({ name, bits, least, greatest });
  const { biased, product, addend, scaled, doubledBits, saturates } = widths;
  const most = 2n ** BigInt(doubledBits - 1);
  return {
    rows: [
      row('sum + bias', biased),
      row('(sum + bias) * multiplier', product),
      ...(addend === null ? [] : [row('addend * addend_multiplier', addend)]),
      row('before the shift', scaled),
      row('twice the value, as the encoder gets it', { bits: doubledBits, least: -most, greatest: most - 1n }),
    ],
    saturates: saturates
      ? ["A value beyond the range of the encoder's input becomes the nearest end of it, which no type tells apart."]
      : [],
    shift: 2 ** config.shiftBits - 1,
  };
}
