import { posix } from 'node:path';
import ts from 'typescript';

/** One import, re-export, dynamic import, `require` or type import of a source file. */
export interface ImportEdge {
  readonly from: string;
  /** As written: './x.ts', 'node:fs', 'zod'. */
  readonly specifier: string;
  /** Path inside the project for relative specifiers. */
  readonly target: string | undefined;
  readonly isTypeOnly: boolean;
}

/** What the rules need to know of one file. */
export interface FileFacts {
  readonly path: string;
  readonly edges: readonly ImportEdge[];
  /** Whether every statement is a re-export. */
  readonly isBarrel: boolean;
  readonly hasExportAll: boolean;
}

function literalText(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** `require('x')`, `require.resolve('x')`, `import.meta.resolve('x')`: the program needs x when it runs. */
function isResolvingCall(call: ts.CallExpression): boolean {
  const callee = call.expression;
  if (call.expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'resolve') return false;
  return ts.isMetaProperty(callee.expression) || (ts.isIdentifier(callee.expression) && callee.expression.text === 'require');
}

/** Specifier and kind of one node, if it imports something. `import { type A }` counts as run time: the module is still loaded. */
function importOf(node: ts.Node): { specifier: string; isTypeOnly: boolean } | undefined {
  let specifier: string | undefined;
  let isTypeOnly = false;
  if (ts.isImportDeclaration(node)) {
    specifier = literalText(node.moduleSpecifier);
    isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  } else if (ts.isExportDeclaration(node)) {
    specifier = literalText(node.moduleSpecifier);
    isTypeOnly = node.isTypeOnly;
  } else if (ts.isImportTypeNode(node)) {
    specifier = ts.isLiteralTypeNode(node.argument) ? literalText(node.argument.literal) : undefined;
    isTypeOnly = true;
  } else if (ts.isCallExpression(node) && isResolvingCall(node)) {
    specifier = literalText(node.arguments[0]);
  }
  return specifier === undefined ? undefined : { specifier, isTypeOnly };
}

/** The scripts of a component, which the parser of TypeScript reads as one file. */
function scriptsOf(component: string): string {
  return [...component.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script).join('\n');
}

/** Reads the imports of one file. `path` is relative to the project, with forward slashes. */
export function readFacts(path: string, source: string): FileFacts {
  const isComponent = path.endsWith('.vue');
  const file = ts.createSourceFile(`${path}.ts`, isComponent ? scriptsOf(source) : source, ts.ScriptTarget.Latest, true);
  const edges: ImportEdge[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) {
      const target = found.specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), found.specifier)) : undefined;
      edges.push({ from: path, specifier: found.specifier, target, isTypeOnly: found.isTypeOnly });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const reExports = file.statements.filter((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined);
  return {
    path,
    edges,
    isBarrel: file.statements.length > 0 && reExports.length === file.statements.length,
    hasExportAll: reExports.some((statement) => ts.isExportDeclaration(statement) && statement.exportClause === undefined),
  };
}
