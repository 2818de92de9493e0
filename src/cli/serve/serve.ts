import { Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { parseQueueAddress, type QueueAddress } from '../../queue/address.ts';
import { jsonLog } from '../../server/http/json-log.ts';
import { hostName } from '../../server/http/request/allowed-hosts.ts';
import { builtPageFolder } from '../../server/page/page-files.ts';
import { startServer } from '../../server/start-server.ts';
import { offlineOption } from '../options/model-argument.ts';
import { count, portNumber, positive, repeatable } from '../options/option-values.ts';
import {
  addPredictionOptions,
  choicesOf,
  type PredictionOptions,
  requireNoComputeOptions,
  tileOptionNames,
} from '../options/prediction-options.ts';
import { print } from '../terminal/output.ts';
import { packageManifest } from '../terminal/package-manifest.ts';
import { onStopSignal } from '../terminal/process-guards.ts';
import { defaultServedMegapixels, servedModels } from './served-models.ts';

interface ServeCommandOptions extends Omit<PredictionOptions, 'classes'> {
  host: string;
  port: number;
  model?: string[];
  workers: number;
  queue: QueueChoice;
  maxBody: number;
  maxPixels: number;
  timeout: number;
  /** False for --no-token. */
  token?: string | false;
  allowHost?: string[];
  cors?: string;
  runs?: string;
  offline?: true;
}

/** What `--queue` says. */
interface QueueChoice {
  /** Maximum number of queued pictures per model. */
  readonly limit: number;
  /** Where workers take them from; default: from this server. */
  readonly address?: QueueAddress;
}

/** Timeout in seconds for a request's header, and again for its body. */
const receiveSeconds = 30;

/** `mask-rcnn serve`: serves models over HTTP. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .summary('serve predictions over HTTP')
    .description(
      'Serves models over HTTP, and a web page that uses them. POST /v1/predict takes a picture and returns COCO ' +
        'results or an overlay, POST /v1/explain the output of every stage; see also /v1/models, /healthz, /metrics ' +
        'and /openapi.json. Logs JSON lines to stderr. SIGTERM or Ctrl-C stops it once the accepted requests are answered, a second one at once.',
    )
    .option(
      '-m, --model <name|file>',
      'a name that `mask-rcnn models` lists, or a model file; repeatable (default: those shipped with the package)',
      repeatable,
    )
    .option('-p, --port <n>', '0 picks a free port', portNumber, 8080)
    .option('--host <address>', 'address to listen on (0.0.0.0: all interfaces)', '127.0.0.1')
    .option('--workers <n>', 'worker processes per model; the cores are divided between them', count, 2)
    .addOption(
      new Option(
        '--queue <n|address>',
        'maximum number of queued pictures per model; or a Redis or Valkey server, redis://HOST:PORT, from which the processes of `mask-rcnn worker --serve` take them instead of workers here; repeatable, for both',
      )
        .argParser(queueChoice)
        .default({ limit: 64 }, '64'),
    )
    .option('--max-body <MB>', 'maximum size of a request body', positive, 20)
    .option(
      '--max-pixels <MP>',
      'maximum size of a picture, in megapixels',
      positive,
      defaultServedMegapixels,
    )
    .option('--timeout <s>', 'request timeout in seconds', positive, 30)
    .option(
      '--token <token>',
      'require it as Authorization: Bearer (default: MASK_RCNN_TOKEN; else none, or a generated one if --host is not loopback)',
    )
    .option('--no-token', 'let every machine that can reach --host use the server')
    .option(
      '--allow-host <name...>',
      'names by which clients may address the server, besides localhost and --host (with a token: any)',
    )
    .option('--cors <origin>', 'allow pages of this origin to use the server')
    .option('--runs <folder>', 'show the training runs in this folder on the page')
    .addOption(offlineOption());
  return addPredictionOptions(command, ['classes', ...tileOptionNames])
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn serve --model maskrcnn_resnet50_fpn_v2_coco --workers 4
  curl --data-binary @street.jpg -H 'content-type: image/jpeg' 'http://127.0.0.1:8080/v1/predict?score=0.7'`,
    )
    .action(serveAction);
}

async function serveAction(options: ServeCommandOptions): Promise<void> {
  const { host, port, workers, queue, cors, allowHost = [] } = options;
  const { limit, address } = queue;
  if (address !== undefined && (options.minSize ?? options.maxSize) !== undefined)
    throw new UsageError(`--min-size and --max-size are not available with --queue ${address.shown}`);
  if (address !== undefined) requireNoComputeOptions(options);
  const isEmpty = address !== undefined && options.model === undefined;
  const server = await startServer({
    models: isEmpty ? [] : await servedModels(options),
    remote: address,
    host,
    port,
    workers,
    threads: options.threads,
    device: options.device,
    choices: choicesOf(options, []),
    queue: limit,
    cors,
    runsFolder: options.runs === undefined ? undefined : await folderOf(options.runs),
    token: tokenOf(options),
    allowHosts: allowHost.map(checkedHost),
    maxBodyBytes: options.maxBody * 1e6,
    maxPixels: options.maxPixels * 1e6,
    timeoutMs: options.timeout * 1000,
    receiveMs: receiveSeconds * 1000,
    log: jsonLog((line) => process.stderr.write(line)),
    page: builtPageFolder(),
    version: packageManifest().version,
  });
  const signalled = askedToStop();
  await print(server.pageUrl);
  await signalled;
  await server.stop();
}

/**
 * The token of the options or the environment; null for --no-token, undefined for neither.
 * @throws UsageError if no header could carry it.
 */
function tokenOf({ token }: ServeCommandOptions): string | null | undefined {
  if (token === false) return null;
  const [source, value] =
    token === undefined ? ['MASK_RCNN_TOKEN', process.env.MASK_RCNN_TOKEN] : ['--token', token];
  // Containers often pass variables that are not set as empty ones.
  if (token === undefined && !value) return undefined;
  if (!/^[!-~]+$/.test(value ?? '')) {
    throw new UsageError(`${source}: expected printable ASCII characters without spaces`);
  }
  return value;
}

/** @throws UsageError if it is not the name or address of a host. */
function checkedHost(name: string): string {
  if (hostName(name) !== null) return name;
  throw new UsageError(`--allow-host ${name}: expected a host name or IP address, without scheme and port`);
}

/** @throws UsageError if it is not a folder. */
async function folderOf(path: string): Promise<string> {
  if (!(await isFolder(path))) throw new UsageError(`--runs ${path}: expected a folder`);
  return path;
}

/** Resolves at the first Ctrl-C or SIGTERM; the next one ends the process at once. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => void onStopSignal(resolve));
}

/** Option value: a number, or the address of a queue. */
function queueChoice(text: string, before: QueueChoice): QueueChoice {
  if (/^\d+$/.test(text)) return { ...before, limit: count(text) };
  return { ...before, address: parseQueueAddress(text) };
}
