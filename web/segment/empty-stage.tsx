/** What stands in the picture's place before there is one. */
export function EmptyStage() {
  return (
    <div class="stage stage-empty">
      <svg class="empty-icon" viewBox="0 0 64 64" aria-hidden="true">
        <rect x="6" y="6" width="52" height="52" rx="8" class="empty-frame" />
        <path d="M32 16c10 0 16 7 16 16s-8 17-17 16-16-8-15-17 6-15 16-15z" class="empty-blob" />
      </svg>
      <p class="empty-title">Drop or paste a picture</p>
      <p class="empty-hint">
        or open one, shoot one, or begin with an example. With “In this browser” it stays on this device.
      </p>
    </div>
  );
}
