import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseQueueAddress } from '../src/queue/address.ts';
import { connect, disconnect, type QueueConnection } from '../src/queue/connection.ts';
import { freePort } from './free-port.ts';

/** A Redis server without persistence, on a free port. */
export interface BenchRedis {
  readonly address: string;
  readonly connection: QueueConnection;
  stop(): Promise<void>;
}

/** @throws where redis-server is not installed. */
export async function startRedis(): Promise<BenchRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-bench-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child: ChildProcess = spawn('redis-server', args, { stdio: 'ignore' });
  await once(child, 'spawn').catch(() => {
    throw new Error('redis-server is not installed');
  });
  const address = `redis://127.0.0.1:${port}`;
  const connection = await connect(parseQueueAddress(address), { patient: true, onNote: () => {} });
  return {
    address,
    connection,
    async stop() {
      await disconnect(connection);
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A number in the server's INFO. */
export async function redisInfo(redis: QueueConnection, name: string): Promise<number> {
  const found = new RegExp(`^${name}:([\\d.]+)`, 'm').exec(await redis.info());
  if (found === null) throw new Error(`Redis does not report ${name}`);
  return Number(found[1]);
}
