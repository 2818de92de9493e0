import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The width of an element in CSS pixels, updated as it changes; 0 before it is mounted. */
export function useWidth<Measured extends Element>() {
  const element = useRef<Measured>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}
