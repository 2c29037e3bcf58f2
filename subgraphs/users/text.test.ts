import { expect, test } from 'vitest'
import { lineOfText, maybeLineOfText } from './text.ts'

test('text is trimmed and composed', () => {
  expect(lineOfText(10).parse('  Zoe\u0308 ')).toBe('Zo\u00eb')
  expect(maybeLineOfText(10).parse('   ')).toBeNull()
})

test.each([
  ['empty', ''],
  ['blank', ' \t '],
  ['with a NUL, which PostgreSQL cannot hold', 'a\0b'],
  ['of two lines', 'a\nb'],
  ['that turns the direction of writing', 'a\u202eb'],
  ['that shows as nothing', '\u200b\u200d'],
  ['with half a surrogate pair', 'a\ud800'],
  ['too long', 'a'.repeat(11)],
])('text is refused that is %s', (_, text) => {
  expect(lineOfText(10).safeParse(text).success).toBe(false)
})

test('any script and emoji are text', () => {
  for (const name of ['Ольга', '山田', 'مريم', 'O’Neill-Łuć', '🧦'])
    expect(lineOfText(20).parse(name)).toBe(name)
})
