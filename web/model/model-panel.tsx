import { useRef, useState } from 'preact/hooks';
import type { DeviceWish } from '../here/protocol.ts';
import type { Session } from '../shell/use-session.ts';
import { AddressForm } from './address-form.tsx';
import { keyOf } from './model-choice.ts';
import { TokenForm } from './token-form.tsx';

interface ModelPanelProps {
  session: Session;
  device: DeviceWish;
  onDevice: (device: DeviceWish) => void;
}

const devices: readonly { id: DeviceWish; label: string }[] = [
  { id: 'auto', label: 'Automatic' },
  { id: 'wasm', label: 'Processor (WebAssembly)' },
  { id: 'webgpu', label: 'Graphics (WebGPU)' },
];

/** Where to compute, and with which model. */
export function ModelPanel({ session, device, onDevice }: ModelPanelProps) {
  const { server, source, setSource, choices, model, setModel, addModel } = session;
  const file = useRef<HTMLInputElement>(null);
  const [asksAddress, setAsksAddress] = useState(false);
  return (
    <section class="panel-section" aria-label="Model">
      {server.kind !== 'none' && (
        <fieldset class="source-switch">
          <legend class="visually-hidden">Where the model runs</legend>
          {(['server', 'here'] as const).map((id) => (
            <label key={id} class="segment">
              <input
                type="radio"
                name="source"
                value={id}
                checked={source === id}
                onChange={() => setSource(id)}
              />
              {id === 'server' ? 'On the server' : 'In this browser'}
            </label>
          ))}
        </fieldset>
      )}
      {server.kind === 'locked' && <TokenForm reason={server.reason} onToken={session.giveToken} />}
      {server.kind === 'failed' && (
        <div class="notice notice-error" role="alert">
          The server does not answer: {server.reason}{' '}
          <button type="button" class="link-button" onClick={session.retryServer}>
            Try again
          </button>
        </div>
      )}
      <div class="field">
        <label for="model">Model</label>
        <select
          id="model"
          class="input"
          disabled={choices.length === 0}
          value={model ? keyOf(model) : ''}
          onChange={({ currentTarget }) => {
            const chosen = choices.find((choice) => keyOf(choice) === currentTarget.value);
            if (chosen) setModel(chosen);
          }}
        >
          {choices.length === 0 && <option value="">none yet</option>}
          {choices.map((choice) => (
            <option key={keyOf(choice)} value={keyOf(choice)}>
              {choice.name}
            </option>
          ))}
        </select>
      </div>
      {source === 'here' && (
        <>
          <div class="button-row">
            <input
              ref={file}
              class="visually-hidden"
              type="file"
              accept=".safetensors"
              tabIndex={-1}
              aria-label="Model file"
              onChange={({ currentTarget }) => {
                const chosen = currentTarget.files?.[0];
                if (chosen) {
                  addModel({ kind: 'file', name: chosen.name.replace(/\.safetensors$/, ''), file: chosen });
                }
                currentTarget.value = '';
              }}
            />
            <button type="button" class="button" onClick={() => file.current?.click()}>
              Open a file
            </button>
            <button
              type="button"
              class="button"
              aria-expanded={asksAddress}
              onClick={() => setAsksAddress(!asksAddress)}
            >
              From an address
            </button>
          </div>
          {asksAddress && (
            <AddressForm
              onModel={(choice) => {
                addModel(choice);
                setAsksAddress(false);
              }}
            />
          )}
          <div class="field">
            <label for="device">Computed by</label>
            <select
              id="device"
              class="input"
              value={device}
              onChange={({ currentTarget }) => onDevice(currentTarget.value as DeviceWish)}
            >
              {devices.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </div>
        </>
      )}
    </section>
  );
}
