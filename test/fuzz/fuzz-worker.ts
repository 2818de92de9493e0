/** The process that reads the inputs; it may be killed at any moment. */
import { MaskRcnnError, messageOf } from '../../src/core/errors.ts';
import { readers, requireOneLine } from './readers.ts';

/** Asks for one input to be read. */
export interface FuzzTask {
  readonly reader: string;
  readonly path: string;
}

/** `bad`: what went wrong, which no input may cause. */
export interface FuzzAnswer {
  readonly bad?: string;
  /** Bytes that the process has needed at most since its start. */
  readonly memory: number;
}

process.on('message', async ({ reader, path }: FuzzTask) => {
  const bad = await problemOf(reader, path);
  const memory = process.resourceUsage().maxRSS * 1024;
  process.send?.({ ...(bad === undefined ? {} : { bad }), memory } satisfies FuzzAnswer);
});

async function problemOf(reader: string, path: string): Promise<string | undefined> {
  try {
    await readers[reader](path);
  } catch (error) {
    if (!(error instanceof MaskRcnnError))
      return `unexpected error: ${error instanceof Error ? error.stack : messageOf(error)}`;
    try {
      requireOneLine(error.message);
    } catch (several) {
      return messageOf(several);
    }
  }
  return undefined;
}
