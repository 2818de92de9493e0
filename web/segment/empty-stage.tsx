import { useWords } from '../words/language.tsx';
import { pictureInputId } from './picture-input.tsx';

/** The placeholder shown before a picture is chosen. A click on it opens the file dialog, as the button above it does by keyboard. */
export function EmptyStage() {
  const { say } = useWords();
  return (
    <label class="stage stage-empty" for={pictureInputId}>
      <svg class="empty-icon" viewBox="0 0 64 64" aria-hidden="true">
        <rect x="6" y="6" width="52" height="52" rx="8" class="empty-frame" />
        <path d="M32 16c10 0 16 7 16 16s-8 17-17 16-16-8-15-17 6-15 16-15z" class="empty-blob" />
      </svg>
      <span class="empty-title">{say('emptyTitle')}</span>
      <span class="empty-hint">{say('emptyHint')}</span>
    </label>
  );
}
