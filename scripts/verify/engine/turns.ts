import type { Command } from '../../../gen/commands/encode.js';
import { bufferNumber } from './programs.js';

const isLoad = (each: Command): boolean => each.name === 'load';
const isLoadOfTable = (each: Command): boolean => each.name === 'load' && each.buffer === bufferNumber('table');
const computes = (each: Command): boolean => each.name === 'product' || each.name === 'vector';

/**
 * Layers that take a few parts of the buffers in turn, with the tokens that this needs: a layer's first load waits for the
 * product and the stores of the layer that had its part before, and a load of the table for those of the layer before. Its first
 * product waits for the same stores, too, which the load has done: so that all kinds of tokens are there.
 *
 * @param begins The first command of each layer.
 */
export function takeTurns(commands: readonly Command[], begins: readonly number[], parts: number): Command[] {
  /** Layers for whose product the load unit has waited. */
  let waited = 0;
  return begins.flatMap((begin, layer) => {
    const own = commands.slice(begin, begins[layer + 1]);
    const firstLoad = own.findIndex(isLoad);
    const table = own.findIndex(isLoadOfTable);
    const [firstProduct, lastProduct] = [own.findIndex(computes), own.findLastIndex(computes)];
    const lastStore = own.length - 1;
    return own.map((each, i): Command => {
      if (each.name === 'load') {
        const wanted = table >= 0 && i <= table ? layer : layer - parts + 1;
        const waits = waited < wanted;
        if (waits) waited++;
        return { ...each, wait_compute: waits ? 1 : 0, wait_store: i === firstLoad && layer >= parts ? 1 : 0 };
      }
      if (each.name === 'product' || each.name === 'vector') {
        const waits = i === firstProduct && layer >= parts;
        return { ...each, signal_load: i === lastProduct ? 1 : 0, wait_store: waits ? 1 : 0 };
      }
      return each.name === 'store' && i === lastStore ? { ...each, signal_load: 1, signal_compute: 1 } : each;
    });
  });
}
