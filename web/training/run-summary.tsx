import type { RunPlan } from '../product.ts';
import type { Summary } from './run-log.ts';

/** The summary at the top: progress, time left, loss, best result, speed. */
export function RunSummary({ summary, plan }: { summary: Summary; plan: RunPlan | null }) {
  const { done, picturesPerSecond, learningRate, loss, best, measure, secondsLeft } = summary;
  const facts: [string, string][] = [
    ['Step', plan ? `${done} of ${plan.steps}` : String(done)],
    ['Time left', secondsLeft === null ? 'unknown' : durationText(secondsLeft)],
    ['Loss', loss === null ? '–' : loss.toPrecision(3)],
    [`Best ${measure}`, best ? `${(100 * best.value).toFixed(1)} at step ${best.step}` : '–'],
    ['Learning rate', learningRate === null ? '–' : Number(learningRate.toPrecision(3)).toString()],
    ['Pictures a second', picturesPerSecond === null ? '–' : picturesPerSecond.toPrecision(3)],
  ];
  return (
    <section class="run-summary" aria-label="The run in short">
      {plan && <progress max={plan.steps} value={done} aria-label="Steps" />}
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

/** A duration in hours and minutes, minutes, or seconds. */
function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
