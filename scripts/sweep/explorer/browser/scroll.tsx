import type { ComponentChildren } from 'preact';

interface Props {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** What may be wider than the page, and scrolls by itself: with a pointer and with the keyboard. */
export function Scroll({ label, class: more = '', children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
    <section class={`scroll ${more}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
