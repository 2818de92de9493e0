import { InputError, messageOf } from './errors.ts';

/**
 * The value of a JSON text.
 * @param source The file that holds it.
 * @param what What of the file the text is, for messages: `its training state`; default: the whole file.
 * @throws InputError where it is not JSON.
 */
export function parseJson(source: string, text: string, what?: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const subject = what === undefined ? '' : `${what} `;
    throw new InputError(source, `${subject}is not JSON (${messageOf(error)})`, { cause: error });
  }
}
