import type { RunPlan } from '../product.ts';
import { useWords } from '../words/language.tsx';
import type { Say } from '../words/say.ts';
import type { Summary } from './run-log.ts';

/** The summary at the top: progress, time left, loss, best result, speed. */
export function RunSummary({ summary, plan }: { summary: Summary; plan: RunPlan | null }) {
  const { say } = useWords();
  const { done, picturesPerSecond, learningRate, loss, best, measure, isFinished, secondsLeft } = summary;
  const facts: [string, string][] = [
    [say('step'), plan ? say('stepOf', { done, steps: plan.steps }) : String(done)],
    [say('timeLeft'), isFinished ? say('finished') : timeLeft(say, secondsLeft)],
    [say('loss'), loss === null ? '–' : loss.toPrecision(3)],
    [
      measure === null ? say('bestResult') : say('best', { measure }),
      best ? say('bestAt', { value: (100 * best.value).toFixed(1), step: best.step }) : '–',
    ],
    [say('learningRate'), learningRate === null ? '–' : Number(learningRate.toPrecision(3)).toString()],
    [say('speed'), picturesPerSecond === null ? '–' : picturesPerSecond.toPrecision(3)],
  ];
  return (
    <section class="run-summary" aria-label={say('summary')}>
      {plan && <progress max={plan.steps} value={done} aria-label={say('step')} />}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function timeLeft(say: Say, seconds: number | null): string {
  return seconds === null ? say('unknown') : durationText(say, seconds);
}

/** A duration in hours and minutes, minutes, or seconds. */
function durationText(say: Say, seconds: number): string {
  if (seconds < 90) return say('seconds', { n: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say('minutes', { n: minutes });
  return say('hours', { n: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, '0') });
}
