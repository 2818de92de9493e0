import { useEffect, useRef, useState } from 'preact/hooks';

interface CameraDialogProps {
  onPicture: (picture: Blob) => void;
  onClose: () => void;
}

/** Shows the camera until a picture is taken or the dialog is closed; the camera is on for that long alone. */
export function CameraDialog({ onPicture, onClose }: CameraDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'starting' | 'on' | { failed: string }>('starting');

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
      (error: Error) => setState({ failed: error.message }),
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
    <dialog ref={dialog} class="dialog" aria-label="Camera" onClose={onClose}>
      {typeof state === 'object' ? (
        <p class="notice notice-error" role="alert">
          The camera cannot be used: {state.failed}
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
          Take the picture
        </button>
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}

async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Error('browsers allow it only on https and on this machine');
  return await navigator.mediaDevices.getUserMedia({
    // The one that looks away from the person who holds the phone.
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
