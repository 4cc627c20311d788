import { posix } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { isEngine, validateEngine } from '../../gen/config/engine.js';
import type { PackageRequest } from '../../gen/config/packages.js';
import type { RawConfiguration } from '../../gen/config/raw.js';
import { isRequantiser, validateRequantiser } from '../../gen/config/requantiser.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { generateEngine } from '../../gen/design/engine/generate.js';
import { type GenerateOptions, generate } from '../../gen/design/generate.js';
import { generateRequantiser } from '../../gen/design/requantiser/generate.js';

/** A design of any kind with its packages, in a folder. */
export function packagedIn(out: string, raw: RawConfiguration, packages: PackageRequest = 'all') {
  const options: GenerateOptions = { packages, replace: true };
  if (isRequantiser(raw)) return generateRequantiser(validateRequantiser(raw), out, options);
  if (isEngine(raw)) return generateEngine(validateEngine(raw), out, options);
  return generate(validateConfiguration(raw), out, options);
}

const attributes = z.strictObject({ file_type: z.string().optional(), copyto: z.string().optional() });
const entry = z.union([z.string(), z.record(z.string(), attributes)]);
const CORE = z.strictObject({
  name: z.string(),
  description: z.string(),
  filesets: z.record(z.string(), z.strictObject({ files: z.array(entry), file_type: z.string().optional() })),
  targets: z.record(
    z.string(),
    z.strictObject({
      default_tool: z.string().optional(),
      filesets: z.array(z.string()),
      toplevel: z.string(),
      tools: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))).optional(),
    }),
  ),
});

/** A file as a target of FuseSoC has it. */
export interface CoreFile {
  readonly path: string;
  readonly type: string;
  /** Where the build has a copy of it. */
  readonly copyTo?: string;
}

/** What FuseSoC makes of a target. */
export interface CoreTarget {
  readonly name: string;
  readonly toplevel: string;
  readonly files: readonly CoreFile[];
  readonly tools: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** `x`, `flag? (x)` and `!flag? (x)`, as CAPI2 writes conditions. */
function conditional(text: string, flags: readonly string[]): string[] {
  const [, not, flag, name] = /^(!?)(\w+)\? \((\w+)\)$/.exec(text) ?? [];
  if (flag === undefined || name === undefined) return [text];
  return flags.includes(flag) === (not === '') ? [name] : [];
}

/** The files of a target of a core description, and its tools. @throws Error where it is no CAPI2, or lacks what it names. */
export function coreTarget(text: string, target: string, flags: readonly string[] = []): CoreTarget {
  const [first, ...lines] = text.split('\n');
  if (first !== 'CAPI=2:') throw new Error(`a core begins with CAPI=2:, not ${first}`);
  const core = CORE.parse(parse(lines.join('\n')));
  const found = core.targets[target];
  if (found === undefined) throw new Error(`no target ${target}`);
  const files = found.filesets
    .flatMap((each) => conditional(each, flags))
    .flatMap((name) => {
      const set = core.filesets[name];
      if (set === undefined) throw new Error(`no fileset ${name}`);
      return set.files.flatMap((file): CoreFile[] => {
        const fallback = set.file_type ?? 'unknown';
        if (typeof file === 'string') return [{ path: file, type: fallback }];
        return Object.entries(file).map(([path, { file_type: type = fallback, copyto }]) => ({
          ...{ path, type },
          ...(copyto === undefined ? {} : { copyTo: copyto }),
        }));
      });
    });
  return { name: core.name, toplevel: found.toplevel, files, tools: found.tools ?? {} };
}

const BENDER = z.strictObject({
  package: z.strictObject({ name: z.string(), authors: z.array(z.string()) }),
  sources: z.array(z.strictObject({ target: z.string().optional(), files: z.array(z.string()) })),
});

/** Whether targets fulfil an expression of Bender: a name, or `not(name)`. */
function fulfils(expression: string, targets: readonly string[]): boolean {
  const [, negated] = /^not\((\w+)\)$/.exec(expression) ?? [];
  return negated === undefined ? targets.includes(expression) : !targets.includes(negated);
}

/** The files that Bender gives for targets. */
export function benderFiles(text: string, targets: readonly string[] = []): string[] {
  const { sources } = BENDER.parse(parse(text));
  return sources.flatMap(({ target, files }) => (target === undefined || fulfils(target, targets) ? files : []));
}

const OPENLANE = z.looseObject({
  meta: z.object({ version: z.literal(2) }),
  ...{ DESIGN_NAME: z.string(), VERILOG_FILES: z.array(z.string()), CLOCK_PORT: z.string(), CLOCK_PERIOD: z.number() },
  ...{ PNR_SDC_FILE: z.string(), SIGNOFF_SDC_FILE: z.string() },
  MACROS: z.record(z.string(), z.looseObject({ vh: z.array(z.string()) })).optional(),
});

/** The configuration of OpenLane with its paths relative to the design's folder. */
export function openlaneConfig(text: string) {
  const config = OPENLANE.parse(JSON.parse(text));
  const path = (value: string): string => {
    if (!value.startsWith('dir::')) throw new Error(`${value} is not relative to the configuration`);
    return posix.join('openlane', value.slice('dir::'.length));
  };
  const { MACROS: macros = {} } = config;
  return {
    top: config.DESIGN_NAME,
    period: config.CLOCK_PERIOD,
    verilog: config.VERILOG_FILES.map(path),
    constraints: [config.PNR_SDC_FILE, config.SIGNOFF_SDC_FILE].map(path),
    macros: Object.keys(macros),
    blackBoxes: [...new Set(Object.values(macros).flatMap(({ vh }) => vh.map(path)))],
  };
}

/** An element of XML. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The root of an XML text without entities of its own. @throws Error where it is not well-formed. */
export function parseXml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<\?xml [^?]*\?>|<!--(?:(?!--)[\s\S])*-->|<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    const inside = open.at(-1) as Element;
    if (match === null) throw new Error(`no XML: ${text.slice(at, at + 60)}`);
    const [, closing, name, list = '', empty, words] = match;
    if (words !== undefined) {
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(words)) throw new Error(`a bare &: ${words}`);
      inside.text += words.trim();
    } else if (name !== undefined && closing === '/') {
      if (name !== inside.name) throw new Error(`</${name}> closes <${inside.name}>`);
      open.pop();
    } else if (name !== undefined) {
      const pairs = [...list.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key, value] as const);
      const element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      inside.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  if (root.children.length !== 1 || root.text !== '') throw new Error('a document has one root');
  return root.children[0] as Element;
}

/** Children of the elements that components here use, in the order that IEEE 1685-2014 asks for; `!` where one is needed. */
const IPXACT_ORDER: Readonly<Record<string, string>> = {
  component:
    'vendor! library! name! version! busInterfaces addressSpaces memoryMaps model fileSets description parameters',
  busInterfaces: 'busInterface!',
  busInterface: 'name! description busType! abstractionTypes master slave',
  abstractionTypes: 'abstractionType!',
  abstractionType: 'viewRef abstractionRef! portMaps',
  portMaps: 'portMap!',
  portMap: 'logicalPort! physicalPort!',
  logicalPort: 'name!',
  physicalPort: 'name!',
  master: 'addressSpaceRef',
  slave: 'memoryMapRef',
  addressSpaces: 'addressSpace!',
  addressSpace: 'name! description range! width! addressUnitBits',
  memoryMaps: 'memoryMap!',
  memoryMap: 'name! description addressBlock addressUnitBits',
  addressBlock: 'name! description baseAddress! range! width! usage volatile access register',
  register: 'name! description addressOffset! size! volatile access field!',
  field: 'name! description bitOffset! bitWidth! volatile access',
  model: 'views instantiations ports',
  views: 'view!',
  view: 'name! description envIdentifier componentInstantiationRef',
  instantiations: 'componentInstantiation!',
  componentInstantiation: 'name! language moduleName fileSetRef',
  fileSetRef: 'localName!',
  ports: 'port!',
  port: 'name! description wire!',
  wire: 'direction! vectors',
  vectors: 'vector!',
  vector: 'left! right!',
  fileSets: 'fileSet!',
  fileSet: 'name! description group file',
  file: 'name! fileType!',
};

const PREFIX = 'ipxact:';

/** What is wrong with the form of a component: elements that are not known, out of order, or missing; references to nothing. */
export function ipxactProblems(element: Element, path = ''): string[] {
  const name = element.name.replace(PREFIX, '');
  const here = `${path}/${name}`;
  const order = IPXACT_ORDER[name];
  if (!element.name.startsWith(PREFIX)) return [`${here} is of no IP-XACT`];
  if (order === undefined) return element.children.length > 0 ? [`${here} is not known`] : leafProblems(element, here);
  const known = order.split(' ').map((each) => each.replace('!', ''));
  const places = element.children.map((child) => known.indexOf(child.name.replace(PREFIX, '')));
  const unknown = element.children
    .filter((_, i) => (places[i] ?? -1) < 0)
    .map((child) => `${here}: ${child.name} is not known`);
  const disordered = places.some((place, i) => i > 0 && place < (places[i - 1] ?? 0)) ? [`${here}: out of order`] : [];
  const needed = order.split(' ').filter((each) => each.endsWith('!'));
  const missing = needed
    .filter((each) => !places.includes(known.indexOf(each.slice(0, -1))))
    .map((each) => `${here}: no ${each}`);
  return [...unknown, ...disordered, ...missing, ...element.children.flatMap((child) => ipxactProblems(child, here))];
}

/** Elements without text, which have attributes instead. */
const EMPTY = ['busType', 'abstractionRef', 'addressSpaceRef', 'memoryMapRef'];

const leafProblems = ({ name, text, attributes }: Element, here: string): string[] =>
  (EMPTY.includes(name.replace(PREFIX, '')) ? Object.keys(attributes).length > 0 : text !== '')
    ? []
    : [`${here} is empty`];

/** All elements of a name below one. */
export const elements = (root: Element, name: string): Element[] =>
  root.children.flatMap((child) => [...(child.name === `${PREFIX}${name}` ? [child] : []), ...elements(child, name)]);

/** The text of an element's child. */
export const childText = (element: Element, name: string): string | undefined =>
  element.children.find((child) => child.name === `${PREFIX}${name}`)?.text;
