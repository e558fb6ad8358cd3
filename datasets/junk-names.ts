const JUNK_NAMES: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '@eaDir', '__MACOSX']);

/** Left behind by operating systems. */
export function isJunkName(name: string): boolean {
  return JUNK_NAMES.has(name) || name.startsWith('._');
}
