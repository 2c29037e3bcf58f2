import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MOST_DEPTH, parseExactly, TooDeep } from './exact-json.ts'
import { MOST_MEMBERS, parseInTurns } from './parse-in-turns.ts'

/** What becomes of a text: the text that it is written as again, or the name of the error. */
async function outcome(parse: (text: string) => unknown, text: string): Promise<string> {
  try {
    return JSON.stringify(await parse(text))
  } catch (error) {
    return error instanceof Error ? error.name : 'something else'
  }
}

async function expectSame(text: string): Promise<void> {
  // Not by toBe, which would print all of it.
  expect((await outcome(parseInTurns, text)) === (await outcome(parseExactly, text))).toBe(true)
}

const long = (length: number) => 'x'.repeat(length)
const many = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(' ,\n')

describe('as parseExactly does, it parses', () => {
  const TEXTS: Record<string, string> = {
    nothing: '',
    'a number': ' 12345678901234567890 ',
    'an empty list': ' [ ] ',
    'an empty object': '{ }\n',
    'a long list of numbers': `[${many(40_000, String)}]`,
    'a long list of empty objects': `{"data":{"list":[${many(40_000, () => '{}')}]}}`,
    'a long object': `{"data":{${many(20_000, (index) => `"k${index}":{"a":[${index}]}`)}},"errors":[]}`,
    'members of one name, and __proto__': `{${many(20_000, (index) => `"k${index % 7}":${index}`)},"__proto__":{"a":1}}`,
    'long strings and names': `{"${long(70_000)}":"${long(70_000)}\\"","b":["${long(40_000)}",1,"${'\\\\'.repeat(40_000)}"]}`,
    'long numbers': `[${'1'.repeat(50_000)},1.${'0'.repeat(50_000)},{"a":-0}]`,
    'lists in lists, each longer than a piece': `[[${many(9_000, () => '[true,null]')}],[[${many(9_000, () => '"],["')}]]]`,
    'exact numbers': `[${many(20_000, () => '9007199254740993')}]`,
    spaces: `[${' '.repeat(90_000)}1${'\n'.repeat(90_000)},{${'\t'.repeat(90_000)}}]`,
  }
  test.each(Object.entries(TEXTS))('%s', async (_, text) => {
    await expectSame(text)
  })

  const filled = `[${many(20_000, String)}`
  const BROKEN = [
    '',
    ',]',
    '}',
    ']]',
    ']x',
    ',,1]',
    ' 1]',
    ',"a]',
    ',{"a"}]',
    ',{1:2}]',
    ',tru]',
    ',01]',
    ',[1,]]',
    ',{"a":1,}]',
    '],',
    ',-]',
    ',"\\x"]',
  ]
  test.each(BROKEN)('no text that is broken by %j', async (ending) => {
    expect(await outcome(parseInTurns, filled + ending)).toBe('SyntaxError')
    const inObject = `{"a":${filled}],"b":[${many(20_000, String)}${ending}}`
    expect(await outcome(parseInTurns, inObject)).toBe(await outcome(parseExactly, inObject))
    expect(await outcome(parseInTurns, `{"a":${filled}],${long(40_000)}:1}`)).toBe('SyntaxError')
  })

  test('whatever there is, cut anywhere', async () => {
    const texts = fc.tuple(fc.array(fc.json(), { minLength: 1 }), fc.nat(), fc.boolean())
    const property = fc.asyncProperty(texts, async ([items, cut, isCut]) => {
      const list = items.map((item) => `${' '.repeat(9_000)}${item}`).join(',')
      const whole = `{"a":[${list}],"b":{"c":[${list}]}}`
      await expectSame(isCut ? whole.slice(0, cut % whole.length) : whole)
    })
    await fc.assert(property, { seed: 7_159, numRuns: 100 })
  })
})

test('levels are counted across pieces', async () => {
  const nested = (depth: number) => `${`[${long(0)}`.repeat(depth)}"${long(40_000)}"${']'.repeat(depth)}`
  await expectSame(nested(MOST_DEPTH))
  await expect(parseInTurns(nested(MOST_DEPTH + 1))).rejects.toThrow(TooDeep)
  const behind = (depth: number) => `[${many(20_000, String)},${'['.repeat(depth)}${']'.repeat(depth)}]`
  await expectSame(behind(MOST_DEPTH - 1))
  await expect(parseInTurns(behind(MOST_DEPTH))).rejects.toThrow(TooDeep)
})

test('an object has a bound of members, a list has none', async () => {
  const members = (count: number) => `{"a":{${many(count, (index) => `"k${index}":1`)}}}`
  expect(await outcome(parseInTurns, members(MOST_MEMBERS + 1))).toBe('TooWide')
  await expectSame(members(MOST_MEMBERS))
  await expectSame(`[${many(MOST_MEMBERS + 1, () => '1')}]`)
})

test('others have their turns', async () => {
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await parseInTurns(`[${many(400_000, (index) => `{"id":${index}}`)}]`)
  isOver = true
  expect(turns).toBeGreaterThan(1)
})
