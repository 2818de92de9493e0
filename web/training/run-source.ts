import {
  parseMetricsLines,
  parseRunPlan,
  type RunMetricsBody,
  type RunPlan,
  type RunsBody,
  routes,
  runFiles,
  urlOf,
} from '../product.ts';
import { checkResponse } from '../server/check-response.ts';
import type { AskServer } from '../shell/view-props.ts';
import { PageError } from '../words/page-error.ts';
import { addLines, type Curves } from './run-log.ts';

/** What has been read of a run. */
export interface RunState {
  curves: Curves;
  plan: RunPlan | null;
}

/** A run that can be read repeatedly. */
export interface RunSource {
  name: string;
  /** Whether reading again can bring more. */
  isLive: boolean;
  /** Reads what is new. @returns `before` itself if nothing is. */
  look(before: RunState): Promise<RunState>;
}

export const nothingYet: RunState = { curves: new Map(), plan: null };

/** A run in the server's folder of runs. */
export function serverRun(name: string, askServer: AskServer): RunSource {
  let place: { from: string; version: string } | undefined;
  return {
    name,
    isLive: true,
    async look(before) {
      let { curves } = before;
      let body: RunMetricsBody;
      do {
        body = await getJson(askServer, urlOf(routes.followRun, { name }, place));
        if (body.from === 0) curves = new Map();
        if (body.metrics.length > 0) curves = addLines(curves, body.metrics);
        place = { from: String(body.next), version: body.version };
      } while (body.more);
      const isSame = curves === before.curves && JSON.stringify(body.plan) === JSON.stringify(before.plan);
      return isSame ? before : { curves, plan: body.plan };
    },
  };
}

/** Lists the names of the server's runs. @returns Null if the server was started without a folder of runs. */
export async function listServerRuns(askServer: AskServer): Promise<string[] | null> {
  const { watching, runs } = await getJson<RunsBody>(askServer, urlOf(routes.listRuns, {}));
  return watching ? runs.map(({ name }) => name) : null;
}

/** Opens a file as it is now; null if it does not exist. */
export type OpenFile = () => Promise<File | null>;

/** A run on this machine's disk. @param isLive Whether the browser can open the files again. */
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
      if (!metrics) throw new PageError('noMetrics', { name, file: runFiles.metrics });
      const version = `${metrics.size} ${metrics.lastModified}`;
      if (version === seen) return before;
      seen = version;
      const plan = await files.plan();
      return {
        curves: addLines(new Map(), parseMetricsLines(await metrics.text())),
        plan: plan && parseRunPlan(await plan.text()),
      };
    },
  };
}

async function getJson<Body>(askServer: AskServer, url: string): Promise<Body> {
  const response = await checkResponse(await askServer(url));
  return response.json() as Promise<Body>;
}
