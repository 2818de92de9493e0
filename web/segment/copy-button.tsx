import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';
import { PageError } from '../words/page-error.ts';
import { type Drawing, jsonText } from './downloads.ts';

interface CopyButtonProps {
  drawing: Drawing;
  /** Called with null after a success. */
  onFailure: (error: unknown) => void;
}

/** Copies the visible instances as COCO results, and says so until they change. */
export function CopyButton({ drawing, onFailure }: CopyButtonProps) {
  const { say } = useWords();
  const { shapes } = drawing;
  const [copied, setCopied] = useState(false);
  useEffect(() => setCopied(false), [shapes]);
  const copy = async () => {
    try {
      // The clipboard exists only in secure contexts.
      if (!navigator.clipboard) throw new PageError('cannotCopy');
      await navigator.clipboard.writeText(jsonText(drawing));
      setCopied(true);
      onFailure(null);
    } catch (error) {
      onFailure(error);
    }
  };
  return (
    <>
      <button type="button" class="button" title={say('hintCopy')} onClick={() => void copy()}>
        {say('copyJson')}
      </button>
      <span class="copied" role="status">
        {copied && say('copied', { n: shapes.length })}
      </span>
    </>
  );
}
