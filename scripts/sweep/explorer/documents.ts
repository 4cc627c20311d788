import { isEngine, validateEngine } from '../../../gen/config/engine.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { renderDatasheet } from '../../../gen/design/datasheet.js';
import { renderBlockDiagram, renderTimingDiagram } from '../../../gen/design/diagrams.js';
import { renderEngineDatasheet } from '../../../gen/design/engine/datasheet.js';
import { renderEngineDiagram } from '../../../gen/design/engine/diagram.js';
import type { RenderedFile } from '../../../gen/design/rendered-file.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { elaborateEngine } from '../../../gen/rtl/engine/engine.js';
import { identityOf } from '../../../gen/rtl/render/identity.js';
import type { PackedDocuments } from './data.js';

/** The datasheet of a design and its diagrams, as the command of the design writes them. */
export function designDocuments(parameters: RawConfiguration): RenderedFile[] {
  if (isEngine(parameters)) {
    const engine = elaborateEngine(validateEngine(parameters));
    const identity = identityOf(engine, GENERATOR);
    return [renderEngineDatasheet(engine, identity), renderEngineDiagram(engine, identity)];
  }
  const design = elaborate(validateConfiguration(parameters));
  const identity = identityOf(design, GENERATOR);
  return [
    renderDatasheet(design, identity),
    renderBlockDiagram(design, identity),
    renderTimingDiagram(design, identity),
  ];
}

/** Lines of text, and elements of an SVG: what documents of similar designs share. */
const PIECE = { md: /(?<=\n)/, svg: /(?<=>)/ } as const;

/** Packs documents one by one: pieces that several have lie there once. */
export class DocumentPacker {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #lists: number[][] = [];

  /** @returns The number of the document. */
  add({ path, text }: RenderedFile): number {
    let last = 0;
    const list = text.split(path.endsWith('.svg') ? PIECE.svg : PIECE.md).map((piece) => {
      const known = this.#numbers.get(piece) ?? this.#numbers.size;
      this.#numbers.set(piece, known);
      const step = known - last;
      last = known;
      return step;
    });
    this.#names.push(path);
    return this.#lists.push(list) - 1;
  }

  packed(): PackedDocuments {
    return { names: this.#names, pieces: [...this.#numbers.keys()], lists: this.#lists };
  }
}
