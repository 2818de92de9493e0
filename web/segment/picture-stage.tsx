import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useWidth } from '../shell/use-width.ts';
import { useWords } from '../words/language.tsx';
import type { Found } from './found.ts';
import { Overlay, type OverlayView } from './overlay.tsx';
import type { Shape } from './shapes.ts';
import { useZoom } from './use-zoom.ts';
import { ZoomButtons } from './zoom-buttons.tsx';

interface PictureStageProps {
  picture: Blob;
  name: string;
  /** Shown in the bar above the picture. */
  pager: ComponentChildren;
  /** Null before the first prediction. */
  found: Found | null;
  shapes: readonly Shape[];
  active: Shape | null;
  view: OverlayView;
  onHover: (shape: Shape | null) => void;
  onPick: (shape: Shape | null) => void;
  onToggle: (shape: Shape) => void;
}

/** The picture as large as the layout allows, or zoomed, with the instances drawn over it. */
export function PictureStage({ picture, name, pager, found, ...overlay }: PictureStageProps) {
  const { say } = useWords();
  const [shown, setShown] = useState<{ url: string; ratio: number; failed: boolean } | null>(null);
  const { zoom, height, zoomTo, stage, frame } = useZoom(picture);
  const { element, width } = useWidth<HTMLDivElement>();
  useEffect(() => {
    const url = URL.createObjectURL(picture);
    setShown({ url, ratio: 1, failed: false });
    return () => URL.revokeObjectURL(url);
  }, [picture]);
  // Some formats only the server can decode; masks are then drawn without the picture.
  const ratio = found ? found.width / found.height : (shown?.ratio ?? 1);
  const isZoomed = zoom > 1;
  const isUnshown = shown?.failed && !found;
  return (
    <>
      <div class="picture-bar">
        {pager}
        <span class="picture-name" title={name}>
          {name}
        </span>
        <ZoomButtons zoom={zoom} onZoom={zoomTo} />
      </div>
      <div
        ref={stage}
        class={isZoomed ? 'stage stage-zoomed' : 'stage'}
        style={isZoomed ? { height: `${height}px` } : {}}
        {...(isZoomed && {
          role: 'group',
          tabIndex: 0,
          'aria-label': say('zoomedPicture', { percent: Math.round(100 * zoom) }),
        })}
      >
        {isUnshown && <p class="stage-unshown">{say('cannotShow', { name })}</p>}
        <div
          class="stage-picture"
          hidden={isUnshown}
          ref={(mounted) => {
            element.current = mounted;
            frame.current = mounted;
          }}
          style={{ '--ratio': ratio, '--zoom': zoom }}
        >
          {shown && !shown.failed && (
            <img
              src={shown.url}
              alt={name}
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
                setShown({ ...shown, ratio: naturalWidth / naturalHeight })
              }
              onError={() => setShown({ ...shown, failed: true })}
            />
          )}
          {found && (
            <Overlay
              width={found.width}
              height={found.height}
              unit={found.width / Math.max(width, 1)}
              {...overlay}
            />
          )}
        </div>
      </div>
    </>
  );
}
