import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const fixtures = join(import.meta.dirname, 'fixtures');

describe('reference data', () => {
  const listed = readFileSync(join(fixtures, 'reference.sha256'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/) as [string, string]);

  it('every listed file is unchanged', () => {
    expect(listed.length).toBeGreaterThan(30);
    for (const [hash, name] of listed) {
      const bytes = readFileSync(join(fixtures, 'reference', name));
      expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(hash);
    }
  });

  it('holds no file that is not listed', () => {
    const entries = readdirSync(join(fixtures, 'reference'), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(fixtures, 'reference').length + 1));
    expect(files.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(listed.map(([, name]) => name).sort());
  });
});
