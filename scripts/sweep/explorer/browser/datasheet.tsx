import { Marked } from 'marked';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Document, documentsOf } from './documents.js';
import type { Point } from './points.js';

/** The datasheet of a point's design and its diagrams, unpacked when they are asked for. */
export function Documents({ point }: { readonly point: Point }) {
  const [loaded, setLoaded] = useState<{ readonly id: string; readonly documents: readonly Document[] }>();
  const [chosen, setChosen] = useState('');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (chosen === '' || point.documents.length === 0 || loaded?.id === point.id) return;
    documentsOf(point.documents).then(
      (documents) => setLoaded({ id: point.id, documents }),
      () => setProblem('This browser cannot unpack them: it is too old.'),
    );
  }, [chosen, point, loaded]);
  if (point.documents.length === 0) return null;
  const documents = loaded?.id === point.id ? loaded.documents : [];
  const page = documents.find(({ name }) => name.endsWith('.md'));
  const diagrams = documents.filter(({ name }) => name.endsWith('.svg'));
  const toggle = (name: string): void => setChosen(chosen === name ? '' : name);
  return (
    <div class="documents">
      <p>
        <button type="button" aria-expanded={chosen === 'diagrams'} onClick={() => toggle('diagrams')}>
          Diagrams
        </button>{' '}
        <button type="button" aria-expanded={chosen === 'datasheet'} onClick={() => toggle('datasheet')}>
          Datasheet
        </button>
      </p>
      {problem !== '' && <p role="alert">{problem}</p>}
      {chosen === 'diagrams' && diagrams.map((each) => <Diagram key={each.name} document={each} />)}
      {chosen === 'datasheet' && page !== undefined && <Page page={page} diagrams={diagrams} />}
    </div>
  );
}

const pictureOf = ({ text }: Document): string => URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));

const titleOfDiagram = (name: string): string => name.replace(/\.svg$/, '').replaceAll('-', ' ');

function Diagram({ document: diagram }: { readonly document: Document }) {
  const source = useMemo(() => pictureOf(diagram), [diagram]);
  useEffect(() => () => URL.revokeObjectURL(source), [source]);
  return (
    <figure class="paper scroll">
      <img src={source} alt={titleOfDiagram(diagram.name)} />
    </figure>
  );
}

function Page({ page, diagrams }: { readonly page: Document; readonly diagrams: readonly Document[] }) {
  const element = useRef<HTMLDivElement>(null);
  const pictures = useMemo(() => new Map(diagrams.map((each) => [each.name, pictureOf(each)])), [diagrams]);
  useEffect(
    () => () => {
      for (const source of pictures.values()) URL.revokeObjectURL(source);
    },
    [pictures],
  );
  const html = useMemo(() => htmlOf(page.text, pictures), [page, pictures]);
  /** Links of the page lead to its headings: the address of this page has its view in it. */
  const onClick = (event: MouseEvent): void => {
    const target = (event.target as Element).closest('a')?.dataset.to;
    if (target === undefined) return;
    event.preventDefault();
    element.current?.querySelector(`[data-heading="${CSS.escape(target)}"]`)?.scrollIntoView();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: links are clicked by Enter
    // biome-ignore lint/a11y/noStaticElementInteractions: its links are
    <div
      class="paper page"
      ref={element}
      onClick={onClick}
      // The generator wrote it, and the browser runs no other script than this.
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[each] ?? each);

/** A page of Markdown as HTML, with its pictures; links elsewhere become text. */
function htmlOf(text: string, pictures: ReadonlyMap<string, string>): string {
  const marked = new Marked({
    renderer: {
      html: () => '',
      heading({ tokens, depth, text: title }) {
        const level = Math.min(depth + 2, 6);
        return `<h${level} data-heading="${escaped(slug(title))}">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        return href.startsWith('#') ? `<a href="#" data-to="${escaped(href.slice(1))}">${inner}</a>` : inner;
      },
      image({ href, text: title }) {
        const source = pictures.get(href);
        return source === undefined ? escaped(title) : `<img src="${source}" alt="${escaped(title)}">`;
      },
    },
  });
  const html = marked.parse(text, { async: false });
  return html
    .replaceAll('<table>', '<div class="scroll" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
}
