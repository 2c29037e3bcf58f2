import { describe, expect, test } from 'vitest'
import { ownText, readable } from './reply-text.ts'

describe('an answer', () => {
  test.each([
    [
      'Yes, please.\n\nOn Sat, 28 Nov 2026 at 09:30, Argyle <shop@argyle.example> wrote:\n> Shall we?',
      'Yes, please.',
    ],
    ['Ja.\r\n\r\nAm 28.11.2026 um 09:30 schrieb Argyle:\r\n> Sollen wir?', 'Ja.'],
    ['Yes.\n\nOn Sat, 28 Nov 2026 at 09:30, Argyle\n<shop@argyle.example> wrote:\n> Shall we?', 'Yes.'],
    ['Yes.\n-----Original Message-----\nFrom: Argyle', 'Yes.'],
    ['Yes.\n________________________________\nFrom: Argyle', 'Yes.'],
    ['Yes.\n\nFrom: Argyle\nSent: Saturday\nShall we?', 'Yes.'],
    ['Yes.\n-- \nAda\n+49 151', 'Yes.'],
    ['Yes.\n> Shall we?\n>> or not?\n', 'Yes.'],
    ['> Shall we?\nYes.\n> And when?\nTomorrow.', '> Shall we?\nYes.\n> And when?\nTomorrow.'],
    ['On Monday I wrote: nothing came.', 'On Monday I wrote: nothing came.'],
    ['From: here to there it is far.\nReally.', 'From: here to there it is far.\nReally.'],
    ['It is far.\nFrom: here to there.\nReally.', 'It is far.\nFrom: here to there.\nReally.'],
  ])('%j is %j', (text, own) => {
    expect(ownText(text)).toBe(own)
  })

  const INTRODUCTIONS = [
    'On Saturday Argyle wrote:',
    'Am Samstag schrieb Argyle:',
    'Le samedi, Argyle a écrit :',
    'Le samedi, Argyle a écrit:',
    '--Original Message--',
    '---- Forwarded message ----',
    '-----Ursprüngliche Nachricht-----',
    '-- Weitergeleitete Nachricht --',
    '_'.repeat(20),
    '-- ',
    '--',
    ...['From', 'Von'].flatMap((name) =>
      ['Sent', 'Date', 'To', 'Gesendet', 'Datum', 'An'].map((next) => `${name}: Argyle\n${next}: today`),
    ),
  ]
  test.each(INTRODUCTIONS)('ends before %j', (introduction) => {
    expect(ownText(`Yes.\n${introduction}\nShall we?`)).toBe('Yes.')
    expect(ownText(`Yes.\nsee ${introduction}\nShall we?`)).toContain('Shall we?')
  })

  test('that has only quotations is empty, and one below its quotation is kept', () => {
    expect(ownText('> Shall we?\n> Or not?')).toBe('')
    expect(ownText('On Sat, 28 Nov 2026, Argyle wrote:\n> Shall we?\nYes.')).toContain('Yes.')
  })

  test('is in the first two thousand lines', () => {
    expect(ownText(`${'a\n'.repeat(1_999)}b\nc`)).toBe(`${'a\n'.repeat(1_999)}b`)
  })

  test('costs time by its length', () => {
    for (const part of ['On ', '> ', '-- x\n', 'From: a\n', ' '.repeat(50), '_'.repeat(19)])
      expect(ownText(part.repeat(200_000)).length).toBeLessThan(10_000_001)
  })
})

describe('a text', () => {
  test('keeps what the shop’s own texts may have, and loses what they may not', () => {
    expect(readable('Grüße 👩‍🚀\n\tعربي', 100)).toBe('Grüße 👩‍🚀\n\tعربي')
    expect(readable('a\u202eb\u200bc\u0000d', 100)).toBe('abcd')
    expect(readable(`a${'\u0301'.repeat(50)}`, 100)).not.toBeNull()
    expect(readable('\u0301a \u0301b\n\u0301\u0302c', 100)).toBe('a b\nc')
    expect(readable('\ud800 lone', 100)).not.toBeNull()
  })

  test('is cut at its bound, at no half of a character', () => {
    expect(readable('🧦'.repeat(100), 100)).toBe('🧦'.repeat(100))
    expect(readable('🧦'.repeat(101), 100)).toBe(`${'🧦'.repeat(99)}…`)
    expect(readable(`${'a'.repeat(98)} cut`, 100)).toBe(`${'a'.repeat(98)}…`)
  })

  test('of nothing visible is none', () => {
    for (const text of ['', ' \n ', '\u200b\u2060']) expect(readable(text, 100)).toBeNull()
  })
})
