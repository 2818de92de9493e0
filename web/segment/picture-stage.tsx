import { useEffect, useState } from 'preact/hooks';
import { useWidth } from '../shell/use-width.ts';
import type { Found } from './found.ts';
import { Overlay, type OverlayView } from './overlay.tsx';
import type { Shape } from './shapes.ts';

interface PictureStageProps {
  picture: Blob;
  name: string;
  /** Null before the first prediction. */
  found: Found | null;
  shapes: readonly Shape[];
  active: Shape | null;
  view: OverlayView;
  onHover: (shape: Shape | null) => void;
  onPick: (shape: Shape | null) => void;
  onToggle: (shape: Shape) => void;
}

/** The picture as large as the layout allows, with the instances drawn over it. */
export function PictureStage({ picture, name, found, ...overlay }: PictureStageProps) {
  const [shown, setShown] = useState<{ url: string; ratio: number } | null>(null);
  const { element, width } = useWidth<HTMLDivElement>();
  useEffect(() => {
    const url = URL.createObjectURL(picture);
    setShown({ url, ratio: 1 });
    return () => URL.revokeObjectURL(url);
  }, [picture]);
  // Some formats only the server can decode; masks are then drawn without the picture.
  const ratio = found ? found.width / found.height : (shown?.ratio ?? 1);
  return (
    <div class="stage">
      <div class="stage-picture" ref={element} style={{ '--ratio': ratio }}>
        {shown && (
          <img
            src={shown.url}
            alt={name}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setShown({ url: shown.url, ratio: naturalWidth / naturalHeight })
            }
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
  );
}
