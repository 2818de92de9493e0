import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { InputError } from '../../core/errors.ts';
import { unreadable } from '../../core/node/file-errors.ts';
import { readText } from '../json/file.ts';

/** An element of an XML file with its children in document order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, trimmed. */
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * The root element of an XML file.
 * @throws InputError naming the file, and the line at which it is not well-formed.
 */
export async function readXml(path: string): Promise<XmlElement> {
  const text = await readText(path);
  const validity = XMLValidator.validate(text);
  if (validity !== true) {
    const { line, col, msg } = validity.err;
    throw new InputError(path, `not well-formed XML at line ${line}, column ${col}: ${msg}`);
  }
  const [root] = elementsOf(parsed(text, path));
  if (root === undefined) throw new InputError(path, 'expected XML with a root element, got none');
  return root;
}

/** The parser refuses what it cannot read safely: external entities, nesting of more than 100 elements, `__proto__`. */
function parsed(text: string, path: string): Record<string, unknown>[] {
  try {
    return parser.parse(text);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The first child with a name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** fast-xml-parser's ordered form: `{ tag: [children], ':@': { attributes } }`, text as `{ '#text': … }`. */
function elementsOf(nodes: readonly Record<string, unknown>[]): XmlElement[] {
  const elements: XmlElement[] = [];
  for (const node of nodes) {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) continue;
    const inside = node[name] as Record<string, unknown>[];
    elements.push({
      name,
      attributes: (node[':@'] ?? {}) as Record<string, string>,
      children: elementsOf(inside),
      text: inside
        .map((child) => String(child['#text'] ?? ''))
        .join('')
        .trim(),
    });
  }
  return elements;
}
