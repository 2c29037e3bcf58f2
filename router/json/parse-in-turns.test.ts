import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { MAX_DEPTH, parseExactly, TooDeep } from './exact-json.ts'
import { parseInTurns } from './parse-in-turns.ts'

/** The parsed text, printed again, or the name of the error. */
async function outcome(parse: (text: string) => unknown, text: string): Promise<string> {
  try {
    return JSON.stringify(await parse(text))
  } catch (error) {
    return error instanceof Error ? error.name : 'something else'
  }
}

async function expectSame(text: string): Promise<void> {
  // `toBe` would print the whole text.
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
    'spaces around a colon': `{"a" : "${long(40_000)}", "b"\n:\t[${many(9_000, String)}],"c":"${long(40_000)}"}`,
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
  await expectSame(nested(MAX_DEPTH))
  await expect(parseInTurns(nested(MAX_DEPTH + 1))).rejects.toThrow(TooDeep)
  const behind = (depth: number) => `[${many(20_000, String)},${'['.repeat(depth)}${']'.repeat(depth)}]`
  await expectSame(behind(MAX_DEPTH - 1))
  await expect(parseInTurns(behind(MAX_DEPTH))).rejects.toThrow(TooDeep)
})

test('an object has a bound of members, a list has none', async () => {
  const members = (count: number) => `{"a":{${many(count, (index) => `"k${index}":1`)}}}`
  await expect(parseInTurns(members(100_001))).rejects.toThrow('an object has more than 100000 members')
  await expectSame(members(100_000))
  await expectSame(`[${many(100_001, () => '1')}]`)
})

test('lists that are larger than a piece are nested at most a thousand levels, with those in them', async () => {
  const nested = (levels: number, content: string) => '['.repeat(levels) + content + ']'.repeat(levels)
  const text = (outer: number) =>
    nested(
      outer,
      many(40, () => nested(500, '1')),
    )
  await expectSame(text(500))
  expect(await outcome(parseInTurns, text(501))).toBe('TooDeep')
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

afterEach(() => vi.restoreAllMocks())

test.each([
  [6, true],
  [0, false],
])('the caller has the value in a turn of its own where the last piece took %i ms: %s', async (ms, isOwn) => {
  let time = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (time += ms))
  let isLater = false
  setImmediate(() => {
    isLater = true
  })
  expect(await parseInTurns('[1]')).toEqual([1])
  expect(isLater).toBe(isOwn)
})

describe('of a text in turns are bounded', () => {
  const scalar = 40_000
  const VALUES: Readonly<Record<string, readonly [text: string, values: number]>> = {
    'numbers in a list': [`[${many(20_000, String)}]`, 20_001],
    'objects and what they contain': [`[${many(20_000, () => '{"a":1,"b":[2,3]}')}]`, 100_001],
    'the values of a large member': [
      `{"data":{"list":[${many(20_000, () => '"],["')}],"n":1},"x":2}`,
      20_005,
    ],
    'empty objects, each as two': [`[${many(20_000, () => '{}')}]`, 40_001],
    'values around strings that are larger than a piece': [
      `["${long(39_000)}",1,{"a":"${long(39_000)}"}]`,
      5,
    ],
  }
  test.each(Object.entries(VALUES))('values: %s', async (_, [text, values]) => {
    expect(await outcome((all) => parseInTurns(all, undefined, { values, scalar }), text)).toBe(
      await outcome(JSON.parse, text),
    )
    const less = { values: values - 1, scalar }
    await expect(parseInTurns(text, undefined, less)).rejects.toThrow(`it has more than ${values - 1} values`)
  })

  test('the characters of one string, with its quotes and escapes, and of one number', async () => {
    for (const text of [
      `["${'\\n'.repeat(scalar / 2 - 1)}"]`,
      `[${'1'.repeat(scalar)}]`,
      `{"${long(scalar - 2)}":1}`,
    ]) {
      const limits = { values: 10, scalar }
      expect(await outcome((all) => parseInTurns(all, undefined, limits), text)).toBe(
        await outcome(parseExactly, text),
      )
      const less = { ...limits, scalar: scalar - 1 }
      await expect(parseInTurns(text, undefined, less)).rejects.toThrow(
        'a string or number has more than 39999 characters',
      )
    }
  })
})
