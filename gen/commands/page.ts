import { markdownLines } from '../base/text-table.js';
import { canBeIllegal, type Field, placeOf } from './field.js';
import { MULTIPLIED_SUM_BITS } from './machine.js';
import {
  BUFFERS,
  COMMAND_BYTES,
  COMMANDS,
  type CommandKind,
  ERRORS,
  MOST_TOKENS,
  REGISTERS,
  type Register,
  TABLE_VERSION,
  TYPE_NUMBERS,
} from './table.js';

const rangeOf = ({ least, most }: Field): string => (most - least === 1 ? `${least}, ${most}` : `${least} to ${most}`);

const fieldTable = (fields: readonly Field[]): string[] =>
  markdownLines(
    [
      { title: 'field', left: true, text: ({ name }) => `\`${name}\`` },
      { title: 'word and bits', left: true, text: placeOf },
      { title: 'unit', left: true, text: ({ unit }) => unit },
      { title: 'legal', left: true, text: rangeOf },
      { title: 'other values', left: true, text: (each) => (canBeIllegal(each) ? 'error `field`' : '') },
      { title: 'meaning', left: true, text: ({ meaning }) => meaning },
    ],
    fields,
  );

const numberTable = (rows: readonly { readonly name: string; readonly number: number; readonly meaning: string }[]) =>
  markdownLines(
    [
      { title: 'number', text: ({ number }) => `${number}` },
      { title: 'name', left: true, text: ({ name }) => `\`${name}\`` },
      { title: 'meaning', left: true, text: ({ meaning }) => meaning },
    ],
    rows,
  );

const kindOf = (name: string): CommandKind => COMMANDS.find((kind) => kind.name === name) as CommandKind;

/** The registers, in Markdown. */
export function registerTable(): string[] {
  const rows = REGISTERS.flatMap((each): { register: Register; field?: Field }[] => [
    { register: each },
    ...each.fields.map((field) => ({ register: each, field })),
  ]);
  return markdownLines(
    [
      { title: 'offset', left: true, text: ({ register, field }) => (field ? '' : `0x${hex(register.offset)}`) },
      { title: 'register', left: true, text: ({ register, field }) => (field ? '' : `\`${register.name}\``) },
      { title: 'bits', left: true, text: ({ field }) => (field ? placeOf(field).slice(1) : '') },
      { title: 'access', left: true, text: ({ register, field }) => (field ? '' : register.access) },
      {
        title: 'meaning',
        left: true,
        text: ({ register, field }) => (field ? `\`${field.name}\`: ${field.meaning}` : register.meaning),
      },
    ],
    rows,
  );
}

const hex = (value: number): string => value.toString(16).padStart(2, '0');

const section = (name: string): string[] => {
  const { number, meaning, fields } = kindOf(name);
  return [`Opcode ${number}: ${meaning}.`, '', ...fieldTable(fields), ''];
};

export const TABLE_VERSION_TEXT = `${TABLE_VERSION >>> 16}.${TABLE_VERSION & 0xffff}`;

/** The page of the table. @param origin What stands below its title. */
export function commandsPage(origin: readonly string[]): string {
  return [
    '# Commands of the engine',
    '',
    ...origin,
    `Version of the table: ${TABLE_VERSION_TEXT}.`,
    '',
    ...INTRODUCTION,
    '## Numbers',
    '',
    'Types. A design has some of them at each of its ports, as its registers tell.',
    '',
    ...markdownLines(
      [
        { title: 'number', text: ([, number]) => `${number}` },
        { title: 'type', left: true, text: ([name]) => name },
      ],
      [...TYPE_NUMBERS],
    ),
    '',
    'Buffers.',
    '',
    ...numberTable(BUFFERS),
    '',
    ...LAYOUT,
    '## Tokens',
    '',
    ...TOKENS,
    '## End',
    '',
    ...section('end'),
    '## Load and store',
    '',
    ...TRANSFER,
    '### Load',
    '',
    ...section('load'),
    '### Store',
    '',
    `Opcode ${kindOf('store').number}: ${kindOf('store').meaning}. Its fields are those of load.`,
    '',
    '## Product and vector',
    '',
    ...WALK,
    '### Product',
    '',
    ...section('product'),
    '### Vector',
    '',
    ...section('vector'),
    '## Results',
    '',
    ...RESULTS,
    '## Errors',
    '',
    ...FAULTS,
    ...numberTable(ERRORS),
    '',
    '## Registers',
    '',
    'All have 32 bits; their offsets are in bytes. Write strobes are kept to: a byte that is not strobed stays.',
    'An offset without a register reads 0, and a write there has no effect. Both are answered OKAY.',
    'While a job runs, writes to `start` and the base registers have no effect.',
    '',
    ...registerTable(),
    '',
  ].join('\n');
}

const INTRODUCTION: readonly string[] = [
  `A command has ${COMMAND_BYTES} bytes, and lies at a multiple of ${COMMAND_BYTES}: it never crosses a 4 KiB boundary.`,
  'It is 16 words of 32 bits, the lowest byte of each first. `2[15:0]` is bits 15 to 0 of word 2.',
  'Commands are fetched in order from the address in the register `start` on, up to the first `end`.',
  'Nothing behind `end` is read. `ahead` lets commands be fetched before it is known what they are: it must not count any behind `end`.',
  'A job is the run of such a program.',
  '',
  'Bits that belong to no field are ignored by the engine. The encoder writes 0.',
  "A number without a sign is unsigned; one whose legal values begin below zero is two's complement.",
  '',
];

const LAYOUT: readonly string[] = [
  '## Layout of data',
  '',
  '`rows`, `cols` and `lanes` are those of the array, `requantiseLanes` those of the requantiser; all are powers of two.',
  'Bit 0 of a word is bit 0 of its first byte, in memory and in buffers.',
  '',
  '### Activations',
  '',
  'A tensor is height x width x channels: all channels of a pixel, then the next pixel of the row, then the next row.',
  'The channels of a pixel are packed into words of `rows * lanes * 4` bits.',
  'Channel c of a word lies at bits `[c * b +: b]`, with b the bits of its type, 4 or 8.',
  'The last word of a pixel is filled up with code 0.',
  '',
  'An example, with rows = 16 and lanes = 1, so that a word has 8 bytes: 20 channels of a 4-bit type take two words.',
  '',
  '| byte of the pixel | low half | high half |',
  '|---:|---|---|',
  '| 0 | channel 0 | channel 1 |',
  '| 7 | channel 14 | channel 15 |',
  '| 8 | channel 16 | channel 17 |',
  '| 9 | channel 18 | channel 19 |',
  '| 10 to 15 | 0 | 0 |',
  '',
  'Pixel (y, x) of an image of width w begins at byte `16 * (y * w + x)`. Of an 8-bit type, the 20 channels take three words.',
  '',
  '### Weights',
  '',
  'A word of weights has `cols * lanes * 4` bits: one step of the reduction for a column tile.',
  'A column tile is `cols` output channels where weights have 4 bits, `cols / 2` where they have 8. `n` is that number.',
  'A step is `lanes` input channels of a tap.',
  'The words of a tile follow each other as: rows of taps, taps of a row, words of channels of the tap, steps of the word.',
  'Where the first operand has b bits, a word of channels has `rows * 4 / b` steps, and the last one `depth_tail`.',
  'Step s of channel word q stands for channels `(q * rows * 4 / b + s) * lanes + l`, with lane l from 0 to lanes - 1.',
  'A tile is followed by the next of the group, and the last of a group by the first of the next.',
  '',
  'In a word, the weight of column c and lane l lies at bits `[(c * lanes + l) * 4 +: 4]` where it has 4 bits.',
  'Where it has 8, its low half lies at `[(2 * c * lanes + l) * 4 +: 4]` and its high half at `[((2 * c + 1) * lanes + l) * 4 +: 4]`.',
  'With one lane these are its bytes in order.',
  'Weights of channels that are not there, of the input or the output, are code 0.',
  '',
  'An example, with cols = 4, lanes = 1, 4-bit weights, 2 x 1 taps, 1 channel word with `depth_tail` = 3:',
  'a word has 2 bytes. Tile t takes bytes `12 * t` to `12 * t + 11`.',
  'Byte 6 of it, the fourth word, has the weights of tap (1, 0), channel 0: of column 0 in its low half, of column 1 in its high half.',
  '',
  '### Constants',
  '',
  "The constants of a channel are a record of 8 bytes: bias (4 bytes, two's complement), multiplier (2 bytes, unsigned), 2 bytes of 0.",
  'A bias counts in as many bits as a sum has (`accumulator_bits`), and in 32 at most.',
  'A word of constants is `requantiseLanes` records.',
  'A tile of n channels takes `n / requantiseLanes` words, at least one.',
  'Record i of word j belongs to channel `i * n / requantiseLanes + j` of the tile.',
  'Where n is less than `requantiseLanes`, record i belongs to channel i, and the records from n on are ignored.',
  'n is that of a column tile for products, and the number of codes in a word of the first operand for vector commands.',
  'Without `per_channel`, record 0 of the first word holds for all channels.',
  '',
];

const TOKENS: readonly string[] = [
  'The units load, compute and store each take the commands of theirs in order, and run at the same time.',
  'From each unit to each other one there is a channel of tokens, six in all. At the begin of a job all are empty.',
  'A command waits until all channels named by its `wait_` fields have a token, takes one of each, and begins.',
  'When it is complete it puts a token into each channel named by its `signal_` fields.',
  'A load is complete when its last word is in the buffer; a product or vector command, when its last result is;',
  'a store, when all its writes are answered.',
  'So a load that takes a token of a store reads what that store wrote.',
  '',
  `A channel holds up to ${MOST_TOKENS} tokens. A command that would give one more is complete only when there is room for it.`,
  'A `wait_` or `signal_` field with the own unit of the command is the error `field`.',
  '',
  'Nothing but tokens keeps a command from reading a buffer or memory before another one wrote it.',
  'What the engine does with a wrong program is not defined. A program is wrong',
  '',
  '- whose result depends on which unit is faster;',
  '- in which a command waits for a token that no command before it gives;',
  `- in which, run one command after the other, a channel would hold more than ${MOST_TOKENS} tokens;`,
  '- that uses a word of a buffer, or a byte of memory, that nothing wrote;',
  '- that breaks a rule below with the word "must".',
  '',
  'The reference simulator (`gen/golden/engine/`) refuses wrong programs.',
  '',
];

const TRANSFER: readonly string[] = [
  'Both move `count2` times `count1` runs of `run` bytes:',
  '',
  '    for j in 0 .. count2-1:',
  '      for i in 0 .. count1-1:',
  '        run at memory[base + offset + j * memory_step2 + i * memory_step1]',
  '            at buffer[address + j * buffer_step2 + i * buffer_step1]',
  '',
  'Memory addresses are in bytes, of any alignment, modulo 2 to the address bits of the design. Buffer addresses are in words, modulo 65536.',
  'A run takes as many words of the buffer as its bytes need. A load fills its last word up with 0.',
  'Runs of one load must not share words of the buffer, nor those of a store bytes of memory.',
  '',
];

const WALK: readonly string[] = [
  'Both walk over an image in the activation buffer:',
  '',
  '    for each image, and each output pixel (oy, ox) of it, row by row:',
  '      for ky in 0 .. kernel_height-1:',
  '        for kx in 0 .. kernel_width-1:',
  '          y = oy * stride_y + ky * dilation_y - pad_top',
  '          x = ox * stride_x + kx * dilation_x - pad_left',
  '          the tap is at pixel (y, x); padding unless 0 <= y < in_height and 0 <= x < in_width',
  '',
  'There are `1 + more_images` images, each `out_height * stride_y` rows of pixels below the one before.',
  'Their output pixels follow each other, so that a tile of the array may have pixels of two images.',
  '',
  'Addresses come from additions alone, modulo 65536. Each step is added to the address in use, instead of the inner one:',
  '',
  '- the first word of the first tap of the first output pixel is at `a_start`;',
  '- the first tap of the next output pixel of a row is `a_step_x` behind that of the one before, and that of the first pixel of the',
  '  next row, also of the next image, `a_step_y` behind that of the last pixel of a row;',
  '- within a window, the words of a tap follow each other (product); the next tap of the row begins `a_tap_x` behind the last word of',
  '  the tap before, and the first tap of the next row of taps `a_tap_y` behind the last word of the last tap.',
  '',
  'For an image with p words for each pixel and r words for each row these are',
  '',
  '    a_start  = start of pixel (0, 0) - pad_top * r - pad_left * p',
  '    a_step_x = stride_x * p',
  '    a_step_y = stride_y * r - (out_width - 1) * stride_x * p',
  '    a_tap_x  = dilation_x * p - (depth_words - 1)',
  '    a_tap_y  = dilation_y * r - (kernel_width - 1) * dilation_x * p - (depth_words - 1)',
  '',
  'A vector command takes one word of channels after the other: `depth_words` is 1 in the steps of its taps, and word q of all',
  'addresses is q behind.',
  'Padding is not read, and has the value 0.',
  '',
  '**Product.** The sum of output channel n of group g and an output pixel is that of activation times weight over all taps and',
  'all channels of the tap, of which the last word gives `depth_tail * lanes`.',
  'Group g begins `g * group_step` words behind. A matrix product is a window of 1 x 1 over an image one pixel high.',
  'With `hold`, the sums stay in the array, and the next product, of the same number of output pixels and types, adds to them.',
  'Then there must be one group, one column tile, and no more output pixels than `rows` (4-bit) or `rows / 2` (8-bit activations).',
  'Of a product with `hold` all fields about results are ignored.',
  '',
  '**Vector.** The sum of channel c of an output pixel is the sum, or with `reduce` the greatest, of the values of channel c of all taps.',
  'The greatest of a window of padding alone is 0. With `second` = 2 that is multiplied with the value of the second operand; it counts in',
  `${MULTIPLIED_SUM_BITS} bits then.`,
  '',
  'Sums are exact; beyond the width of the accumulators they wrap.',
  '',
];

const RESULTS: readonly string[] = [
  'A sum becomes a code as [requantiser.md](requantiser.md) tells:',
  '',
  '    x    = (sum + bias) * multiplier + second * second_multiplier      second: only with `second` = 1',
  '    code = code of the value of `out_type` that is nearest to x / 2^shift, after the bounds `low` and `high`',
  '',
  'A `high` below `low` is the error `field`.',
  'With `lookup`, byte `code` of the table takes the place of the code; of a 4-bit type its low half.',
  'With `copy`, a second code is made of x: of `copy_type`, by `copy_shift`, without bounds but that `copy_relu` makes 0 of values',
  'below zero.',
  'The scale of the copy is that of the results times a power of two.',
  '',
  'The codes of a tile (of a column tile for products, of the channels of a word of the first operand for vector commands) lie one',
  'behind the other in the output buffer, and so do the tiles of a pixel:',
  'code c of tile t of output pixel i, of b bits, lies at bit `(t * n + c) * b` from word `out_start + i * out_pixel_words` on.',
  'With groups, tiles count through all groups. The second operand and the copy lie likewise, each with the bits of its type.',
  'A tile that begins at a word and is less than a word long fills the word up with 0; a tile that begins within a word leaves the codes',
  'before it, and what is behind it, as they are.',
  'The tiles of a pixel are written in rising order.',
  'Second operand, results and copy of a command must not share words.',
  '',
];

const FAULTS: readonly string[] = [
  'A command is checked when its unit takes it up, before its first access: all fields, then the types against those of the design.',
  'An opcode without a command is found when it is fetched, which may be while commands before it wait or run.',
  'Fields about a second operand count only with `second`, those of the copy only with `copy`.',
  'Addresses in buffers are checked as they are used, those of padding are not.',
  'After an error the engine takes up nothing more, completes the transactions on the bus that it began, sets `error`, `error_command`,',
  '`error_tag`, `error_address` and the status, and raises the interrupt.',
  'Each byte that a store of the program would write then has its old or its new value.',
  'Contents of buffers, sums and tokens do not outlive a job.',
  '',
];
