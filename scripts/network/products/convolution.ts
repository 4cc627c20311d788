import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { integerOf, integersOf, textOf } from '../onnx/nodes.js';
import { type Axis, type Contraction, stridesOf } from './contraction.js';

/** What convolutions have along one dimension. */
interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** From the first to the last element of the kernel. */
  readonly reach: number;
}

function windowsOf(node: NodeProto, kernel: readonly number[]): Window[] {
  const one = kernel.map(() => 1);
  const [strides, dilations] = [integersOf(node, 'strides', one), integersOf(node, 'dilations', one)];
  return kernel.map((size, i) => {
    const dilation = dilations[i] as number;
    return { kernel: size, stride: strides[i] as number, dilation, reach: (size - 1) * dilation + 1 };
  });
}

/** Padding before and after each dimension: given, or such that `total` is shared out. */
function padsOf(node: NodeProto, windows: readonly Window[], total: (i: number) => number): [number, number][] {
  const auto = textOf(node, 'auto_pad', 'NOTSET');
  const pads = integersOf(
    node,
    'pads',
    [...windows, ...windows].map(() => 0),
  );
  return windows.map((_, i) => {
    if (auto === 'NOTSET') return [pads[i] as number, pads[windows.length + i] as number];
    if (auto === 'VALID') return [0, 0];
    const [less, more] = [Math.floor(Math.max(total(i), 0) / 2), Math.ceil(Math.max(total(i), 0) / 2)];
    return auto === 'SAME_UPPER' ? [less, more] : [more, less];
  });
}

/** Filters F x C/groups x kernel over N x C x size: a group's channels and the kernel are added up. */
export function convolution(node: NodeProto, aShape: readonly number[], bShape: readonly number[]): Contraction {
  const { batch, channels, size, groups } = sizesOf(node, aShape, bShape);
  const [filters = 0, depth = 0, ...kernel] = bShape;
  const windows = windowsOf(node, kernel);
  const pads = padsOf(node, windows, (i) => {
    const { stride, reach } = windows[i] as Window;
    return (Math.ceil((size[i] as number) / stride) - 1) * stride + reach - (size[i] as number);
  });
  const padded = size.map((length, i) => length + (pads[i]?.[0] as number) + (pads[i]?.[1] as number));
  const out = windows.map(({ stride, reach }, i) => Math.floor(((padded[i] as number) - reach) / stride) + 1);
  const [aShapePadded, outShape] = [
    [batch, channels, ...padded],
    [batch, filters, ...out],
  ];
  const [a, b, o] = [stridesOf(aShapePadded), stridesOf(bShape), stridesOf(outShape)];
  const at = (list: readonly number[], i: number): number => list[i] as number;
  return {
    batch: [
      {
        size: groups,
        a: (channels / groups) * at(a, 1),
        b: (filters / groups) * at(b, 0),
        out: (filters / groups) * at(o, 1),
      },
    ],
    m: [
      { size: batch, a: at(a, 0), b: 0, out: at(o, 0) },
      ...out.map(
        (length, i): Axis => ({
          size: length,
          a: (windows[i] as Window).stride * at(a, i + 2),
          b: 0,
          out: at(o, i + 2),
        }),
      ),
    ],
    k: [
      { size: depth, a: at(a, 1), b: at(b, 1), out: 0 },
      ...windows.map(
        ({ kernel: length, dilation }, i): Axis => ({
          size: length,
          a: dilation * at(a, i + 2),
          b: at(b, i + 2),
          out: 0,
        }),
      ),
    ],
    n: [{ size: filters / groups, a: 0, b: at(b, 0), out: at(o, 1) }],
    ...(pads.flat().some((pad) => pad !== 0)
      ? { padded: { inner: aShape, low: [0, 0, ...pads.map(([low]) => low)], outer: aShapePadded } }
      : {}),
    outShape,
    channelDims: { a: [], b: [1] },
  };
}

/**
 * Filters C x F/groups x kernel spread from every place of N x C x size: a group's channels are added up in the product,
 * and what falls on the same place of the result after it.
 */
export function transposedConvolution(
  node: NodeProto,
  aShape: readonly number[],
  bShape: readonly number[],
): Contraction {
  const { batch, channels, size, groups } = sizesOf(node, aShape, bShape);
  const [, filters = 0, ...kernel] = bShape;
  const windows = windowsOf(node, kernel);
  const extra = integersOf(
    node,
    'output_padding',
    kernel.map(() => 0),
  );
  const wanted = integersOf(node, 'output_shape', []).slice(-kernel.length);
  const full = windows.map(({ stride, reach }, i) => ((size[i] as number) - 1) * stride + reach + (extra[i] as number));
  // Without a size asked for, SAME makes stride times the input's.
  const sized = textOf(node, 'auto_pad', 'NOTSET').startsWith('SAME')
    ? windows.map(({ stride }, i) => wanted[i] ?? stride * (size[i] as number))
    : wanted;
  const pads = sized.length > 0 ? shared(node, full, sized) : padsOf(node, windows, () => 0);
  const out = full.map((length, i) => length - (pads[i]?.[0] as number) - (pads[i]?.[1] as number));
  const [fullShape, outShape] = [full, out].map((each) => [batch, filters * groups, ...each]) as [number[], number[]];
  const [a, b, o] = [stridesOf(aShape), stridesOf(bShape), stridesOf(fullShape)];
  const at = (list: readonly number[], i: number): number => list[i] as number;
  const depth = channels / groups;
  return {
    batch: [{ size: groups, a: depth * at(a, 1), b: depth * at(b, 0), out: filters * at(o, 1) }],
    m: [
      { size: batch, a: at(a, 0), b: 0, out: at(o, 0) },
      ...windows.map(
        ({ stride }, i): Axis => ({ size: size[i] as number, a: at(a, i + 2), b: 0, out: stride * at(o, i + 2) }),
      ),
    ],
    k: [{ size: depth, a: at(a, 1), b: at(b, 0), out: 0 }],
    n: [
      { size: filters, a: 0, b: at(b, 1), out: at(o, 1) },
      ...windows.map(
        ({ kernel: length, dilation }, i): Axis => ({
          size: length,
          a: 0,
          b: at(b, i + 2),
          out: dilation * at(o, i + 2),
        }),
      ),
    ],
    cropped: { inner: outShape, low: [0, 0, ...pads.map(([low]) => low)], outer: fullShape },
    outShape,
    channelDims: { a: [], b: [1] },
  };
}

/** What is to be cut off where the size of the result is given: SAME_UPPER cuts less at the beginning. */
function shared(node: NodeProto, full: readonly number[], wanted: readonly number[]): [number, number][] {
  const upper = textOf(node, 'auto_pad', 'NOTSET') === 'SAME_UPPER';
  return full.map((length, i) => {
    const total = Math.max(length - (wanted[i] as number), 0);
    const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return upper ? [less, more] : [more, less];
  });
}

function sizesOf(node: NodeProto, aShape: readonly number[], bShape: readonly number[]) {
  const [batch = 0, channels = 0, ...size] = aShape;
  if (aShape.length !== bShape.length || size.length === 0) {
    throw new UserError(`an input of ${aShape.join(' x ')} does not fit filters of ${bShape.join(' x ')}`);
  }
  return { batch, channels, size, groups: integerOf(node, 'group', 1) };
}
