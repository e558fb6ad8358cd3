import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
// Put together here, so that this file does not contain what it looks for.
const words = (...parts: string[]): string => parts.join('');

/** What no file of the project may contain, with the files that may. */
const forbidden: readonly { what: string; pattern: RegExp; except?: RegExp }[] = [
  { what: "a path of somebody's machine", pattern: new RegExp(words('(^|[^\\w.])/(', 'root|work|Users|home/\\w{2,}', ')/\\w'), 'm') },
  { what: "a path of somebody's machine", pattern: new RegExp(words('[A-Z]:\\\\+', 'Users\\\\'), 'i') },
  {
    what: 'the host of a package registry',
    pattern: new RegExp(
      words(
        'registry\\.',
        'npm|npm',
        'mirror|',
        'pypi\\.',
        'org|python',
        'hosted|',
        'crates\\.',
        'io|proxy\\.',
        'golang|repo1?\\.',
        'maven',
      ),
    ),
  },
  { what: 'a resolved address in the lock file', pattern: new RegExp(words('"resolved": "', 'https?:')) },
  { what: 'an access token', pattern: new RegExp(words('_auth', 'Token|gh', 'p_[A-Za-z0-9]{20}|BEGIN [A-Z ]*PRIVATE', ' KEY')) },
  {
    what: 'the text of a licence beside LICENSE',
    pattern: new RegExp(
      words(
        'Permission is hereby ',
        'granted|GNU GENERAL ',
        'PUBLIC LICENSE|Redistribution and use ',
        'in source|TERMS AND CONDITIONS ',
        'FOR USE|Mozilla Public ',
        'License Version',
      ),
      'i',
    ),
    except: /^LICENSE$/,
  },
];

function findForbidden(path: string, text: string): string[] {
  return forbidden.filter((rule) => rule.pattern.test(text) && rule.except?.test(path) !== true).map((rule) => `${path}: ${rule.what}`);
}

describe('tracked files', () => {
  it('slow: contain no machine paths, registry hosts, secrets or second licence', () => {
    const paths = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter((path) => path !== '');
    expect(paths).toContain('LICENSE');
    const problems = paths.flatMap((path) => {
      try {
        return findForbidden(path, readFileSync(join(root, path), 'latin1'));
      } catch {
        return []; // removed but not committed yet
      }
    });
    expect(problems).toEqual([]);
  });

  it.each([
    [words('const data = "/', 'work/', 'main/x";'), "a path of somebody's machine"],
    [words('see /', 'home/', 'ann/lab'), "a path of somebody's machine"],
    [words('C:\\', 'Users\\ann'), "a path of somebody's machine"],
    [words('https://registry', '.npmjs.org/x'), 'the host of a package registry'],
    [words('"resolved": "', 'https://host.example/x.tgz"'), 'a resolved address in the lock file'],
    [words('Permission is ', 'hereby granted, free of charge'), 'the text of a licence beside LICENSE'],
  ])('%s: found', (text, what) => {
    expect(findForbidden('a.ts', text)).toEqual([`a.ts: ${what}`]);
  });

  it('an ordinary path and the licence itself: allowed', () => {
    expect(findForbidden('a.ts', 'engine/root/x and /data/cs/leftImg8bit and ../work/x')).toEqual([]);
    expect(findForbidden('LICENSE', words('TERMS AND CONDITIONS ', 'FOR USE'))).toEqual([]);
  });
});
