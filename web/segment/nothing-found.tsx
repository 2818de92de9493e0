import { type ModelFacts, recommended } from '../model/model-facts.ts';
import { shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import { megabytes } from './megabytes.ts';

/** Classes that are named; more would not be read. */
const mostNamed = 12;

/** Takes the place of the list where a model found nothing: what it knows, and a model that knows more. */
export function NothingFound({ model, facts }: { model: string; facts: ModelFacts }) {
  const { language, say } = useWords();
  const names = facts.categories.map(({ name }) => shownName(name, language));
  const named = names.slice(0, mostNamed).join(say('comma'));
  const more = names.length - mostNamed;
  return (
    <div class="notice">
      <p>{more > 0 ? say('onlyKnowsMore', { named, n: more }) : say('onlyKnows', { named })}</p>
      {recommended && recommended.name !== model && (
        <p>
          {say('knowsMore', { size: megabytes(recommended.size ?? 0) })}{' '}
          <code>mask-rcnn serve --model {recommended.name}</code>
        </p>
      )}
    </div>
  );
}
