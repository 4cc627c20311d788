import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import type { EngineBus } from '../../../gen/rtl/engine/bus.js';
import { verifyDma } from '../../../scripts/verify/engine/dma.js';

const BUS: EngineBus = { name: 'small', busBits: 32, addressBits: 32, outstanding: 4, reset: 'sync' };

describe('the units at the bus', () => {
  it.each<EngineBus>([BUS, { name: 'usual', busBits: 128, addressBits: 40, outstanding: 8, reset: 'async' }])(
    'read and write what they are told, keep the rules of AXI and come to an end after errors: $name',
    async (bus) => {
      const outcome = await verifyDma(bus, randomSource(1), { rounds: 60 });
      expect(outcome.failure).toBeUndefined();
      expect(outcome.vectors).toBeGreaterThan(10_000);
    },
  );
});
