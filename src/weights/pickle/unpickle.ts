import { pickleOperations } from './operations.ts';
import { PickleStack } from './stack.ts';
import { type PickleHost, PickleProblem, type PickleValue } from './values.ts';

/** A state dict of 10,000 tensors takes about 400,000 operations. */
const maxOperations = 5_000_000;

/**
 * Reads one pickle of protocol 2 … 5. Only the operations for plain data and for calls of the host's functions are
 * implemented, and nothing is executed; what the host does not know is kept as a name, or refused if it could only do harm. Memory and time are bounded by the number
 * of bytes and by fixed limits, regardless of the pickle.
 * @param start Offset of the pickle's first byte.
 * @returns The object, and the offset after the pickle.
 * @throws PickleTruncated where the bytes end within the pickle, PickleProblem for all other errors.
 */
export function unpickle(
  bytes: Uint8Array,
  host: PickleHost,
  start = 0,
): { value: PickleValue; end: number } {
  const stack = new PickleStack(bytes, start);
  for (let count = 0; count < maxOperations; count++) {
    const at = stack.position;
    const code = stack.uint8();
    if (code === stopCode) return { value: stack.finish(), end: stack.position };
    const operation = pickleOperations[code];
    if (!operation) {
      throw new PickleProblem(`pickle operation 0x${code.toString(16)} at byte ${at} is not supported`);
    }
    operation(stack, host);
  }
  throw new PickleProblem(`its pickle takes more than ${maxOperations} operations`);
}

const stopCode = 0x2e;
