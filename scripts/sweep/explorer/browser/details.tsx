import { useState } from 'preact/hooks';
import { Documents } from './datasheet.js';
import { titleOf, valueText } from './format.js';
import { type PageStudy, type Point, placeText, STATUS } from './points.js';
import { Scroll } from './scroll.js';

/** A command, and a button that copies it. */
export function CommandLine({ command }: { readonly command: string }) {
  const [copied, setCopied] = useState('');
  const copy = (): void => {
    navigator.clipboard.writeText(command).then(
      () => setCopied(command),
      () => setCopied(''),
    );
  };
  return (
    <div class="command">
      <code>
        {command.split(' ').flatMap((word, i) => [
          i === 0 ? '' : ' ',
          <span key={`${i} ${word}`} class="word">
            {word}
          </span>,
        ])}
      </code>
      <button type="button" onClick={copy} aria-live="polite">
        {copied === command ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

interface Props {
  readonly study: PageStudy;
  readonly point: Point | undefined;
  readonly other: Point | undefined;
  readonly onClose: () => void;
  readonly onUncompare: () => void;
  readonly onSwap: () => void;
}

/** A point, and another one beside it. */
export function Details({ study, point, other, onClose, onUncompare, onSwap }: Props) {
  if (point === undefined) {
    return (
      <p class="faint">
        Choose a point in a plot or in the table: its values, the command that generates it, its diagrams and datasheet
        come here. Choose a second one with ⇄ in the table, or with Shift and a click, to compare them.
      </p>
    );
  }
  return (
    <>
      <p class="buttons">
        {other !== undefined && (
          <>
            <button type="button" onClick={onSwap}>
              Swap A and B
            </button>
            <button type="button" onClick={onUncompare}>
              End comparison
            </button>
          </>
        )}
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
      <About study={study} point={point} letter={other === undefined ? '' : 'A'} />
      {other !== undefined && <About study={study} point={other} letter="B" />}
      <Documents point={point} />
      <Values study={study} point={point} other={other} />
    </>
  );
}

function About({ study, point, letter }: { study: PageStudy; point: Point; letter: string }) {
  return (
    <div class="about">
      <h3>
        {letter !== '' && <b class="letter">{letter}</b>}
        {placeText(study, point)}
      </h3>
      <p>
        <span class={`state ${point.status}`}>{point.status}</span>
        {point.rank !== undefined && ` rank ${point.rank}`}
      </p>
      {point.reason !== undefined && <pre class="reason">{point.reason}</pre>}
      {point.command !== undefined && <CommandLine command={point.command} />}
    </div>
  );
}

/** The values of a point; of two, what they differ in stands out, with the ratio. */
function Values({ study, point, other }: Pick<Props, 'study' | 'other'> & { readonly point: Point }) {
  const columns = study.columns.filter(({ name }) => name !== STATUS);
  return (
    <Scroll label="Values">
      <table class="values">
        {other !== undefined && (
          <thead>
            <tr>
              <th scope="col">value</th>
              <th scope="col" class="number">
                A
              </th>
              <th scope="col" class="number">
                B
              </th>
              <th scope="col" class="number">
                B / A
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {columns.map((column) => {
            const [a, b] = [point.cells[column.index], other?.cells[column.index]];
            return (
              <tr key={column.name} class={other !== undefined && a !== b ? 'differs' : ''}>
                <th scope="row">{titleOf(column)}</th>
                <td class="number">{valueText(a)}</td>
                {other !== undefined && (
                  <>
                    <td class="number">{valueText(b)}</td>
                    <td class="number">
                      {typeof a === 'number' && typeof b === 'number' && a !== 0 ? ratioText(b / a) : ''}
                    </td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

const ratioText = (ratio: number): string => `${ratio.toLocaleString('en-US', { maximumSignificantDigits: 3 })} x`;
