import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChosenPicture } from '../shell/use-session.ts';
import { useWords } from '../words/language.tsx';
import { PageError } from '../words/page-error.ts';
import { CameraDialog } from './camera-dialog.tsx';

interface PictureInputProps {
  /** Whether this view handles what is dropped or pasted on the page. */
  isListening: boolean;
  onPicture: (picture: ChosenPicture) => void;
  /** Called with an error for a file that is not a picture. */
  onRefused: (error: PageError) => void;
}

/** Buttons to open, take or generate a picture; the whole page also accepts dropped and pasted pictures. */
export function PictureInput({ isListening, onPicture, onRefused }: PictureInputProps) {
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [isCameraOpen, setCameraOpen] = useState(false);
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.type !== '' && !file.type.startsWith('image/')) {
      return onRefused(new PageError('notPicture', { name: file.name, type: file.type }));
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
        aria-label={say('pictureFile')}
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0]);
          currentTarget.value = '';
        }}
      />
      <button type="button" class="button button-primary" onClick={() => input.current?.click()}>
        {say('openPicture')}
      </button>
      <button type="button" class="button" onClick={() => setCameraOpen(true)}>
        {say('camera')}
      </button>
      <button type="button" class="button" onClick={() => void drawExample()}>
        {say('example')}
      </button>
      {isCameraOpen && (
        <CameraDialog
          onPicture={(blob) => onPicture({ blob, name: 'camera.jpg' })}
          onClose={() => setCameraOpen(false)}
        />
      )}
      {isDropping && (
        <div class="drop-veil" aria-hidden="true">
          {say('dropPicture')}
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
    // Only when leaving the window is there no related target.
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
