import type { EngineDesign } from '../../rtl/engine/engine.js';
import { type Identity, identityLines } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { xmlComment } from '../diagrams.js';
import type { RenderedFile } from '../rendered-file.js';

/** The block diagram of an engine, with its widths. */
export function renderEngineDiagram({ config, machine, buffers, top }: EngineDesign, identity: Identity): RenderedFile {
  const { rows, cols, lanes, requantiseLanes, accumulatorBits } = machine;
  const size = (name: string): string => {
    const buffer = buffers.find((each) => each.name === name);
    return `${buffer?.words} x ${buffer?.wordBits} bits`;
  };
  const view = {
    header: xmlComment(identityLines(`Block diagram of ${top.name}.`, identity)),
    ...{ name: config.name, rows, cols, lanes, requantiseLanes, accumulatorBits },
    ...{ busBits: config.busBits, addressBits: config.addressBits, outstanding: config.outstanding },
    ...{ activation: size('activation'), weight: size('weight'), constant: size('constant'), output: size('output') },
  };
  return { path: 'block-diagram.svg', text: renderTemplate('design/engine/block-diagram.svg', view) };
}
