import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A program over the entry files of the package. */
export function programOf(entries: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram(
    entries.map((entry) => `${root}${entry}`),
    { ...options, noEmit: true },
  );
}

/** What an entry file exports, aliases resolved. */
export function exportsOf(program: ts.Program, entry: string): Map<string, ts.Symbol> {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(`${root}${entry}`);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`${entry} is not a module`);
  return new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, resolve(checker, symbol)]));
}

/**
 * The types that users of an entry meet but cannot name: those in the signature of an export, or in a type that is,
 * which the entry does not export. Each with the places that mention it. Constructors that are `@internal` do not count.
 */
export function hiddenTypes(program: ts.Program, entry: string): string[] {
  const checker = program.getTypeChecker();
  const exported = new Set(exportsOf(program, entry).values());
  const seen = new Set<ts.Symbol>();
  const hidden = new Set<string>();
  const visitSymbol = (symbol: ts.Symbol) => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of publicDeclarations(symbol)) visit(declaration, symbol.name);
  };
  const visit = (node: ts.Node, place: string) => {
    if (isPrivate(node) || isInternal(node) || ts.isBlock(node) || ts.isTypeQueryNode(node)) return;
    if (
      ts.isFunctionLike(node) &&
      !ts.isConstructorDeclaration(node) &&
      !node.type &&
      !ts.isSetAccessor(node)
    ) {
      hidden.add(`${place}: ${node.getText().slice(0, 60)} does not say what it returns`);
    }
    const name = nameOfType(node);
    if (name) {
      const symbol = checker.getSymbolAtLocation(name);
      const type = symbol && resolve(checker, symbol);
      if (type && isOwnType(type)) {
        if (!exported.has(type)) hidden.add(`${type.name}, which ${place} mentions`);
        visitSymbol(type);
      }
    }
    const initializer = (node as { initializer?: ts.Node }).initializer;
    ts.forEachChild(node, (child) => {
      if (child !== initializer) visit(child, place);
    });
  };
  for (const symbol of exported) visitSymbol(symbol);
  return [...hidden].sort();
}

/** The optional fields of an entry's options that may not be given as undefined, which callers do who pass theirs on. */
export function strictOptions(program: ts.Program, entry: string): string[] {
  const checker = program.getTypeChecker();
  return [...exportsOf(program, entry).values()]
    .filter(({ name, flags }) => /Options$/.test(name) && flags & ts.SymbolFlags.Type)
    .flatMap((symbol) =>
      checker
        .getDeclaredTypeOfSymbol(symbol)
        .getProperties()
        .flatMap(({ declarations = [] }) => declarations.filter(ts.isPropertySignature))
        .filter(({ questionToken, type }) => questionToken && type && !takesUndefined(checker, type))
        .map(({ name }) => `${symbol.name}.${name.getText()}`),
    );
}

function takesUndefined(checker: ts.TypeChecker, node: ts.TypeNode): boolean {
  const type = checker.getTypeFromTypeNode(node);
  const parts = type.isUnion() ? type.types : [type];
  return parts.some(({ flags }) => flags & ts.TypeFlags.Undefined);
}

function resolve(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The declarations that callers see: of an overloaded function, not its implementation. */
function publicDeclarations({ declarations = [] }: ts.Symbol): ts.Declaration[] {
  const overloads = declarations.filter((one) => ts.isFunctionDeclaration(one) && !one.body);
  return overloads.length > 0 ? overloads : declarations;
}

function isPrivate(node: ts.Node): boolean {
  const { name } = node as { name?: ts.Node };
  return name !== undefined && ts.isPrivateIdentifier(name);
}

function isInternal(node: ts.Node): boolean {
  return (
    ts.isConstructorDeclaration(node) &&
    ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal')
  );
}

function nameOfType(node: ts.Node): ts.Node | null {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  return ts.isExpressionWithTypeArguments(node) ? node.expression : null;
}

/** Whether a type is declared in `src/`, and not a parameter of another type. */
function isOwnType({ flags, declarations = [] }: ts.Symbol): boolean {
  const types = ts.SymbolFlags.Type & ~ts.SymbolFlags.TypeParameter;
  return (
    Boolean(flags & types) &&
    declarations.some((one) => one.getSourceFile().fileName.startsWith(`${root}src/`))
  );
}
