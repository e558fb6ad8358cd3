// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { isTyping, keysText, matches } from '../../../renderer/commands/keys.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('keys of commands', () => {
  it('Mod is Ctrl, on macOS Cmd; another modifier more is another key', () => {
    expect(matches('Mod+K', press('k', { ctrlKey: true }), false)).toBe(true);
    expect(matches('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matches('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matches('Mod+K', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matches('Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(matches('C', press('c', { altKey: true }), false)).toBe(false);
  });

  it('signs come with Shift on some keyboards and without on others', () => {
    expect(matches('?', press('?', { shiftKey: true }), false)).toBe(true);
    expect(matches('[', press('['), false)).toBe(true);
    expect(matches('Space', press(' '), false)).toBe(true);
  });

  it('are written as the platform writes them', () => {
    expect(keysText('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
    expect(keysText('Mod+Shift+Z', true)).toBe('⌘⇧Z');
  });

  it('who types in a field keeps single keys; a checkbox is no field', () => {
    document.body.innerHTML = '<input id="a"><textarea id="b"></textarea><input id="c" type="checkbox"><button id="d"></button>';
    const at = (id: string) => isTyping(document.getElementById(id));
    expect(['a', 'b', 'c', 'd'].map(at)).toEqual([true, true, false, false]);
  });
});
