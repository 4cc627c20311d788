import { literal } from '../../verilog.js';

/** The counter that keeps tiles apart; what the partials `grant` read. */
export interface BubbleView {
  /** Whether there is one: else tiles may follow at once. */
  readonly hasBubble: boolean;
  readonly bubbleBits: number;
  /** What has to wait until the counter is 0. */
  readonly spaced: string;
  readonly bubbleValue: string;
  readonly bubbleReset: string;
  readonly bubbleZero: string;
  readonly bubbleOne: string;
}

/**
 * The counter behind a tile's last beat.
 *
 * @param cycles Cycles in which nothing that it keeps apart may enter.
 * @param afterReset Those that it begins with.
 */
export function bubbleCounter(spaced: BubbleView['spaced'], cycles: number, afterReset: number): BubbleView {
  const bubbleBits = cycles.toString(2).length;
  return {
    hasBubble: cycles > 0,
    bubbleBits,
    spaced,
    bubbleValue: literal(bubbleBits, cycles),
    bubbleReset: literal(bubbleBits, afterReset),
    bubbleZero: literal(bubbleBits, 0),
    bubbleOne: literal(bubbleBits, 1),
  };
}
