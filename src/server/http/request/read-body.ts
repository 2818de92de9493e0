import type { IncomingMessage } from 'node:http';
import { Problem } from '../../api/problem.ts';
import type { BodyBudget } from './body-budget.ts';
import { ClientGone } from './client-gone.ts';

export interface BodyLimits {
  /** Largest body in bytes. */
  maxBytes: number;
  /** Milliseconds within which the whole body has to arrive. */
  receiveMs: number;
  budget: BodyBudget;
}

/** A body in memory. */
export interface Body {
  bytes: Buffer;
  /** Returns its bytes to the budget. Call exactly once. */
  release(): void;
}

/**
 * Reads a request body into memory. The rest of a refused body is still received and discarded: a client that is cut off
 * while sending may never see the response.
 * @throws Problem `body-too-large`, before reading if the length is declared; `slow-client`; `busy`.
 * @throws ClientGone
 */
export async function readBody(incoming: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const { maxBytes, receiveMs, budget } = limits;
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  const release = () => budget.give(size);
  try {
    await new Promise<void>((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(deadline);
        incoming.off('data', onData).off('end', onEnd).off('close', onGone);
        act();
      };
      const refuse = (error: unknown) => settle(() => reject(error));
      const deadline = setTimeout(() => refuse(tooSlow(receiveMs)), receiveMs);
      const onEnd = () => settle(resolve);
      const onGone = () => refuse(new ClientGone());
      const onData = (chunk: Buffer) => {
        try {
          if (size + chunk.length > maxBytes) throw tooLarge(maxBytes);
          budget.take(chunk.length);
          size += chunk.length;
          chunks.push(chunk);
        } catch (error) {
          refuse(error);
        }
      };
      incoming.on('data', onData).on('end', onEnd).on('close', onGone);
      // `close` follows and is handled above; an error without a listener would crash the process.
      incoming.on('error', () => {});
    });
  } catch (error) {
    release();
    throw error;
  }
  return { bytes: Buffer.concat(chunks), release };
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('body-too-large', `the body exceeds the limit of ${maxBytes} bytes`);
}

function tooSlow(receiveMs: number): Problem {
  // On a kept-alive connection, the rest of the body would be parsed as the next request.
  return new Problem('slow-client', `the body did not arrive within ${receiveMs / 1000} s`, {
    connection: 'close',
  });
}
