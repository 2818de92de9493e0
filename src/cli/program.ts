import { Command } from 'commander';
import { oneLine } from '../core/printable.ts';
import { packageManifest } from './terminal/package-manifest.ts';

/** Every command, loaded on demand: `models` starts without the network's runtime. */
const commands: Record<string, () => Promise<Command>> = {
  predict: async () => (await import('./predict/predict.ts')).predictCommand(),
  import: async () => (await import('./models/import.ts')).importCommand(),
  quantize: async () => (await import('./models/quantize.ts')).quantizeCommand(),
  export: async () => (await import('./models/export.ts')).exportCommand(),
  info: async () => (await import('./models/info.ts')).infoCommand(),
  segment: async () => (await import('./predict/segment.ts')).segmentCommand(),
  train: async () => (await import('./models/train.ts')).trainCommand(),
  eval: async () => (await import('./eval/eval.ts')).evalCommand(),
  'coco-eval': async () => (await import('./eval/coco-eval.ts')).cocoEvalCommand(),
  convert: async () => (await import('./data/convert.ts')).convertCommand(),
  show: async () => (await import('./data/show.ts')).showCommand(),
  explain: async () => (await import('./predict/explain.ts')).explainCommand(),
  data: async () => (await import('./data/data.ts')).dataCommand(),
  'check-data': async () => (await import('./data/check-data.ts')).checkDataCommand(),
  serve: async () => (await import('./serve/serve.ts')).serveCommand(),
  submit: async () => (await import('./queue/submit.ts')).submitCommand(),
  worker: async () => (await import('./queue/worker.ts')).workerCommand(),
  jobs: async () => (await import('./queue/jobs.ts')).jobsCommand(),
  collect: async () => (await import('./queue/collect.ts')).collectCommand(),
  models: async () => (await import('./models/models.ts')).modelsCommand(),
  pull: async () => (await import('./models/pull.ts')).pullCommand(),
};

/**
 * The command line, ready to parse.
 * @param args The arguments. If they begin with a command, the other commands are not loaded; to print the version, none is.
 */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('mask-rcnn')
    .description('Finds the objects in pictures: class, score, box and mask of each (Mask R-CNN).')
    .version(packageManifest().version, '-V, --version', 'print the version')
    // An option belongs to the command before it: the --json of `jobs collect` names a file, that of `jobs` does not.
    .enablePositionalOptions()
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      `
Each command has its own help with an example: mask-rcnn predict --help

Environment:
  MASK_RCNN_CACHE    folder for downloaded models (default: the system's cache folder)
  MASK_RCNN_OFFLINE  1 disables all downloads
  MASK_RCNN_MIRROR   URL to download published models from, instead of their own
  MASK_RCNN_TOKEN    token that serve requires from clients
  MASK_RCNN_QUEUE    address of the queue, for submit, worker, jobs and eval --queue-out; not for serve
  MASK_RCNN_QUEUE_PASSWORD  its password
  MASK_RCNN_DEBUG    1 prints the stack of an error

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted (train: 0, since the run is saved).`,
    );
  for (const name of neededCommands(args[0])) program.addCommand(await commands[name]());
  makeConsistent(program);
  return program;
}

function neededCommands(first: string | undefined): readonly string[] {
  if (first === '-V' || first === '--version') return [];
  return first !== undefined && Object.hasOwn(commands, first) ? [first] : Object.keys(commands);
}

/** Gives every command the same error behaviour: throw instead of exit, one line, a hint at --help. */
function makeConsistent(command: Command): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .configureOutput({ outputError: (text, write) => write(`${ownLine(text)}\n`) });
  for (const child of command.commands) makeConsistent(child);
}

/** commander's "error: …\n(Did you mean …?)\n" as our one line. */
function ownLine(text: string): string {
  return oneLine(
    text
      .trim()
      .replace(/^error: /, 'mask-rcnn: ')
      .replaceAll('\n', ' '),
  );
}
