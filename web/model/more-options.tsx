import { useState } from 'preact/hooks';
import type { PredictionChoices } from '../here/protocol.ts';
import { shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import type { ModelFacts } from './model-facts.ts';

interface MoreOptionsProps {
  /** Null where nothing is known of the model yet. */
  facts: ModelFacts | null;
  choices: PredictionChoices;
  onChoices: (choices: PredictionChoices) => void;
}

/** As the server limits it. */
const largestMost = 1000;

/** Folded away: what few predictions need. Applied together, since each change costs a prediction. */
export function MoreOptions({ facts, choices, onChoices }: MoreOptionsProps) {
  const { language, say } = useWords();
  const [classes, setClasses] = useState<ReadonlySet<string>>(new Set(choices.classes));
  const [most, setMost] = useState(String(choices.maxDetections ?? ''));
  const [tiles, setTiles] = useState(choices.tile !== undefined);
  const toggle = (name: string) => {
    const next = new Set(classes);
    if (!next.delete(name)) next.add(name);
    setClasses(next);
  };
  const names = facts?.categories.map(({ name }) => name) ?? [];
  return (
    <details class="more-options">
      <summary>{say('moreOptions')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onChoices({
            ...(classes.size > 0 && { classes: [...classes] }),
            ...(most !== '' && { maxDetections: Number(most) }),
            ...(tiles && { tile: 'auto' as const }),
          });
        }}
      >
        {names.length > 1 && (
          <fieldset class="option-classes">
            <legend class="legend">{say('optionClasses')}</legend>
            <div class="option-class-list">
              {names.map((name) => (
                <label key={name} class="check">
                  <input type="checkbox" checked={classes.has(name)} onChange={() => toggle(name)} />
                  {shownName(name, language)}
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <div class="field">
          <label for="most">{say('optionMost')}</label>
          <input
            id="most"
            class="input"
            type="number"
            min={1}
            max={largestMost}
            step={1}
            placeholder={say('optionMostDefault')}
            value={most}
            onInput={({ currentTarget }) => setMost(currentTarget.value)}
          />
        </div>
        <div>
          <label class="check">
            <input
              type="checkbox"
              checked={tiles}
              aria-describedby="tiles-help"
              onChange={({ currentTarget }) => setTiles(currentTarget.checked)}
            />
            {say('optionTiles')}
          </label>
          <p id="tiles-help" class="option-help">
            {say('optionTilesHelp')}
          </p>
        </div>
        <button type="submit" class="button">
          {say('apply')}
        </button>
      </form>
    </details>
  );
}
