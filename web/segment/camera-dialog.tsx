import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';
import { errorText, PageError } from '../words/page-error.ts';

interface CameraDialogProps {
  onPicture: (picture: Blob) => void;
  onClose: () => void;
}

/** Shows the camera until a picture is taken or the dialog is closed, and then turns it off. */
export function CameraDialog({ onPicture, onClose }: CameraDialogProps) {
  const { language, say } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'starting' | 'on' | { failed: unknown }>('starting');

  useEffect(() => {
    dialog.current?.showModal();
    let stream: MediaStream | null = null;
    let closed = false;
    openCamera().then(
      (opened) => {
        stream = opened;
        if (closed) return stop(opened);
        if (video.current) video.current.srcObject = opened;
      },
      (error: unknown) => setState({ failed: error }),
    );
    return () => {
      closed = true;
      if (stream) stop(stream);
    };
  }, []);

  const take = async () => {
    if (video.current) onPicture(await frameOf(video.current));
    onClose();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-label={say('camera')} onClose={onClose}>
      {typeof state === 'object' ? (
        <p class="notice notice-error" role="alert">
          {say('cameraFailed', { message: errorText(state.failed, language) })}
        </p>
      ) : (
        <video ref={video} class="camera" autoplay muted playsInline onPlaying={() => setState('on')} />
      )}
      <div class="button-row">
        <button
          type="button"
          class="button button-primary"
          disabled={state !== 'on'}
          onClick={() => void take()}
        >
          {say('takePicture')}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {say('close')}
        </button>
      </div>
    </dialog>
  );
}

async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new PageError('cameraInsecure');
  return await navigator.mediaDevices.getUserMedia({
    // The rear camera of a phone.
    video: { facingMode: 'environment', width: { ideal: 1280 } },
    audio: false,
  });
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

async function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
}
