import { useEffect, useRef, useState } from 'preact/hooks';
import { droppedFiles } from '../files/dropped-files.ts';
import { type NamedFile, namedFiles } from '../files/named-files.ts';
import type { ChosenPicture } from '../shell/use-session.ts';
import { useWords } from '../words/language.tsx';
import { errorText, PageError } from '../words/page-error.ts';
import { CameraDialog } from './camera-dialog.tsx';
import { picturesAmong } from './picture-files.ts';

interface PictureInputProps {
  /** Whether this view handles what is dropped or pasted on the page. */
  isListening: boolean;
  /** Those of the chosen model, for which the example is chosen; empty where they are not known yet. */
  categories: readonly { name: string }[];
  onPictures: (pictures: readonly ChosenPicture[]) => void;
  /** Called with each choice of pictures: the problem with some of them, or null. */
  onProblem: (problem: PageError | null) => void;
}

/** Id of the file input; a click on its label opens it. */
export const pictureInputId = 'picture-file';

/** Not on phones, whose folders few people know and many browsers do not open. */
const canOpenFolders =
  'webkitdirectory' in HTMLInputElement.prototype &&
  !matchMedia('(hover: none) and (pointer: coarse)').matches;

/** Buttons to open, take or generate pictures; the whole page also accepts dropped and pasted ones. */
export function PictureInput({ isListening, categories, onPictures, onProblem }: PictureInputProps) {
  const { language, say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isCameraOpen, setCameraOpen] = useState(false);
  const take = (files: readonly NamedFile[]) => {
    if (files.length === 0) return;
    const { pictures, problem } = picturesAmong(files);
    onProblem(problem);
    if (pictures.length > 0) onPictures(pictures);
  };
  const isDropping = useDropAndPaste(isListening, take);
  const takeOne = (blob: Blob, name: string) => {
    onProblem(null);
    onPictures([{ blob, name }]);
  };
  const openExample = async () => {
    try {
      const { examplePicture } = await import('./example-picture.ts');
      const { blob, name } = await examplePicture(categories);
      takeOne(blob, name);
    } catch (error) {
      onProblem(new PageError('exampleFailed', { message: errorText(error, language) }));
    }
  };
  const fileInput = { class: 'visually-hidden', type: 'file', multiple: true, tabIndex: -1 } as const;
  const onChange = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    take(namedFiles(currentTarget.files ?? []));
    currentTarget.value = '';
  };
  return (
    <div class="button-row">
      <input
        {...fileInput}
        ref={input}
        id={pictureInputId}
        accept="image/*"
        aria-label={say('pictureFile')}
        onChange={onChange}
      />
      <button type="button" class="button button-primary" onClick={() => input.current?.click()}>
        {say('openPicture')}
      </button>
      {canOpenFolders && (
        <>
          <input
            {...fileInput}
            ref={(element) => {
              folder.current = element;
              if (element) element.webkitdirectory = true;
            }}
            aria-label={say('folderFile')}
            onChange={onChange}
          />
          <button type="button" class="button" onClick={() => folder.current?.click()}>
            {say('openFolder')}
          </button>
        </>
      )}
      <button type="button" class="button" onClick={() => setCameraOpen(true)}>
        {say('camera')}
      </button>
      <button type="button" class="button" onClick={() => void openExample()}>
        {say('example')}
      </button>
      {isCameraOpen && (
        <CameraDialog
          onPicture={(blob) => takeOne(blob, 'camera.jpg')}
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
function useDropAndPaste(isListening: boolean, take: (files: readonly NamedFile[]) => void): boolean {
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
    const drop = async (event: DragEvent) => {
      setDropping(false);
      if (!hasFile(event) || !event.dataTransfer) return;
      event.preventDefault();
      latest.current(await droppedFiles(event.dataTransfer.items));
    };
    window.addEventListener('dragover', over, { signal });
    // Only when leaving the window is there no related target.
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setDropping(false), {
      signal,
    });
    window.addEventListener('drop', (event) => void drop(event), { signal });
    window.addEventListener(
      'paste',
      (event) => latest.current(namedFiles(event.clipboardData?.files ?? [])),
      {
        signal,
      },
    );
    return () => abort.abort();
  }, [isListening]);
  return isDropping;
}
