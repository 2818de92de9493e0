import { useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import { choiceOfAddress, type ModelChoice } from './model-choice.ts';

/** Asks for the URL of a model file. */
export function AddressForm({ onModel }: { onModel: (choice: ModelChoice) => void }) {
  const { language, say } = useWords();
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          onModel(choiceOfAddress(text.trim()));
        } catch (error) {
          setFailure(error);
        }
      }}
    >
      <label for="address">{say('addressLabel')}</label>
      <div class="input-row">
        <input
          id="address"
          class="input"
          type="text"
          inputMode="url"
          placeholder="https://"
          required
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" class="button">
          {say('add')}
        </button>
      </div>
      {failure !== null && (
        <p class="notice notice-error" role="alert">
          {errorText(failure, language)}
        </p>
      )}
    </form>
  );
}
