import { bitsFor } from '../operand.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import { type BlockArithmetic, mayBeInfinite, SIGNIFICAND_BITS } from './arithmetic.js';
import { countOf, countZeros, halvings, normalise, type Section, type WireView } from './wires.js';

/** Bits behind the significand that adding keeps; the last of them is 1 if any bit beyond was. */
const KEPT = 3;

/** From a term to the accumulator's next value. Right-hand sides name the signals of the term through `signal`. */
export function adding(blocks: BlockArithmetic, signal: (name: string) => string): Section[] {
  const hasInfinity = mayBeInfinite(blocks);
  const { termBits, placeBits, subnormal, offset, overflows } = blocks;
  const sigBits = Math.max(termBits, SIGNIFICAND_BITS);
  const width = sigBits + KEPT;
  const keyBits = placeBits + sigBits;
  const pad = (bits: number): string => (bits > 0 ? `, ${literal(bits, 0)}` : '');
  const accExp = subnormal ? '{acc[30:24], acc[23] | ~normal}' : 'acc[30:23]';
  const accPlace =
    offset > 0 ? `{${literal(placeBits - 8, offset / 256)}, ${accExp}}` : zeroExtend(accExp, 8, placeBits);
  const exponent = (key: string): string => slice(key, keyBits, keyBits - 1, sigBits);
  const significand = (key: string): string => slice(key, keyBits, sigBits - 1, 0);
  const shifts = Array.from({ length: bitsFor(width) }, (_, i) => 2 ** i).reverse();
  const shiftBits = shifts.length;
  const far = placeBits > shiftBits ? `|${slice('distance', placeBits, placeBits - 1, shiftBits)}` : "1'd0";
  return [
    {
      comment: 'A new sum starts from +0.',
      wires: [
        { name: 'acc', width: 32, value: 'acc_q & {32{~first_i}}' },
        { name: 'normal', width: 1, value: '|acc[30:23]' },
        { name: 'special', width: 1, value: '&acc[30:23]' },
      ],
    },
    {
      comment: 'Of accumulator and term, the larger one stays, the smaller one moves right.',
      wires: [
        { name: 'subtract', width: 1, value: `acc[31] ^ ${signal('term_sign')}` },
        {
          name: 'acc_key',
          width: keyBits,
          value: `{${accPlace}, normal, acc[22:0]${pad(sigBits - SIGNIFICAND_BITS)}}`,
        },
        {
          name: 'term_key',
          width: keyBits,
          value: `{${signal('term_place')}, ${signal('term_sig')}${pad(sigBits - termBits)}}`,
        },
        { name: 'swap', width: 1, value: `${signal('term_sig')}[${termBits - 1}] & (acc_key < term_key)` },
        { name: 'larger', width: keyBits, value: 'swap ? term_key : acc_key' },
        { name: 'smaller', width: keyBits, value: 'swap ? acc_key : term_key' },
        { name: 'distance', width: placeBits, value: `${exponent('larger')} - ${exponent('smaller')}` },
        { name: 'far', width: 1, value: far },
        {
          name: 'shift',
          width: shiftBits,
          value: `${slice('distance', placeBits, shiftBits - 1, 0)} | ${replicate(shiftBits, 'far')}`,
        },
      ],
    },
    {
      comment: `Shift right by ${shifts.join(', ')}. Three bits more are kept; the last of them is 1 if any bit beyond was.`,
      wires: alignment(significand('smaller'), width, shifts),
    },
    {
      comment: subnormal
        ? 'Add or subtract. The difference is negative only where both are subnormal, and then turned over; the 1 that is\n  // missing comes with the rounding.'
        : 'Add or subtract. The difference is never negative.',
      wires: [
        {
          name: 'total',
          width: width + 1,
          value: `{1'd0, ${significand('larger')}, 3'd0} + ({1'd0, aligned} ^ ${replicate(width + 1, 'subtract')}) + ${zeroExtend('subtract', 1, width + 1)}`,
        },
        ...(subnormal
          ? [
              { name: 'reversed', width: 1, value: `subtract & total[${width}]` },
              { name: 'difference', width: width + 1, value: `total ^ ${replicate(width + 1, 'reversed')}` },
            ]
          : []),
      ],
    },
    ...(subnormal ? limitedShift(width + 1, placeBits, exponent('larger'), offset) : freeShift(width + 1)),
    {
      comment: `Round. ${subnormal ? 'Where the leading one is missing, the exponent is that of subnormal numbers, 0.' : 'A carry out of the fraction goes into the exponent.'}`,
      wires: [
        ...rounding(width + 1, subnormal),
        { name: 'top', width: 1, value: `leading[${width}]` },
        {
          name: 'exponent',
          width: placeBits,
          value: `(${subnormal ? 'base' : exponent('larger')} - ${zeroExtend(subnormal ? 'moved' : 'zeros', halvings(width + 1).length, placeBits)} + ${literal(placeBits, 1)}) & ${replicate(placeBits, 'top')}`,
        },
        {
          name: 'rounded',
          width: placeBits + 23,
          value: `{exponent, leading[${width - 1}:${width - 23}]} + ${zeroExtend('up', 1, placeBits + 23)}`,
        },
        {
          name: 'sign',
          width: 1,
          value: `(|total) & (swap ? ${signal('term_sign')} : acc[31]${subnormal ? ' ^ reversed' : ''})`,
        },
      ],
    },
    {
      comment: `${overflows ? 'Beyond the largest number lies infinity. ' : ''}NaN stays NaN${hasInfinity || overflows ? ', infinity less infinity is NaN' : ''}.`,
      wires: [
        {
          name: 'nan',
          width: 1,
          value: `${signal('term_nan')} | (special & acc[22])${hasInfinity ? ` | (special & ${signal('term_inf')} & subtract)` : ''}`,
        },
        ...(overflows || hasInfinity
          ? [
              {
                name: 'infinite',
                width: 1,
                value: [
                  'special',
                  ...(hasInfinity ? [signal('term_inf')] : []),
                  ...(overflows ? [overflow(placeBits)] : []),
                ].join(' | '),
              },
              {
                name: 'infinite_sign',
                width: 1,
                value: hasInfinity
                  ? `special ? acc[31] : ${signal('term_inf')} ? ${signal('term_sign')} : sign`
                  : 'special ? acc[31] : sign',
              },
            ]
          : []),
      ],
    },
  ];
}

/** Whether a rounded exponent is 255 or more. */
const overflow = (placeBits: number): string =>
  `(&rounded[30:23])${placeBits > 8 ? ` | (|rounded[${placeBits + 22}:31])` : ''}`;

function alignment(smaller: string, width: number, shifts: readonly number[]): WireView[] {
  let current = `{${smaller}, 3'd0}`;
  const first: WireView = { name: 'shifted', width, value: current };
  current = 'shifted';
  return [
    first,
    ...shifts.map((by, i): WireView => {
      const name = i === shifts.length - 1 ? 'aligned' : `right_${by}`;
      const before = current;
      current = name;
      const bit = slice('shift', shifts.length, shifts.length - 1 - i, shifts.length - 1 - i);
      // All that leaves, and the bit it leaves into, is one bit.
      const moved =
        by >= width
          ? `{${literal(width - 1, 0)}, |${before}}`
          : `{${literal(by, 0)}${width - 1 > by ? `, ${slice(before, width, width - 1, by + 1)}` : ''}, |${slice(before, width, by, 0)}}`;
      return { name, width, value: `${bit} ? ${moved} : ${before}` };
    }),
  ];
}

function freeShift(width: number): Section[] {
  return [
    {
      comment: `Shift left by ${halvings(width).join(', ')}, until the leading one is at the top.`,
      wires: [
        ...normalise('total', width, 'clear', 'front'),
        { name: 'leading', width, value: 'front_1' },
        countOf('zeros', width, 'clear'),
      ],
    },
  ];
}

/** As far as the exponent allows: subnormal numbers keep the place of their exponent. */
function limitedShift(width: number, placeBits: number, larger: string, offset: number): Section[] {
  const bits = halvings(width).length;
  return [
    {
      comment: 'Zeros before the leading one.',
      wires: [...countZeros('difference', width, 'clear', 'front'), countOf('zeros', width, 'clear')],
    },
    {
      comment: 'Shift left, but to exponent 1 at most.',
      wires: [
        { name: 'base', width: placeBits, value: `${larger} - ${literal(placeBits, offset)}` },
        {
          name: 'moved',
          width: bits,
          value: `(base < ${zeroExtend('zeros', bits, placeBits)}) ? ${slice('base', placeBits, bits - 1, 0)} : zeros`,
        },
        { name: 'leading', width, value: `(difference << moved) | ${zeroExtend('reversed', 1, width)}` },
      ],
    },
  ];
}

/** Whether to round up, by the bits behind the significand. */
function rounding(width: number, subnormal: boolean): WireView[] {
  const guard = width - SIGNIFICAND_BITS - 1;
  const rest = slice('leading', width, guard - 1, 0);
  const even = `leading[${guard}] & (leading[${guard + 1}] | (|${rest}))`;
  if (!subnormal) return [{ name: 'up', width: 1, value: even }];
  return [
    {
      name: 'up',
      width: 1,
      value: `reversed ? leading[${guard}] | ((&${rest}) & leading[${guard + 1}]) : ${even}`,
    },
  ];
}

/** The accumulator's next value. */
export function result(blocks: BlockArithmetic): string {
  const finite = '{sign, rounded[30:0]}';
  const infinity = blocks.overflows || mayBeInfinite(blocks) ? `infinite ? {infinite_sign, 31'h7f800000} : ` : '';
  return `nan ? 32'h7fc00000 : ${infinity}${finite}`;
}
