import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { FileFacts, ImportEdge } from './imports.ts';
import {
  allowedReExports,
  engineBasics,
  engineFolders,
  folders,
  interfacePackages,
  nodeHomes,
  packageHomes,
  processEntries,
  purePaths,
  tensorPaths,
  withoutNode,
} from './table.ts';
import type { FolderRule } from './table.ts';

const startsWithAny = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => path === prefix || path.startsWith(prefix));
const topOf = (path: string): string => path.split('/')[0] ?? '';
/** 'engine/run/x.ts' -> 'run'; a file of the engine's root -> undefined. */
const engineFolderOf = (path: string): string | undefined => (path.split('/').length > 2 ? path.split('/')[1] : undefined);

function allows(rule: FolderRule | undefined, own: string, target: string, isTypeOnly: boolean): boolean {
  if (rule === undefined) return false;
  const allowed = [own, ...rule.runTime, ...(isTypeOnly ? rule.types : [])];
  return allowed.some((folder) => target === folder || target.startsWith(`${folder}/`));
}

function checkFolders(edge: ImportEdge, target: string): string | undefined {
  if (target.startsWith('..')) return 'leaves the project';
  const top = topOf(edge.from);
  if (!allows(folders[top], top, target, edge.isTypeOnly)) {
    return `${top} may not import ${topOf(target)}${edge.isTypeOnly ? '' : ' at run time'}`;
  }
  if (top !== 'engine' || topOf(target) !== 'engine' || engineBasics.includes(target)) return undefined;
  const from = engineFolderOf(edge.from);
  const to = engineFolderOf(target) ?? posix.basename(target);
  // A file of the root: the basics stand alone; the catalogue takes what is pure, which is checked below.
  if (from === undefined) return engineBasics.includes(edge.from) ? 'the basics of the engine import only each other' : undefined;
  if (!allows(engineFolders[from], from, to, edge.isTypeOnly)) {
    return `engine/${from} may not import engine/${to}${edge.isTypeOnly ? '' : ' at run time'}`;
  }
  return undefined;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function checkPackage(edge: ImportEdge, dependencies: ReadonlySet<string>): string | undefined {
  const { from, specifier } = edge;
  const top = topOf(from);
  if (top === 'tests' || top === 'build' || top === 'bin') return undefined;
  if (isBuiltin(specifier)) {
    return startsWithAny(from, withoutNode) && !startsWithAny(from, nodeHomes) ? `knows no Node, yet imports ${specifier}` : undefined;
  }
  const name = packageName(specifier);
  if (top === 'renderer') return interfacePackages.includes(name) ? undefined : `${name} is no package of the interface`;
  if (!edge.isTypeOnly && !dependencies.has(name)) return `${name} is none of package.json's dependencies`;
  const home = Object.keys(packageHomes).find((key) => name === key || (key.endsWith('/') && name.startsWith(key)));
  const homes = home === undefined ? undefined : packageHomes[home];
  return homes === undefined || startsWithAny(from, homes) ? undefined : `${name} is imported only in ${homes.join(', ')}`;
}

function checkFile(facts: FileFacts): string[] {
  const problems: string[] = [];
  if (facts.path.endsWith('/index.ts') && !processEntries.includes(facts.path))
    problems.push(`${facts.path}: index.ts is the entry of a process; import the file itself`);
  if (allowedReExports.includes(facts.path)) return problems;
  if (facts.isBarrel) problems.push(`${facts.path}: a file that only re-exports is a barrel`);
  if (facts.hasExportAll) problems.push(`${facts.path}: export * hides what is exported`);
  return problems;
}

type Loads = ReadonlyMap<string, readonly string[]>;

function runTimeLoads(files: readonly FileFacts[]): Loads {
  return new Map(
    files.map((file) => [file.path, file.edges.flatMap((edge) => (edge.isTypeOnly || edge.target === undefined ? [] : [edge.target]))]),
  );
}

/** Every cycle once, as the path that closes it. */
function findCycles(loads: Loads): string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) problems.push(`cycle: ${[...trail.slice(at), path].join(' -> ')}`);
    if (at >= 0 || done.has(path)) return;
    trail.push(path);
    for (const next of loads.get(path) ?? []) visit(next);
    trail.pop();
    done.add(path);
  };
  for (const path of loads.keys()) visit(path);
  return problems;
}

/** The first chain from a pure file to one that touches tensors. */
function findImpure(loads: Loads): string[] {
  const problems: string[] = [];
  for (const start of loads.keys()) {
    if (!startsWithAny(start, purePaths)) continue;
    const chains = [[start]];
    const seen = new Set([start]);
    for (let chain = chains.shift(); chain !== undefined; chain = chains.shift()) {
      const last = chain.at(-1) ?? start;
      if (startsWithAny(last, tensorPaths)) {
        problems.push(`${start}: is pure, yet loads tensors: ${chain.join(' -> ')}`);
        break;
      }
      for (const next of loads.get(last) ?? []) {
        if (!seen.has(next)) chains.push([...chain, next]);
        seen.add(next);
      }
    }
  }
  return problems;
}

/** Everything that breaks the import table; empty when all is well. `dependencies` are the product's packages of package.json. */
export function checkImports(files: readonly FileFacts[], dependencies: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const file of files) {
    problems.push(...checkFile(file));
    for (const edge of file.edges) {
      const problem = edge.target === undefined ? checkPackage(edge, dependencies) : checkFolders(edge, edge.target);
      if (problem !== undefined) problems.push(`${edge.from}: ${problem} (${edge.specifier})`);
    }
  }
  const loads = runTimeLoads(files);
  return [...problems, ...findCycles(loads), ...findImpure(loads)];
}
