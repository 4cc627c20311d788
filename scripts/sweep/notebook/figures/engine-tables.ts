import { decimal, percent, type TextColumn } from '../../../../gen/base/text-table.js';
import type { EngineInferReport, EngineLayerReport } from '../../../network/infer/on-engine.js';
import { pageTable } from './markdown.js';

/** A network on an engine. */
export interface EngineNetwork {
  readonly title: string;
  readonly report: EngineInferReport;
}

/** Layers of the same size, one after the other in the table. */
interface LayerGroup {
  readonly network: string;
  readonly names: readonly string[];
  readonly layers: readonly EngineLayerReport[];
}

const sum = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/** Of a difference: `+0.7 %`, without a sign where nothing is left of it. */
function signed(share: number): string {
  const text = percent(Math.abs(share), 2);
  if (Number.parseFloat(text) === 0) return text;
  return `${share < 0 ? '-' : '+'}${text}`;
}

const difference = ({ predictedCycles, cycles }: EngineLayerReport): number => predictedCycles / cycles - 1;

const worst = (layers: readonly EngineLayerReport[]): number =>
  layers.map(difference).reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);

const products = (layers: readonly EngineLayerReport[]): EngineLayerReport[] => layers.filter(({ macs }) => macs > 0);

const utilisationOf = (layers: readonly EngineLayerReport[]): number =>
  sum(layers, ({ idealCycles }) => idealCycles) / sum(layers, ({ cycles }) => cycles);

/** Networks on an engine: cycles as they were and as they were predicted. */
export function engineNetworksTable(networks: readonly EngineNetwork[]): string {
  const columns: TextColumn<EngineNetwork>[] = [
    { title: 'network', left: true, text: ({ title }) => title },
    { title: 'layers', text: ({ report }) => decimal(report.layers.length) },
    { title: 'jobs', text: ({ report }) => decimal(report.jobs) },
    { title: 'MACs', text: ({ report }) => decimal(report.macs) },
    { title: 'cycles', text: ({ report }) => decimal(Math.round(report.cycles.mean)) },
    { title: 'predicted', text: ({ report }) => decimal(Math.round(report.predictedCycles)) },
    { title: 'difference', text: ({ report }) => signed(report.predictedCycles / report.cycles.mean - 1) },
    { title: 'largest of a layer', text: ({ report }) => signed(worst(report.layers)) },
    { title: 'utilisation', text: ({ report }) => percent(report.utilisation) },
    { title: 'of products', text: ({ report }) => percent(utilisationOf(products(report.layers))) },
    { title: 'bytes read', text: ({ report }) => decimal(Math.round(report.bytesRead)) },
    { title: 'written', text: ({ report }) => decimal(Math.round(report.bytesWritten)) },
  ];
  const [first] = networks;
  const memory = first
    ? `Memory answers after ${first.report.latency} cycles; the bus has ${first.report.busBits} bits.`
    : '';
  return pageTable(columns, networks, memory);
}

/** Where a layer stands in its network is no part of what it is. */
const kindOf = ({ name, macs, idealCycles }: EngineLayerReport): string =>
  `${name.replace(/[0-9]+/g, '')} ${macs} ${idealCycles}`;

function groupsOf({ title, report }: EngineNetwork): LayerGroup[] {
  const groups = new Map<string, EngineLayerReport[]>();
  for (const layer of report.layers) {
    const kind = kindOf(layer);
    groups.set(kind, [...(groups.get(kind) ?? []), layer]);
  }
  return [...groups.values()].map((layers) => ({ network: title, names: layers.map(({ name }) => name), layers }));
}

/** Layers of networks on an engine, those of one size together. */
export function engineLayersTable(networks: readonly EngineNetwork[]): string {
  const mean = ({ layers }: LayerGroup, of: (layer: EngineLayerReport) => number): string =>
    decimal(Math.round(sum(layers, of) / layers.length));
  const columns: TextColumn<LayerGroup>[] = [
    { title: 'network', left: true, text: ({ network }) => network },
    { title: 'layer', left: true, text: ({ names }) => `\`${names[0]}\`` },
    { title: 'alike', text: ({ layers }) => decimal(layers.length) },
    { title: 'MACs', text: (group) => mean(group, ({ macs }) => macs) },
    { title: 'ideal', text: (group) => mean(group, ({ idealCycles }) => idealCycles) },
    { title: 'cycles', text: (group) => mean(group, ({ cycles }) => cycles) },
    { title: 'predicted', text: (group) => mean(group, ({ predictedCycles }) => predictedCycles) },
    { title: 'largest difference', text: ({ layers }) => signed(worst(layers)) },
    { title: 'utilisation', text: ({ layers }) => percent(utilisationOf(layers)) },
  ];
  return pageTable(columns, networks.flatMap(groupsOf));
}
