import { InputError, UsageError } from '../../../core/errors.ts';
import { Problem } from '../../api/problem.ts';

/** Reads or checks a parameter of a request. @throws Problem `bad-parameter` for a UsageError or an InputError. */
export function checkParameter<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof UsageError || error instanceof InputError)
      throw new Problem('bad-parameter', error.message);
    throw error;
  }
}
