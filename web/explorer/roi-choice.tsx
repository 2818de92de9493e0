import { type ExplainedStages, fixed, grouped, type Language, shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import type { Say } from '../words/say.ts';

/** The kind of RoI to choose from. */
export type Kind = 'objects' | 'proposals';

interface RoiChoiceProps {
  stages: ExplainedStages;
  kind: Kind;
  current: number | null;
  /** Number of proposals shown. */
  shown: number;
  onKind: (kind: Kind) => void;
  onShown: (count: number) => void;
  onChoose: (index: number) => void;
}

/** The list of RoIs: a native list box, which works by keyboard and on phones. */
export function RoiChoice({ stages, kind, current, shown, onKind, onShown, onChoose }: RoiChoiceProps) {
  const { language, say } = useWords();
  const { selected } = stages.proposals;
  const { instances } = stages.detections;
  const counts = { objects: instances.length, proposals: selected.length };
  const rows = kind === 'objects' ? objectRows(stages, language) : proposalRows(stages, shown, say);
  return (
    <div class="roi-choice">
      <fieldset class="segmented">
        <legend class="visually-hidden">{say('choose')}</legend>
        {(['objects', 'proposals'] as const).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="roi-kind"
              checked={kind === each}
              onChange={() => onKind(each)}
              disabled={counts[each] === 0}
            />
            <span>{say('counted', { what: say(each), n: grouped(counts[each]) })}</span>
          </label>
        ))}
      </fieldset>
      <select
        class="roi-list"
        size={6}
        aria-label={say(kind)}
        value={current === null ? '' : String(current)}
        onChange={(event) => onChoose(Number(event.currentTarget.value))}
      >
        {rows.map((text, i) => (
          <option key={text} value={i}>
            {text}
          </option>
        ))}
      </select>
      {kind === 'proposals' && (
        <label class="range">
          <span>{say('shown', { n: grouped(Math.min(shown, selected.length)) })}</span>
          <input
            type="range"
            min={1}
            max={selected.length}
            value={Math.min(shown, selected.length)}
            onInput={(event) => onShown(Number(event.currentTarget.value))}
          />
        </label>
      )}
    </div>
  );
}

function objectRows({ detections, model }: ExplainedStages, language: Language): string[] {
  return detections.instances.map(
    ({ label, score }, i) => `${i + 1} · ${shownName(model.classes[label], language)} · ${fixed(score, 3)}`,
  );
}

/** The level is the anchor's; the RoI may be pooled from another. */
function proposalRows({ proposals }: ExplainedStages, shown: number, say: Say): string[] {
  return proposals.selected.slice(0, shown).map(({ box: [x1, y1, x2, y2], score, level }, i) => {
    const size = `${fixed(x2 - x1, 0)} × ${fixed(y2 - y1, 0)}`;
    return `${i + 1} · ${say('anchorOn', { level: level.toUpperCase() })} · ${fixed(score, 3)} · ${size}`;
  });
}
