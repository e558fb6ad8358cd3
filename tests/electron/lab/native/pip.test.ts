import { describe, expect, it } from 'vitest';
import { findPip, pipConfig, pipDefaultIndex, pipFailure } from '../../../../electron/lab/native/pip.ts';

const requirement = { name: 'tensorflow-cpu', version: '2.21.0' };

describe('pip', () => {
  it('is the first command that runs, or none', async () => {
    const works = [process.execPath, '-e', "console.log('global.timeout=5')", '--'];
    expect(await findPip([['no-such-program-here'], [process.execPath, '-e', 'process.exit(3)', '--'], works])).toEqual(works);
    expect(await findPip([['no-such-program-here']])).toBeUndefined();
    expect(await pipConfig(works)).toContain('global.timeout=5');
  });

  it('tells the index that it asks without settings', async () => {
    const help =
      '-i, --index-url, --pypi-url <url>\\n   Base URL of the Python Package Index (default\\n   https://index.example/simple). This';
    expect(await pipDefaultIndex([process.execPath, '-e', `console.log("${help}")`, '--'])).toBe('https://index.example/simple');
    expect(await pipDefaultIndex([process.execPath, '-e', '', '--'])).toBeUndefined();
  });

  it.each([
    ['ERROR: No matching distribution found for tensorflow-cpu==2.21.0', 'wheel-not-found'],
    ["WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution found", 'no-network'],
    ['ERROR: Could not install: [Errno 28] No space left on device', 'disk-full'],
    ['ERROR: HTTP error 407 while getting https://ada:secret@index.example/x', 'pip-failed'],
  ])('%s', (output, code) => {
    const error = pipFailure(requirement, output, 1);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret');
  });
});
