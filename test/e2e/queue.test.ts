import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Job, Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sha256Of } from '../../src/core/node/sha256.ts';
import { openModelFile } from '../../src/model-file/model-file.ts';
import { parseQueueAddress } from '../../src/queue/address.ts';
import { connect, disconnect, type QueueConnection } from '../../src/queue/connection.ts';
import { chunkQueueName, keyPrefix } from '../../src/queue/queue.ts';
import { cliPath } from '../support/built-package.ts';
import { runCli } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';
import { QueueWorkers } from '../support/queue-workers.ts';
import { hasRedis, makeCertificate, RedisServer } from '../support/redis-server.ts';
import { hasS3Server, S3Server } from '../support/s3-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
const root = folder.at('root');
const password = 'secret of the test';
let server: RedisServer;
let redis: QueueConnection;
let sha256: string;

describe.skipIf(!hasRedis('jobs over a queue'))('a queue', () => {
  beforeAll(async () => {
    mkdirSync(folder.at('redis'));
    mkdirSync(root);
    server = await RedisServer.start({ folder: folder.at('redis'), password });
    redis = await connect(parseQueueAddress(server.address, { MASK_RCNN_QUEUE_PASSWORD: password }), {
      onNote: () => {},
    });
    sha256 = await sha256Of(await importTiny('mask-v1', root));
    await folder.picture('root/in/a.png', 48, 40);
    await folder.picture('root/in/b.png', 40, 48);
    await folder.picture('secret.png', 40, 40);
    symlinkSync(folder.at('secret.png'), folder.at('root/link.png'));
  });
  afterAll(async () => {
    await disconnect(redis);
    await server.stop();
    folder.remove();
  });
  afterEach(() => redis.flushall());

  const env = () => ({ MASK_RCNN_QUEUE: server.address, MASK_RCNN_QUEUE_PASSWORD: password });
  const cli = (...args: string[]) => runCli(args, { cwd: root, env: env() });
  const worker = (...args: string[]) =>
    new QueueWorkers(1, ['--root', root, '--threads', '1', '--lost-after', '2', ...args], env());

  test('refuses hostile jobs, each with one line', async () => {
    const model = { name: 'mask-v1.safetensors', sha256 };
    const good = {
      version: 1,
      run: '0123456789abcdef',
      model,
      choices: {},
      plane: {},
      out: 'out',
      start: 0,
      pictures: ['in/a.png'],
    };
    const outside = "is refused: it lies outside this worker's --root";
    const hostile: [object, string][] = [
      [{ out: '../elsewhere' }, `../elsewhere: ${outside}`],
      [
        { out: 's3://other/out' },
        's3://other/out: is refused: this worker was started without --allow-s3 for the bucket',
      ],
      [
        { model: { name: model.name } },
        'job 2: model.sha256: Invalid input: expected string, received undefined',
      ],
      [
        { model: { ...model, sha256: 'f'.repeat(64) } },
        `mask-v1.safetensors: has sha256 ${sha256} on this worker, but the job's model has ${'f'.repeat(64)}`,
      ],
      [{ model: { ...model, name: '../../bin/sh' } }, `../../bin/sh: ${outside}`],
      [
        { choices: { minSize: 60_000 } },
        "the job wants pictures resized to 60000 pixels, this worker's --max-side is 4096",
      ],
      [{ choices: { command: 'rm -rf /' } }, 'choices: unknown option command; known: score'],
      [{ choices: { classes: ['unicorn'] } }, 'classes: the model has no class unicorn'],
      [{ pictures: [] }, 'job 8: pictures: Too small'],
      [{ extra: 1 }, 'job 9: unknown key extra'],
      [{ version: 2 }, 'job 10: version: Expected version 1'],
    ];
    const queue = new Queue(chunkQueueName, { connection: redis, prefix: keyPrefix });
    const jobs = hostile.map(([change], i) => ({
      name: 'chunk',
      data: { ...good, ...change },
      opts: { jobId: `job-${i}`, attempts: 3 },
    }));
    await queue.addBulk(jobs);
    const before = await readdir(folder.path);
    const workers = worker();
    const failed = await untilFailed(queue, hostile.length, () => workers.log);
    expect(await workers.stop()).toEqual([0]);
    await queue.close();
    for (const [i, [, reason]] of hostile.entries()) {
      const job = failed.find(({ id }) => id === `job-${i}`);
      expect(job?.failedReason).toContain(reason.replace(/^job \d+/, `job job-${i}`));
      expect(job?.failedReason).not.toContain('\n');
      expect(job?.attemptsMade).toBe(1);
      expect(workers.log.split('\n').filter((line) => line.startsWith(`job job-${i}: `))).toHaveLength(1);
    }
    expect(await readdir(folder.path)).toEqual(before);
    expect(await readdir(root)).not.toContain('out');
    expect(workers.log).not.toContain(password);
  });

  test('refuses pictures that a worker may not use, each with a record', async () => {
    const outside = "is refused: it lies outside this worker's --root";
    const refused = {
      '../secret.png': outside,
      '/etc/passwd': outside,
      'link.png': outside,
      'http://169.254.169.254/latest/meta-data':
        'is refused: this worker was started without --allow-http for the host',
      'file:///etc/passwd': 'is refused: expected a path, http(s)://… or s3://…',
      's3://other/a.png': 'is refused: this worker was started without --allow-s3 for the bucket',
    };
    folder.write('root/list.txt', ['in/a.png', ...Object.keys(refused)].join('\n'));
    const submit = ['submit', '--list', 'list.txt', '--model', 'mask-v1.safetensors', '--out', 'refused'];
    expect((await cli(...submit)).stdout).toContain('7 pictures in 1 job');
    expect(await cli('worker', '--drain', '--threads', '1')).toMatchObject({ status: 0, stderr: '' });
    const collected = await cli('collect', 'refused', '--ndjson', 'refused.ndjson');
    const lines = Object.entries(refused).map(([name, reason]) => `mask-rcnn: ${name}: ${reason}\n`);
    const reported = collected.stderr.replace(/^note: .*\n/m, '');
    expect(reported).toBe(`${lines.join('')}mask-rcnn: 6 of 7 pictures failed\n`);
    expect(collected.status).toBe(1);
    const [first] = readFileSync(folder.at('root/refused.ndjson'), 'utf8').split('\n');
    expect(JSON.parse(first)).toMatchObject({ file_name: 'in/a.png', image_id: 0, width: 48 });
  });

  test('runs a submission with a password that is stored nowhere', async () => {
    const wrong = await runCli(['jobs'], { env: { ...env(), MASK_RCNN_QUEUE_PASSWORD: 'wrong' } });
    expect(wrong.stderr).toMatch(
      /^mask-rcnn: redis:\S+: cannot be used as a queue \(.*\); MASK_RCNN_QUEUE_PASSWORD/,
    );
    const submit = ['submit', 'in', '--model', 'mask-v1.safetensors', '--out', 'done', '--score', '0.05'];
    // Standard input is empty.
    const empty = await cli('submit', '--list', '-', '--model', 'mask-v1.safetensors', '--out', 'done');
    expect(empty).toMatchObject({
      status: 1,
      stderr: 'mask-rcnn: --list -: expected a picture on each line, got none\n',
    });
    expect(readdirSync(root)).not.toContain('done');
    const submitted = await cli(...submit, '--chunk', '1');
    expect(submitted).toMatchObject({ status: 0, stdout: expect.stringContaining('2 pictures in 2 jobs') });
    const waiting = JSON.parse((await cli('jobs', '--json')).stdout) as object;
    expect(waiting).toMatchObject({ runs: [{ listed: 2, complete: true, done: 0 }], jobs: { waiting: 2 } });
    const stored = await everythingIn(redis);
    expect(stored).toContain('in/a.png');
    expect(stored).not.toContain(password);
    const early = await cli('collect', 'done', '--json', '-');
    expect(early.stderr).toContain('done: 2 of 2 pictures are missing, the first at position 0');
    const run = await cli('worker', '--drain', '--threads', '1');
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    const after = await cli('jobs');
    expect(after.stdout).toContain('2/2 pictures');
    const again = await cli(...submit, '--chunk', '1');
    expect(again.stdout).toContain('2 pictures in 0 jobs');
    const single = await cli(
      'predict',
      'in',
      '--model',
      'mask-v1.safetensors',
      '--score',
      '0.05',
      '--json',
      '-',
    );
    const collected = await cli('jobs', 'collect', 'done', '--json', '-');
    expect(collected.stdout).toBe(single.stdout);
    // The server has lost everything: what has results is only counted again.
    await redis.flushall();
    const written = () =>
      readdirSync(folder.at('root/done/chunks/00000000')).map((name) => {
        return statSync(folder.at(`root/done/chunks/00000000/${name}`)).mtimeMs;
      });
    const before = written();
    expect((await cli(...submit, '--chunk', '1')).stdout).toContain('2 pictures in 2 jobs');
    await cli('worker', '--drain', '--threads', '1');
    expect((await cli('jobs')).stdout).toContain('2/2 pictures');
    expect(written()).toEqual(before);
    const other = await cli('submit', 'in', '--model', 'mask-v1.safetensors', '--out', 'done');
    expect(other.stderr).toContain('done: has the results of a run with another model or other options');
  });

  test('evaluates a model with the metrics of a local evaluation', async () => {
    const { config, weights } = await openModelFile(folder.at('root/mask-v1.safetensors'));
    await weights.close();
    const { categories } = config;
    const images = [
      { id: 7, file_name: 'b.png', width: 40, height: 48 },
      { id: 3, file_name: 'a.png', width: 48, height: 40 },
    ];
    const annotations = images.map(({ id }) => {
      const segmentation = [[8, 8, 20, 8, 20, 16, 8, 16]];
      return {
        id,
        image_id: id,
        category_id: 10 + categories[2].id,
        bbox: [8, 8, 12, 8],
        area: 96,
        segmentation,
        iscrowd: 0,
      };
    });
    const own = categories.map(({ id, name }) => ({ id: 10 + id, name }));
    folder.write('root/data.json', { images, annotations, categories: own });
    const evaluate = (...args: string[]) =>
      cli('eval', '-m', 'mask-v1.safetensors', '-d', 'data.json', '-i', 'in', '--json', '-', ...args);
    const local = await evaluate('--dt', 'local.json');
    expect(local.status, local.stderr).toBe(0);
    const workers = worker();
    const queued = await evaluate('--dt', 'queued.json', '--queue', server.address, '--queue-out', 'scored');
    expect(queued.stderr).not.toContain('mask-rcnn:');
    expect((await cli('jobs')).stdout).toMatch(/^workers: \S+-\d+ \(2 pictures\)$/m);
    expect(await workers.stop()).toEqual([0]);
    expect(queued.stdout).toBe(local.stdout);
    const results = (name: string) => JSON.parse(readFileSync(folder.at(`root/${name}`), 'utf8')) as object[];
    expect(results('queued.json')).toEqual(results('local.json'));
    expect(results('queued.json').length).toBeGreaterThan(10);
    // The address is that of the environment; the workers have done all pictures.
    const kept = await evaluate('--dt', 'kept.json', '--queue-out', 'scored');
    expect(kept.stderr).not.toContain('mask-rcnn:');
    expect(results('kept.json')).toEqual(results('queued.json'));
    const nowhere = await runCli(['eval', '-m', 'm', '-d', 'd', '-i', 'i', '--queue-out', 'scored'], {
      env: { MASK_RCNN_QUEUE: '' },
    });
    expect(nowhere).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--queue-out needs --queue redis://HOST:PORT, or MASK_RCNN_QUEUE'),
    });
  });

  test('evaluates each data set with the results of its own pictures', async () => {
    const { config, weights } = await openModelFile(folder.at('root/mask-v1.safetensors'));
    await weights.close();
    const workers = worker();
    for (const [i, file_name] of ['a.png', 'b.png'].entries()) {
      const image = { id: 5 + i, file_name, width: 48 - 8 * i, height: 40 + 8 * i };
      const data = { images: [image], annotations: [], categories: config.categories };
      folder.write(`root/data-${i}.json`, data);
      const evaluate = (...args: string[]) =>
        cli('eval', '-m', 'mask-v1.safetensors', '-d', `data-${i}.json`, '-i', 'in', '--dt', ...args);
      const local = await evaluate(`local-${i}.json`);
      expect(local.status, local.stderr).toBe(0);
      const queued = await evaluate(`queued-${i}.json`, '--queue', server.address, '--queue-out', 'both');
      expect(queued.status, queued.stderr).toBe(0);
      const results = (name: string) =>
        JSON.parse(readFileSync(folder.at(`root/${name}-${i}.json`), 'utf8')) as object[];
      expect(results('queued')).toEqual(results('local'));
    }
    expect(await workers.stop()).toEqual([0]);
  });

  test('says that the limit of instances was reached, as a local prediction does', async () => {
    const choice = ['in', '--model', 'mask-v1.safetensors', '--score', '0.05'];
    for (const [out, limit] of [
      ['limited', ['--max-det', '2']],
      ['default', []],
    ] as const) {
      await cli('submit', ...choice, '--out', out, ...limit);
      await cli('worker', '--drain', '--threads', '1');
      const collected = await cli('collect', out, '--ndjson', '-');
      const single = await cli('predict', ...choice, '--ndjson', '-', ...limit);
      expect(collected.stderr).toMatch(
        /^note: limit of (2|10) instances reached in 2 pictures, the first in\/a.png; \d+ .*\n$/,
      );
      expect(collected.stderr).toBe(/^note: .*\n/m.exec(single.stderr)?.[0]);
      expect(collected.stdout).toBe(single.stdout);
    }
  });

  test('watches until only failed jobs are left', async () => {
    folder.write('root/other.safetensors', 'other');
    const submit = ['submit', 'in', '--model', 'mask-v1.safetensors', '--out', 'failing'];
    await cli(...submit);
    renameSync(folder.at('root/mask-v1.safetensors'), folder.at('mask-v1.safetensors'));
    renameSync(folder.at('root/other.safetensors'), folder.at('root/mask-v1.safetensors'));
    const workers = worker();
    const watched = await cli('jobs', '--watch');
    expect(await workers.stop()).toEqual([0]);
    renameSync(folder.at('mask-v1.safetensors'), folder.at('root/mask-v1.safetensors'));
    expect(watched.stdout).toMatch(/^run \w{16}: 0\/2 pictures, 1 job failed; /m);
    expect(watched.stderr).toBe(
      'mask-rcnn: 2 pictures of 1 run left undone: jobs failed; fix the causes above, then run mask-rcnn jobs retry\n',
    );
    expect(watched.status).toBe(1);
    expect((await cli(...submit)).stdout).toContain('2 pictures in 1 job');
    expect(await cli('worker', '--drain', '--threads', '1')).toMatchObject({ status: 0, stderr: '' });
    expect(await cli('jobs', '--watch')).toMatchObject({ status: 0, stderr: '' });
  });

  test('lets a worker and a watch end while the server is away', async () => {
    mkdirSync(folder.at('leaving'));
    const leaving = await RedisServer.start({ folder: folder.at('leaving') });
    const where = { MASK_RCNN_QUEUE: leaving.address };
    const args = ['--root', root, '--threads', '1', '--lost-after', '2'];
    const workers = [
      new QueueWorkers(1, args, where),
      new QueueWorkers(1, [...args, '--serve', '--model', folder.at('root/mask-v1.safetensors')], where),
    ];
    const submit = ['submit', 'in', '--model', 'mask-v1.safetensors', '--out', 'leaving'];
    // A waiting run, so that the watch does not end.
    await runCli(submit, { cwd: root, env: where });
    const client = await connect(parseQueueAddress(leaving.address, {}), { onNote: () => {} });
    await client.hset(`${keyPrefix}:run:x`, { model: 'm', out: 'o', listed: 1, complete: 0 });
    await client.zadd(`${keyPrefix}:runs`, 1, 'x');
    const watch = spawn(process.execPath, [cliPath, 'jobs', '--watch'], {
      env: { ...process.env, ...where },
    });
    const watchEnd = once(watch, 'close');
    let printed = '';
    watch.stdout.on('data', (text: Buffer) => (printed += String(text)));
    while (!/workers: .*,/.test(printed) || !/2\/2 pictures/.test(printed)) await pause(100);
    await disconnect(client);
    await leaving.stop();
    // Two connections of the second worker, one of the first; one that was about to open cannot.
    const all = () => workers.map(({ log }) => log).join('');
    while (all().split(/connection lost|cannot be reached/).length < 4) await pause(100);
    await pause(2500);
    watch.kill('SIGINT');
    expect(await watchEnd).toEqual([0, null]);
    expect((await Promise.all(workers.map((one) => one.stop()))).flat(), all()).toEqual([0, 0]);
  });

  test('cancels a run, and resumes it', async () => {
    const submit = ['submit', 'in', '--model', 'mask-v1.safetensors', '--out', 'later', '--chunk', '1'];
    await cli(...submit);
    expect((await cli('jobs', 'cancel', 'later')).stdout).toContain('cancelled at 0/2 pictures');
    expect(JSON.parse((await cli('jobs', '--json')).stdout)).toMatchObject({
      runs: [{ cancelled: true }],
      jobs: { waiting: 0 },
    });
    expect((await cli('jobs', 'cancel', 'never')).stderr).toContain(
      'never: the queue has no such run; it has',
    );
    expect((await cli(...submit)).stdout).toContain('2 pictures in 2 jobs');
    expect((await cli('jobs')).stdout).toContain('jobs: 2 waiting, 0 active, 0 failed');
  });
});

describe.skipIf(!hasRedis('jobs over TLS'))('an encrypted queue', () => {
  test('is used where the authority is known, and refused otherwise', async (context) => {
    const files = new TestFolder();
    const certificate = makeCertificate(files.path, 'jobs over TLS');
    if (certificate === null) return context.skip();
    const encrypted = await RedisServer.start({ folder: files.path, password, certificate });
    try {
      await importTiny('mask-v1', files.path);
      await files.picture('in/a.png', 48, 40);
      const known = { MASK_RCNN_QUEUE_PASSWORD: password, NODE_EXTRA_CA_CERTS: certificate.certificate };
      const run = (args: string[], env: Record<string, string> = known) =>
        runCli([...args, '--queue', encrypted.address], { cwd: files.path, env });
      const submitted = await run(['submit', 'in', '--model', 'mask-v1.safetensors', '--out', 'done']);
      expect(submitted.stdout, submitted.stderr).toContain('1 picture in 1 job');
      const worked = await run(['worker', '--drain', '--threads', '1']);
      expect(worked).toMatchObject({ status: 0, stderr: '' });
      expect((await run(['jobs'])).stdout).toContain('1/1 picture');
      const unknown = await run(['jobs'], { MASK_RCNN_QUEUE_PASSWORD: password });
      expect(unknown.status).toBe(1);
      expect(unknown.stderr).toBe(
        `mask-rcnn: ${encrypted.address}: cannot be used as a queue (self-signed certificate); NODE_EXTRA_CA_CERTS names the file of a private authority\n`,
      );
    } finally {
      await encrypted.stop();
      files.remove();
    }
  });
});

describe.skipIf(!hasRedis('jobs over S3') || !hasS3Server('jobs over S3'))('a bucket', () => {
  test('has the model, the pictures and the results', async () => {
    const bucket = new TestFolder();
    const [redisServer, s3] = [await RedisServer.start({ folder: bucket.path }), await S3Server.start()];
    const env = { MASK_RCNN_QUEUE: redisServer.address, MASK_RCNN_CACHE: bucket.at('cache'), ...s3.env };
    const cli = (...args: string[]) => runCli(args, { cwd: bucket.path, env });
    try {
      await fetch(`${s3.endpoint}/data`, { method: 'PUT' });
      const put = async (key: string, file: string) => {
        const body = readFileSync(file);
        expect((await fetch(`${s3.endpoint}/data/${key}`, { method: 'PUT', body })).ok).toBe(true);
      };
      const model = await importTiny('mask-v1', bucket.path);
      await put('model.safetensors', model);
      await put('in/1/a.png', await bucket.picture('in/1/a.png', 48, 40));
      await put('in/b.png', await bucket.picture('in/b.png', 40, 48));
      await put('in/note.txt', bucket.write('note.txt', 'not a picture'));
      const choice = ['--score', '0.05'];
      const address = 's3://data/model.safetensors';
      const submitted = await cli(
        'submit',
        's3://data/in',
        '--model',
        address,
        '--out',
        's3://data/out',
        ...choice,
      );
      expect(submitted.stdout, submitted.stderr).toContain('2 pictures in 1 job');
      const run = await cli('worker', '--drain', '--threads', '1', '--allow-s3', 'data');
      expect(run.status, run.stderr).toBe(0);
      const collected = await cli('collect', 's3://data/out', '--json', '-');
      const local = await cli('predict', 'in', '--recursive', '--model', model, ...choice, '--json', '-');
      expect(local.stdout).toContain('"in/1/a.png"');
      expect(collected.stdout).toBe(local.stdout.replaceAll('"in/', '"s3://data/in/'));
    } finally {
      await s3.stop();
      await redisServer.stop();
      bucket.remove();
    }
  });
});

/** All failed jobs. @param log For the message where they do not fail in time. */
async function untilFailed(queue: Queue, count: number, log: () => string): Promise<Job[]> {
  for (let tries = 0; (await queue.getFailedCount()) < count; tries++) {
    if (tries > 300) throw new Error(`${await queue.getFailedCount()} of ${count} jobs failed:\n${log()}`);
    await pause(100);
  }
  return queue.getFailed();
}

/** Keys and values of a server, as text. */
async function everythingIn(redis: QueueConnection): Promise<string> {
  const texts: string[] = [];
  for (const key of await redis.keys('*')) {
    texts.push(key, String(await redis.dump(key)));
    if ((await redis.type(key)) === 'hash') texts.push(JSON.stringify(await redis.hgetall(key)));
  }
  return texts.join('\n');
}
