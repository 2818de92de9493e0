import { useState } from 'preact/hooks';

interface TokenFormProps {
  /** The server's own words. */
  reason: string;
  onToken: (token: string) => void;
}

/** Asks for the token of a server that wants one. */
export function TokenForm({ reason, onToken }: TokenFormProps) {
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
          placeholder="Token"
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <button type="submit" class="button">
          Unlock
        </button>
      </div>
    </form>
  );
}
