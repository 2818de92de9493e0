import { formatValue, shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import type { ModelFacts } from './model-facts.ts';

/** What a model finds, what it learned from, how good it is, and its classes. */
export function ModelCardView({ facts: { card, categories } }: { facts: ModelFacts }) {
  const { language, say } = useWords();
  const metric = card?.metrics[0];
  return (
    <div class="model-card">
      {card && <p class="model-card-description">{card.description[language]}</p>}
      {card && <p>{say('learnedFrom', { trainedOn: card.trainedOn[language] })}</p>}
      {metric && (
        <p>
          {say('measured', {
            measure: metric.measure,
            value: formatValue(metric),
            on: metric.on[language],
          })}
        </p>
      )}
      {card && <p>{say('licence', { licence: card.licence })}</p>}
      <details>
        <summary>{say('knows', { n: categories.length })}</summary>
        <p>{categories.map(({ name }) => shownName(name, language)).join(say('comma'))}</p>
      </details>
    </div>
  );
}
