import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The width of an element in pixels, also after it changed. */
export function useWidth(first: number) {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const found = element.current;
    if (found === null) return;
    const measure = (): void => setWidth(Math.max(1, Math.floor(found.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(found);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}
