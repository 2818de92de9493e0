import { InputError, messageOf } from './errors.ts';

/**
 * The deepest nesting of arrays and objects that is read; data sets and configurations need about 5 levels. What walks a
 * value afterwards (a schema, `JSON.stringify`) does so recursively.
 */
export const maxJsonDepth = 200;

/**
 * The value of a JSON text.
 * @param source The file that holds it.
 * @param what What of the file the text is, for messages: `its training state`; default: the whole file.
 * @throws InputError where it is not JSON, or nested too deep.
 */
export function parseJson(source: string, text: string, what?: string): unknown {
  const subject = what === undefined ? '' : `${what} `;
  if (depthOf(text) > maxJsonDepth) {
    throw new InputError(source, `${subject}is not JSON (nested more than ${maxJsonDepth} deep)`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(source, `${subject}is not JSON (${messageOf(error)})`, { cause: error });
  }
}

/** The deepest nesting of brackets outside of strings. (A regular expression overflows the stack on long strings.) */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}
