import type { AskServer } from '../shell/view-props.ts';
import { addLines, type Curves, parseLog, parsePlan, type RunPlan } from './run-log.ts';

/** What is known of a run. */
export interface RunState {
  curves: Curves;
  plan: RunPlan | null;
}

/** A run that can be looked at again and again. */
export interface RunSource {
  name: string;
  /** Whether looking again can show more. */
  isLive: boolean;
  /** What is known now; the same object where nothing is new. */
  look(before: RunState): Promise<RunState>;
}

export const nothingYet: RunState = { curves: new Map(), plan: null };

interface MetricsAnswer {
  version: string;
  from: number;
  next: number;
  more: boolean;
  metrics: Record<string, number>[];
  plan: RunPlan | null;
}

/** A run in the server's folder. */
export function serverRun(name: string, askServer: AskServer): RunSource {
  let place: { from: number; version: string } | null = null;
  const ask = async (): Promise<MetricsAnswer> => {
    const query = new URLSearchParams(place ? { from: String(place.from), version: place.version } : {});
    return readJson(await askServer(`v1/runs/${encodeURIComponent(name)}/metrics?${query}`));
  };
  return {
    name,
    isLive: true,
    async look(before) {
      let { curves } = before;
      let answer: MetricsAnswer;
      do {
        answer = await ask();
        if (answer.from === 0) curves = new Map();
        if (answer.metrics.length > 0) curves = addLines(curves, answer.metrics);
        place = { from: answer.next, version: answer.version };
      } while (answer.more);
      const isSame = curves === before.curves && JSON.stringify(answer.plan) === JSON.stringify(before.plan);
      return isSame ? before : { curves, plan: answer.plan };
    },
  };
}

/** The names of the server's runs, or null where it was given no folder of them. */
export async function listServerRuns(askServer: AskServer): Promise<string[] | null> {
  const { watching, runs } = await readJson<{ watching: boolean; runs: { name: string }[] }>(
    await askServer('v1/runs'),
  );
  return watching ? runs.map(({ name }) => name) : null;
}

/** Gives a file as it is now; null where it is not there. */
export type OpenFile = () => Promise<File | null>;

/** A run on this machine's disk. @param isLive Whether the browser lets the files be opened again. */
export function fileRun(
  name: string,
  files: { metrics: OpenFile; plan: OpenFile },
  isLive: boolean,
): RunSource {
  let seen = '';
  return {
    name,
    isLive,
    async look(before) {
      const metrics = await files.metrics();
      if (!metrics) throw new Error(`${name}: has no metrics.jsonl`);
      const version = `${metrics.size} ${metrics.lastModified}`;
      if (version === seen) return before;
      seen = version;
      const plan = await files.plan();
      return {
        curves: addLines(new Map(), parseLog(await metrics.text())),
        plan: plan && parsePlan(await plan.text()),
      };
    },
  };
}

async function readJson<Body>(response: Response): Promise<Body> {
  if (response.ok) return response.json() as Promise<Body>;
  const problem = (await response.json().catch(() => null)) as { title: string; detail: string } | null;
  throw new Error(problem ? `${problem.title}: ${problem.detail}` : `the server answered ${response.status}`);
}
