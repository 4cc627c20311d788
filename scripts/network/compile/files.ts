import type { FolderFile } from '../../../gen/base/folder.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { typeBits, typeNumber } from '../../../gen/commands/machine.js';
import type { CompiledNetwork } from './compile.js';
import { tensorOf } from './network.js';
import { BASES, type Place } from './place.js';
import { type CompileReport, compileText } from './report.js';

/** What `npm run compile` writes into its folder. */
export const COMPILED_ENTRIES = {
  entries: ['image.bin', 'map.json', 'map.h', 'report.json', 'report.txt'],
  report: 'report.json',
} as const;

/** The files of a compiled network. */
export function compiledFiles(compiled: CompiledNetwork, report: CompileReport): FolderFile[] {
  return [
    { path: 'image.bin', content: compiled.image },
    { path: 'map.json', content: `${JSON.stringify(mapJson(compiled), null, 2)}\n` },
    { path: 'map.h', content: mapHeader(compiled) },
    { path: 'report.json', content: `${JSON.stringify(report, null, 2)}\n` },
    { path: 'report.txt', content: compileText(report) },
  ];
}

/** Bytes behind each base register. */
const regionBytes = ({ map, image }: CompiledNetwork): Record<keyof typeof BASES, number> => ({
  ...map.sizes,
  image: image.length,
});

function mapJson(compiled: CompiledNetwork): object {
  const { map, network, layers, machine, images } = compiled;
  const place = (name: string): object => {
    const { height, width, channels, type, scale } = tensorOf(network, name);
    const fold = layers.find((each) => each.fold && each.input.name === name)?.fold;
    const bytes = (codes: number): number => (codes * typeBits(typeNumber(type))) / 8;
    return {
      ...{ name, ...(map.tensors.get(name) as Place), height, width, channels, type, scale },
      ...(fold ? { rows: { bytes: bytes(fold.rowCodes), zeros: bytes(fold.zeros) } } : {}),
    };
  };
  return {
    generator: GENERATOR,
    machine,
    images,
    bases: Object.fromEntries(
      Object.entries(regionBytes(compiled)).map(([name, bytes]) => [
        name,
        { register: BASES[name as keyof typeof BASES], bytes },
      ]),
    ),
    commands: { ...map.commands, count: compiled.commands.length },
    jobs: compiled.jobs.map(({ offset, commands, layers: count }) => ({
      ...{ base: map.commands.base, offset: map.commands.offset + offset, count: commands.length, layers: count },
    })),
    inputs: network.inputs.map(place),
    outputs: network.outputs.map(place),
    scratch: network.tensors
      .map(({ name }) => name)
      .filter((name) => map.tensors.get(name)?.base === BASES.scratch)
      .map(place),
    layers: layers.map(({ index, layer: { name } }) => ({
      ...{ name, tag: index, weights: map.weights.get(index), constants: map.constants.get(index) },
    })),
  };
}

/** A name as part of a C macro. */
const macro = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase();

function mapHeader(compiled: CompiledNetwork): string {
  const { map, network } = compiled;
  const define = (name: string, value: number): string => `#define NETWORK_${name} ${value}u`;
  const tensors = (kind: string, names: readonly string[]): string[] =>
    names.flatMap((name, i) => {
      const { offset, bytes } = map.tensors.get(name) as Place;
      return [
        '',
        `/* ${kind} ${i}: ${macro(name).toLowerCase()} */`,
        define(`${kind.toUpperCase()}${i}_OFFSET`, offset),
        define(`${kind.toUpperCase()}${i}_BYTES`, bytes),
      ];
    });
  const jobLines = (): string[] => [
    '',
    '/* The same of each job. Before each but the first, the host makes inputs of outputs. */',
    define('JOBS', compiled.jobs.length),
    ...compiled.jobs.map(({ offset }, i) => define(`JOB${i}_START_OFFSET`, map.commands.offset + offset)),
  ];
  return [
    `/* ${GENERATOR}: generated, do not edit. */`,
    '#ifndef NETWORK_MAP_H',
    '#define NETWORK_MAP_H',
    '',
    '/* Bytes behind the base registers: 0 image, 1 inputs, 2 outputs, 3 scratch. */',
    ...Object.entries(regionBytes(compiled)).map(([name, bytes]) => define(`${name.toUpperCase()}_BYTES`, bytes)),
    '',
    '/* The first command, in bytes from the image: the register `start` takes its address. */',
    define('START_OFFSET', map.commands.offset),
    ...(compiled.images > 1
      ? ['', '/* Images that a job takes; those of a tensor follow each other. */', define('IMAGES', compiled.images)]
      : []),
    ...(compiled.jobs.length > 1 ? jobLines() : []),
    ...tensors('input', network.inputs),
    ...tensors('output', network.outputs),
    '',
    '#endif',
    '',
  ].join('\n');
}
