import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChosenPicture } from '../shell/use-session.ts';
import { CameraDialog } from './camera-dialog.tsx';

interface PictureInputProps {
  /** Whether the page's drops and pastes are for this view. */
  isListening: boolean;
  onPicture: (picture: ChosenPicture) => void;
  /** Told of a file that is no picture. */
  onRefused: (reason: string) => void;
}

/** Buttons to choose, shoot or draw a picture; besides, the whole page takes what is dropped or pasted. */
export function PictureInput({ isListening, onPicture, onRefused }: PictureInputProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isCameraOpen, setCameraOpen] = useState(false);
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.type !== '' && !file.type.startsWith('image/')) {
      return onRefused(`${file.name} is not a picture (${file.type})`);
    }
    onPicture({ blob: file, name: file.name || 'picture' });
  };
  const isDropping = useDropAndPaste(isListening, take);
  const drawExample = async () => {
    const { drawExample: draw } = await import('./example-picture.ts');
    onPicture({ blob: await draw(), name: 'example.png' });
  };
  return (
    <div class="button-row">
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label="Picture file"
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0]);
          currentTarget.value = '';
        }}
      />
      <button type="button" class="button button-primary" onClick={() => input.current?.click()}>
        Open picture
      </button>
      <button type="button" class="button" onClick={() => setCameraOpen(true)}>
        Camera
      </button>
      <button type="button" class="button" onClick={() => void drawExample()}>
        Example
      </button>
      {isCameraOpen && (
        <CameraDialog
          onPicture={(blob) => onPicture({ blob, name: 'camera.jpg' })}
          onClose={() => setCameraOpen(false)}
        />
      )}
      {isDropping && (
        <div class="drop-veil" aria-hidden="true">
          Drop the picture
        </div>
      )}
    </div>
  );
}

/** Listens on the whole page. @returns Whether a file is being dragged over it. */
function useDropAndPaste(isListening: boolean, take: (file: File | undefined) => void): boolean {
  const [isDropping, setDropping] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (!isListening) return;
    const abort = new AbortController();
    const { signal } = abort;
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setDropping(true);
    };
    window.addEventListener('dragover', over, { signal });
    // Leaving the window leads to nowhere; leaving an element leads to another one.
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setDropping(false), {
      signal,
    });
    window.addEventListener(
      'drop',
      (event) => {
        setDropping(false);
        if (!hasFile(event)) return;
        event.preventDefault();
        latest.current(event.dataTransfer?.files[0]);
      },
      { signal },
    );
    window.addEventListener('paste', (event) => latest.current(event.clipboardData?.files[0]), { signal });
    return () => abort.abort();
  }, [isListening]);
  return isDropping;
}
