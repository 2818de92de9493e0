import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export const largestZoom = 16;

/** A point of the picture, as shares of its width and height, and where it stays, in CSS pixels of the window. */
interface Anchor {
  share: [number, number];
  at: [number, number];
}

/**
 * Zooms a picture inside a stage that scrolls: by `zoomTo`, by the wheel with Ctrl (which pinching on a touchpad sends), and by
 * dragging with the mouse. The point under the pointer, or the middle of the stage, stays where it is.
 * @param picture Another one resets the zoom.
 */
export function useZoom(picture: Blob) {
  const stage = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const [{ zoom, height }, setZoom] = useState({ zoom: 1, height: 0 });
  const latest = useRef(zoom);
  latest.current = zoom;

  const zoomTo = useCallback((wished: number, point?: [number, number]) => {
    const next = wished < 1.01 ? 1 : Math.min(wished, largestZoom);
    if (!stage.current || !frame.current || next === latest.current) return;
    const outer = stage.current.getBoundingClientRect();
    const inner = frame.current.getBoundingClientRect();
    const at = point ?? [outer.left + outer.width / 2, outer.top + outer.height / 2];
    anchor.current = {
      share: [(at[0] - inner.left) / inner.width, (at[1] - inner.top) / inner.height],
      at: [at[0], at[1]],
    };
    // The stage keeps the height that the whole picture gave it.
    setZoom((before) => ({ zoom: next, height: before.zoom === 1 ? outer.height : before.height }));
  }, []);

  useLayoutEffect(() => {
    const kept = anchor.current;
    if (!kept || !stage.current || !frame.current) return;
    const inner = frame.current.getBoundingClientRect();
    stage.current.scrollLeft += inner.left + kept.share[0] * inner.width - kept.at[0];
    stage.current.scrollTop += inner.top + kept.share[1] * inner.height - kept.at[1];
    anchor.current = null;
  }, [zoom]);
  useLayoutEffect(() => setZoom({ zoom: 1, height: 0 }), [picture]);

  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const abort = new AbortController();
    const { signal } = abort;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomTo(latest.current * Math.exp(-event.deltaY / 200), [event.clientX, event.clientY]);
    };
    element.addEventListener('wheel', onWheel, { signal, passive: false });
    dragToScroll(element, signal);
    return () => abort.abort();
  }, [zoomTo]);
  return { zoom, height, zoomTo, stage, frame };
}

/** Distance in CSS pixels from which a press is a drag, not a click. */
const leastDrag = 4;

/** Scrolls an element by dragging it with the mouse; a drag is not also a click. */
function dragToScroll(element: HTMLElement, signal: AbortSignal): void {
  let from: { x: number; y: number } | null = null;
  let dragged = false;
  const onDown = ({ button, pointerType, clientX, clientY }: PointerEvent) => {
    dragged = false;
    if (button === 0 && pointerType === 'mouse') from = { x: clientX, y: clientY };
  };
  const onMove = ({ clientX, clientY }: PointerEvent) => {
    if (!from) return;
    const [x, y] = [clientX - from.x, clientY - from.y];
    if (!dragged && Math.hypot(x, y) < leastDrag) return;
    dragged = true;
    element.scrollBy(-x, -y);
    from = { x: clientX, y: clientY };
  };
  const onClick = (event: MouseEvent) => {
    if (dragged) event.stopPropagation();
    dragged = false;
  };
  element.addEventListener('pointerdown', onDown, { signal });
  window.addEventListener('pointermove', onMove, { signal });
  window.addEventListener('pointerup', () => (from = null), { signal });
  // An image would be dragged as a file.
  element.addEventListener('dragstart', (event) => event.preventDefault(), { signal });
  element.addEventListener('click', onClick, { signal, capture: true });
}
