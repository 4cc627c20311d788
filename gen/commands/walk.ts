import type { CommandOf, FieldValues } from './encode.js';

/** A window that walks over an image in the activation buffer. */
export interface WindowWalk {
  /** Word of pixel (0, 0), and words from a pixel to the next and from a row to the next. */
  readonly start: number;
  readonly pixelWords: number;
  readonly rowWords: number;
  /** Words of each tap: those of the product's channels; 1 for a vector command. */
  readonly tapWords: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly padTop: number;
  readonly padLeft: number;
  /** Images one below the other; 1 unless given. Each begins outHeight * strideY rows below the one before. */
  readonly images?: number;
}

/** The fields of a product or vector command that tell its walk. */
export function walkFields(walk: WindowWalk): Partial<FieldValues<'product'>> & Partial<FieldValues<'vector'>> {
  const { pixelWords: p, rowWords: r, strideX, strideY, dilationX, dilationY, padTop, padLeft } = walk;
  const last = walk.tapWords - 1;
  return {
    a_start: modulo(walk.start - padTop * r - padLeft * p),
    a_step_x: modulo(strideX * p),
    a_step_y: modulo(strideY * r - (walk.outWidth - 1) * strideX * p),
    a_tap_x: modulo(dilationX * p - last),
    a_tap_y: modulo(dilationY * r - (walk.kernelWidth - 1) * dilationX * p - last),
    in_height: walk.inHeight,
    in_width: walk.inWidth,
    out_height: walk.outHeight,
    out_width: walk.outWidth,
    kernel_height: walk.kernelHeight,
    kernel_width: walk.kernelWidth,
    stride_y: strideY,
    stride_x: strideX,
    dilation_y: dilationY,
    dilation_x: dilationX,
    pad_top: padTop,
    pad_left: padLeft,
    more_images: (walk.images ?? 1) - 1,
  };
}

/** Output pixels of a command, of all images. */
export const outputPixels = (
  command: Pick<CommandOf<'product' | 'vector'>, 'out_height' | 'out_width' | 'more_images'>,
): number => command.out_height * command.out_width * (1 + command.more_images);

/** Addresses in buffers count modulo this. */
export const ADDRESSES = 65536;

/** An address in a buffer, modulo 65536. */
export const modulo = (address: number): number => ((address % ADDRESSES) + ADDRESSES) % ADDRESSES;
