import { useRef, useState } from 'preact/hooks';
import type { DeviceWish, PredictionChoices } from '../here/protocol.ts';
import type { Session } from '../shell/use-session.ts';
import type { WordKey } from '../words/english.ts';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import { AddressForm } from './address-form.tsx';
import { ModelCardView } from './model-card.tsx';
import { keyOf } from './model-choice.ts';
import type { ModelFacts } from './model-facts.ts';
import { MoreOptions } from './more-options.tsx';
import { TokenForm } from './token-form.tsx';

interface ModelPanelProps {
  session: Session;
  /** About the chosen model; null where nothing is known yet. */
  facts: ModelFacts | null;
  device: DeviceWish;
  onDevice: (device: DeviceWish) => void;
  /** Applied to the next predictions; reset by another model. */
  choices: PredictionChoices;
  onChoices: (choices: PredictionChoices) => void;
}

const devices: readonly { id: DeviceWish; label: WordKey }[] = [
  { id: 'auto', label: 'deviceAuto' },
  { id: 'wasm', label: 'deviceWasm' },
  { id: 'webgpu', label: 'deviceWebgpu' },
];

/** Chooses where to run the model, and which one. */
export function ModelPanel({ session, facts, device, onDevice, ...prediction }: ModelPanelProps) {
  const { server, source, setSource, choices, model, setModel, addModel } = session;
  const { language, say } = useWords();
  const file = useRef<HTMLInputElement>(null);
  const [asksAddress, setAsksAddress] = useState(false);
  return (
    <section class="panel-section" aria-label={say('model')}>
      {server.kind !== 'none' && (
        <fieldset class="source-switch">
          <legend class="visually-hidden">{say('modelWhere')}</legend>
          {(['server', 'here'] as const).map((id) => (
            <label key={id} class="segment">
              <input
                type="radio"
                name="source"
                value={id}
                checked={source === id}
                onChange={() => setSource(id)}
              />
              {say(id === 'server' ? 'onServer' : 'inBrowser')}
            </label>
          ))}
        </fieldset>
      )}
      {server.kind === 'locked' && (
        <TokenForm reason={errorText(server.error, language)} onToken={session.giveToken} />
      )}
      {server.kind === 'failed' && (
        <div class="notice notice-error" role="alert">
          {errorText(server.error, language)}{' '}
          <button type="button" class="link-button" onClick={session.retryServer}>
            {say('retry')}
          </button>
        </div>
      )}
      <div class="field">
        <label for="model">{say('model')}</label>
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
          {choices.length === 0 && <option value="">{say('noModel')}</option>}
          {choices.map((choice) => (
            <option key={keyOf(choice)} value={keyOf(choice)}>
              {choice.name}
            </option>
          ))}
        </select>
      </div>
      {facts && <ModelCardView facts={facts} />}
      {source === 'here' && (
        <>
          <div class="button-row">
            <input
              ref={file}
              class="visually-hidden"
              type="file"
              accept=".safetensors"
              tabIndex={-1}
              aria-label={say('modelFile')}
              onChange={({ currentTarget }) => {
                const chosen = currentTarget.files?.[0];
                if (chosen) {
                  addModel({ kind: 'file', name: chosen.name.replace(/\.safetensors$/, ''), file: chosen });
                }
                currentTarget.value = '';
              }}
            />
            <button type="button" class="button" onClick={() => file.current?.click()}>
              {say('openFile')}
            </button>
            <button
              type="button"
              class="button"
              aria-expanded={asksAddress}
              onClick={() => setAsksAddress(!asksAddress)}
            >
              {say('fromAddress')}
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
            <label for="device">{say('device')}</label>
            <select
              id="device"
              class="input"
              value={device}
              onChange={({ currentTarget }) => onDevice(currentTarget.value as DeviceWish)}
            >
              {devices.map(({ id, label }) => (
                <option key={id} value={id}>
                  {say(label)}
                </option>
              ))}
            </select>
          </div>
        </>
      )}
      {model && <MoreOptions key={keyOf(model)} facts={facts} {...prediction} />}
    </section>
  );
}
