import type { QueueConnection } from './connection.ts';
import { keyPrefix } from './queue.ts';

const key = `${keyPrefix}:models`;

/** Announces a model that workers answer requests for. @param info A JSON value. */
export async function announceModel(redis: QueueConnection, name: string, info: object): Promise<void> {
  await redis.hset(key, name, JSON.stringify(info));
}

/** What workers have announced, by the names of the models. */
export async function announcedModels(redis: QueueConnection): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(await redis.hgetall(key)));
}
