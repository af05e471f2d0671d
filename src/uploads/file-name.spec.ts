import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FILE_NAME_MAX, safeFileName } from './file-name.js';

describe('the name of a file', () => {
  it.each([
    ['plan.pdf', 'plan.pdf'],
    ['Übersicht 2026 – Ω.pdf', 'Übersicht 2026 – Ω.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['C:\\fakepath\\me.png', 'me.png'],
    ['/etc/', 'file'],
    ['', 'file'],
    ['   ', 'file'],
    ['.', 'file'],
    ['..', 'file'],
    ['.profile', '.profile'],
    ['a\r\nSet-Cookie: b.txt', 'aSet-Cookie: b.txt'],
    ['nul\0.txt', 'nul.txt'],
    ['gpj\u202eexe.jpg', 'gpjexe.jpg'],
    ['half \ud800.txt', 'half \ufffd.txt'],
  ])('%j becomes %j', (given, name) => {
    expect(safeFileName(given)).toBe(name);
  });

  it('keeps its ending when it is cut', () => {
    const name = safeFileName(`${'a'.repeat(300)}.jpeg`);
    expect(name).toHaveLength(FILE_NAME_MAX);
    expect(name).toMatch(/^a+\.jpeg$/);
    expect(safeFileName('😀'.repeat(200)).isWellFormed()).toBe(true);
  });

  it('is harmless, whatever was given', () => {
    const any = fc.string({ unit: 'binary', maxLength: 600 });
    fc.assert(
      fc.property(any, (given) => {
        const name = safeFileName(given);
        expect(name.length > 0 && name.length <= FILE_NAME_MAX && name.isWellFormed()).toBe(true);
        expect(name).not.toMatch(/[/\\\p{Cc}]/u);
        expect(['.', '..']).not.toContain(name);
        expect(safeFileName(name)).toBe(name);
      }),
    );
  });
});
