import { Option } from 'commander';
import { defaultModel } from '../../core/default-model.ts';
import { InputError } from '../../core/errors.ts';
import { type FindModelOptions, findModel } from '../../predict/load/find-model.ts';
import { note } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';

/** `--model`, for commands that use the default model where none is named. */
export function modelOption(): Option {
  return anyModelOption().default(defaultModel);
}

/** `--model`, for commands that need one to be named. */
export function requiredModelOption(): Option {
  return anyModelOption().makeOptionMandatory();
}

function anyModelOption(): Option {
  return new Option('-m, --model <name|file>', 'a name that `mask-rcnn models` lists, or a model file');
}

/** `--offline`, for every command that may have to download a model. */
export function offlineOption(): Option {
  return new Option('--offline', 'never download; fail if a model is missing (same as MASK_RCNN_OFFLINE=1)');
}

/**
 * The local file for a `--model` argument of a detector: a path, a shipped model or a published model. The latter is
 * downloaded and converted at its first use, with progress on stderr.
 * @throws InputError for weights that were not imported; the errors of `findModel`.
 */
export async function modelFile(nameOrPath: string, offline: boolean | undefined): Promise<string> {
  const path = await anyModelFile(nameOrPath, offline);
  if (isForeign(path)) throw new InputError(path, 'is an FCN model; use `mask-rcnn segment`');
  return path;
}

/** As `modelFile`, but accepts torchvision's weights of FCN, which need not be imported. */
export async function anyModelFile(nameOrPath: string, offline: boolean | undefined): Promise<string> {
  const path = await weightFile(nameOrPath, offline);
  if (!isForeign(path)) return path;
  const { modelKindAt } = await import('../../import/model-kind.ts');
  if ((await modelKindAt(path)) === 'fcn') return path;
  throw new InputError(path, "contains another tool's weights; convert it with `mask-rcnn import`");
}

function isForeign(path: string): boolean {
  return /\.(pth|pt|pkl|pickle)$/i.test(path);
}

/** As `modelFile`, but accepts weights of other tools. */
export async function weightFile(nameOrPath: string, offline: boolean | undefined): Promise<string> {
  let progress: Progress | undefined;
  let stage = '';
  const begin = (next: string, label: string, total: number | null) => {
    if (stage === next) return;
    progress?.finish();
    stage = next;
    progress = startProgress(label, total, { unit: 'bytes' });
  };
  const onProgress: FindModelOptions['onProgress'] = (now) => {
    if (now.stage === 'convert') {
      progress?.finish();
      note(`converting ${nameOrPath}`);
      return;
    }
    const label =
      now.stage === 'wait' ? `another process is downloading ${nameOrPath}` : `downloading ${nameOrPath}`;
    begin(now.stage, label, now.total);
    progress?.update(now.done, now.total ?? undefined);
  };
  try {
    return await findModel(nameOrPath, { offline, onProgress });
  } finally {
    progress?.finish();
  }
}
