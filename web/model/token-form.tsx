import { useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';

interface TokenFormProps {
  /** The server's error message. */
  reason: string;
  onToken: (token: string) => void;
}

/** Asks for the token that the server requires. */
export function TokenForm({ reason, onToken }: TokenFormProps) {
  const { say } = useWords();
  const [token, setToken] = useState('');
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(token);
      }}
    >
      <label for="token">{reason}</label>
      <div class="input-row">
        <input
          id="token"
          class="input"
          type="password"
          autocomplete="off"
          placeholder={say('token')}
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <button type="submit" class="button">
          {say('unlock')}
        </button>
      </div>
    </form>
  );
}
