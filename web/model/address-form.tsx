import { useState } from 'preact/hooks';
import { choiceOfAddress, type ModelChoice } from './model-choice.ts';

/** Asks for the address of a model file. */
export function AddressForm({ onModel }: { onModel: (choice: ModelChoice) => void }) {
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          onModel(choiceOfAddress(text.trim()));
        } catch (error) {
          setFailure(error instanceof Error ? error.message : String(error));
        }
      }}
    >
      <label for="address">Address of a .safetensors file; its host has to allow other pages</label>
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
          Add
        </button>
      </div>
      {failure && (
        <p class="notice notice-error" role="alert">
          {failure}
        </p>
      )}
    </form>
  );
}
