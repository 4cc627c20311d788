import type { CommandOf } from '../../commands/encode.js';
import { modulo, outputPixels } from '../../commands/walk.js';

/** The words of the taps of all output pixels: pixels x taps x words of a tap, -1 for padding. */
export interface Windows {
  readonly pixels: number;
  readonly taps: number;
  readonly words: number;
  readonly addresses: Int32Array;
}

/**
 * Where the windows of a command lie, by the additions that the command tells.
 *
 * @param start Address of the first word of the first tap.
 * @param words Words of a tap.
 */
export function windows(command: CommandOf<'product' | 'vector'>, start: number, words: number): Windows {
  const { out_height, out_width, kernel_height, kernel_width } = command;
  const [pixels, taps] = [outputPixels(command), kernel_height * kernel_width];
  const addresses = new Int32Array(pixels * taps * words);
  let index = 0;
  let pixel = start;
  for (let row = 0; row < pixels / out_width; row++) {
    const oy = row % out_height;
    for (let ox = 0; ox < out_width; ox++) {
      let tap = pixel;
      for (let ky = 0; ky < kernel_height; ky++) {
        const y = oy * command.stride_y + ky * command.dilation_y - command.pad_top;
        for (let kx = 0; kx < kernel_width; kx++) {
          const x = ox * command.stride_x + kx * command.dilation_x - command.pad_left;
          const inside = y >= 0 && y < command.in_height && x >= 0 && x < command.in_width;
          for (let q = 0; q < words; q++) addresses[index++] = inside ? modulo(tap + q) : -1;
          tap += words - 1 + (kx + 1 < kernel_width ? command.a_tap_x : command.a_tap_y);
        }
      }
      pixel += ox + 1 < out_width ? command.a_step_x : command.a_step_y;
    }
  }
  return { pixels, taps, words, addresses };
}
