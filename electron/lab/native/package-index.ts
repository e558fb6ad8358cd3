/** The package index that pip is configured with, read without pip. */
import { EngineError } from '../../../engine/error.ts';
import { normalName } from './wheel-name.ts';

export interface IndexFile {
  readonly file: string;
  readonly url: string;
  readonly sizeBytes?: number;
  readonly sha256?: string;
  readonly isYanked: boolean;
}

/** Addresses to ask, in this order; none where pip is told to use no index. */
export type Indexes = readonly string[];

/**
 * From the environment and from what `pip config list` prints ('' without pip). `fallback` is the index that pip uses without settings; only
 * pip knows it.
 */
export function indexesOf(env: Readonly<Record<string, string | undefined>>, pipConfig = '', fallback?: string): Indexes {
  const configured = parsePipConfig(pipConfig);
  const setting = (name: string): string | undefined =>
    env[`PIP_${name.replaceAll('-', '_').toUpperCase()}`] ??
    configured.get(`download.${name}`) ??
    configured.get(`install.${name}`) ??
    configured.get(`global.${name}`);
  const off = setting('no-index')?.toLowerCase() ?? '';
  if (['1', 'true', 'yes', 'on'].includes(off)) return [];
  const more = setting('extra-index-url')?.split(/\s+/) ?? [];
  return [setting('index-url')?.trim() || (fallback ?? ''), ...more].filter((address) => address !== '');
}

/** Lines like `global.index-url='https://example.org/simple'`. */
function parsePipConfig(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/^([\w:.-]+)=(['"])(.*)\2$/gm)];
  return new Map(found.map(([, key = '', , value = '']) => [key, value.replaceAll('\\n', ' ').trim()]));
}

/** An address without the user and password in it, and the header that says them instead. */
export function withoutCredentials(address: string): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(address);
  if (url.username === '') return { url, headers: {} };
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return { url, headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } };
}

/** For text of other programs: users and passwords in addresses are nobody's business. */
export function withoutAddresses(text: string): string {
  return text.replaceAll(/(\w+:\/\/)[^\s/@]+@/g, '$1');
}

const accept = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';
const answerMs = 30_000;

/**
 * All files of a package (PEP 503 and 691). An index that does not know it has none.
 * Throws EngineError 'no-network', or 'index-failed' for any other answer.
 */
export async function listFiles(index: string, name: string, signal: AbortSignal): Promise<readonly IndexFile[]> {
  const { url, headers } = withoutCredentials(index);
  const page = new URL(`${url.href.replace(/\/+$/, '')}/${normalName(name)}/`);
  const doing = `Looking up ${name} in the package index ${url.host}`;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(page, { headers: { accept, ...headers }, signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]) });
    text = await answer.text();
  } catch (error) {
    signal.throwIfAborted();
    throw noNetwork(doing, error);
  }
  if (answer.status === 404) return [];
  if (!answer.ok) {
    throw new EngineError('index-failed', `${doing}: it answered ${answer.status} ${answer.statusText}.`.replace(' .', '.'), {
      tip: "Check pip's index-url and its credentials (pip config list), then repeat the command.",
    });
  }
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  try {
    return isJson ? filesOfJson(text, answer.url) : filesOfHtml(text, answer.url);
  } catch (cause) {
    throw new EngineError('index-failed', `${doing}: its answer is no list of files.`, {
      tip: "Check pip's index-url (pip config list).",
      cause,
    });
  }
}

/** What went wrong below fetch: it hides the reason in `cause`. */
export function noNetwork(doing: string, error: unknown): EngineError {
  const reason = (error as { cause?: { code?: string; message?: string } }).cause;
  const detail = reason?.code ?? reason?.message ?? (error instanceof Error ? error.message : String(error));
  return new EngineError('no-network', `${doing}: it could not be reached (${detail}).`, {
    tip: 'Check the connection and the proxy, then repeat the command; what was downloaded is kept. Without a network: --wheel FILE.',
    cause: error,
  });
}

interface JsonFile {
  readonly filename: string;
  readonly url: string;
  readonly size?: number;
  readonly hashes?: { readonly sha256?: string };
  readonly yanked?: boolean | string;
}

function filesOfJson(text: string, base: string): readonly IndexFile[] {
  const { files } = JSON.parse(text) as { files: readonly JsonFile[] };
  return files.map(({ filename, url, size, hashes, yanked }) => ({
    file: filename,
    url: new URL(url, base).href,
    ...(size === undefined ? {} : { sizeBytes: size }),
    ...(hashes?.sha256 === undefined ? {} : { sha256: hashes.sha256 }),
    isYanked: yanked !== undefined && yanked !== false,
  }));
}

/** `<a href="…/name.whl#sha256=…" data-yanked="…">name.whl</a>`. */
function filesOfHtml(text: string, base: string): readonly IndexFile[] {
  return [...text.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi)].flatMap(([, attributes = '', label = '']) => {
    const href = /\bhref\s*=\s*(["'])(.*?)\1/i.exec(attributes)?.[2];
    if (href === undefined) return [];
    const url = new URL(href.replaceAll('&amp;', '&'), base);
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1];
    url.hash = '';
    return [
      { file: label.trim(), url: url.href, ...(sha256 === undefined ? {} : { sha256 }), isYanked: /\bdata-yanked\b/i.test(attributes) },
    ];
  });
}
