import { describe, expect, it } from 'vitest';
import { command } from '../../../../gen/commands/encode.js';
import { walkFields } from '../../../../gen/commands/walk.js';
import {
  packConstants,
  packPixels,
  packWeights,
  pixelBytes,
  recordOffset,
  unpackPixels,
} from '../../../../gen/golden/engine/layout.js';
import { windows } from '../../../../gen/golden/engine/walk.js';
import { smallMachine } from './machine.js';

const counted = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the layout of docs/engine-commands.md', () => {
  it('of activations: 20 channels, words of 8 bytes', () => {
    const machine = smallMachine({ rows: 16 });
    const bytes = packPixels(
      machine,
      [...counted(20), ...counted(20).reverse()].map((code) => code & 15),
      20,
      4,
    );
    expect(bytes).toHaveLength(32);
    expect([...bytes.slice(0, 16)]).toEqual([
      0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x10, 0x32, 0, 0, 0, 0, 0, 0,
    ]);
    expect(bytes[16]).toBe(0x23);
    expect(pixelBytes(machine, 20, 8)).toBe(24);
    expect([...unpackPixels(machine, packPixels(machine, counted(40), 20, 8), 20, 8)]).toEqual(counted(40));
  });

  it('of weights: byte 6 of a tile of four columns', () => {
    const machine = smallMachine();
    // 2 taps x 3 channels x 8 columns: the code tells the column and where tap 1, channel 0 is.
    const codes = counted(48).map((i) => (Math.floor(i / 8) === 3 ? 8 + (i % 8) : i % 8));
    const shape = { taps: 2, depth: 3, channels: 8, activationBits: 4, bits: 4 };
    const bytes = packWeights(machine, codes, shape);
    expect(bytes).toHaveLength(24);
    expect([bytes[6], bytes[7], bytes[12 + 6], bytes[0]]).toEqual([0x98, 0xba, 0xdc, 0x10]);
  });

  it('of 8-bit weights: halves by columns, then lanes', () => {
    const machine = smallMachine({ lanes: 2 });
    const shape = { taps: 1, depth: 2, channels: 2, activationBits: 8, bits: 8 };
    expect([...packWeights(machine, [0x12, 0x34, 0x56, 0x78], shape)]).toEqual([0x62, 0x51, 0x84, 0x73]);
    const single = packWeights(smallMachine(), [0x12, 0x34, 0x56, 0x78], shape);
    expect([...single]).toEqual([0x12, 0x34, 0x56, 0x78]);
  });

  it('of constants: records by lanes of the requantiser', () => {
    const machine = smallMachine();
    const bytes = packConstants(
      machine,
      counted(4).map((c) => ({ bias: c - 2, multiplier: 0x1000 + c })),
      4,
    );
    expect([...bytes.slice(0, 8)]).toEqual([0xfe, 0xff, 0xff, 0xff, 0x00, 0x10, 0, 0]);
    expect(counted(4).map((c) => recordOffset(machine, c, 4))).toEqual([0, 16, 8, 24]);
    expect(bytes[8]).toBe(0);
    expect(recordOffset(machine, 0, 1)).toBe(0);
    expect(packConstants(machine, [{ bias: 0, multiplier: 1 }], 1)).toHaveLength(16);
  });
});

it('additions alone lead to the taps of a window', () => {
  const walk = {
    ...{ start: 40, pixelWords: 3, rowWords: 17, tapWords: 2, inHeight: 7, inWidth: 5, outHeight: 3, outWidth: 2 },
    ...{ kernelHeight: 2, kernelWidth: 3, strideY: 2, strideX: 3, dilationY: 3, dilationX: 1, padTop: 1, padLeft: 2 },
  };
  const { addresses } = windows(command('product', walkFields(walk)), walkFields(walk).a_start as number, 2);
  const expected = counted(3 * 2 * 2 * 3 * 2).map((i) => {
    const [q, kx, ky] = [i % 2, Math.floor(i / 2) % 3, Math.floor(i / 6) % 2];
    const [ox, oy] = [Math.floor(i / 12) % 2, Math.floor(i / 24)];
    const [y, x] = [2 * oy + 3 * ky - 1, 3 * ox + kx - 2];
    return y < 0 || y >= 7 || x < 0 || x >= 5 ? -1 : 40 + 17 * y + 3 * x + q;
  });
  expect([...addresses]).toEqual(expected);
  expect(expected).toContain(-1);
});
