import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_CHARACTERS, MAX_TERMS, readQuery } from './query-text.ts'

const word = (text: string) => ({ text, isPhrase: false, isExcluded: false })
const phrase = (text: string) => ({ text, isPhrase: true, isExcluded: false })
const without = (term: object) => ({ ...term, isExcluded: true })

describe('terms', () => {
  test.each([
    ['merino crew', [word('merino'), word('crew')]],
    ['  Merino,  CREW! ', [word('merino'), word('crew')]],
    ['"merino crew"', [phrase('merino crew')]],
    ['„rote Socken“', [phrase('rote socken')]],
    ['"crew"', [word('crew')]],
    ['"no end', [phrase('no end')]],
    ['crew -wool', [word('crew'), without(word('wool'))]],
    ['crew −"merino wool"', [word('crew'), without(phrase('merino wool'))]],
    ['no-show', [word('no-show')]],
    ['crew - wool', [word('crew'), word('wool')]],
    ['CRW-0001-MOS-1', [word('crw-0001-mos-1')]],
    ["children's", [word("children's")]],
    ['a & b | !c:*', [word('a'), word('b'), word('c')]],
    ['Füßlinge', [word('füßlinge')]],
    ['knee|high', [word('knee'), word('high')]],
    ['🧦', [word('socks')]],
    ['a\0b\u202ec', [word('a'), word('b'), word('c')]],
    ['36 – 40 crew', [word('36-40'), word('crew')]],
    ['crew 15€', [word('crew')]],
    ['crew £15', [word('crew')]],
    ['crew 15', [word('crew'), word('15')]],
    // Amounts of currencies in which the shop has no prices, and numbers that are not prices.
    ['crew under £20', [word('crew')]],
    ['crew below 20 pounds', [word('crew')]],
    ['air max 90', [word('air'), word('max'), word('90')]],
    ['kids under 5', [word('kids')]],
    ['kinder unter 12 jahren', [word('kinder')]],
    ['size 39 up to 42', [word('size'), word('39-42')]],
    ['Größe 39 bis 42', [word('größe'), word('39-42')]],
    ['size under 42', [word('size'), word('42')]],
    ['socken bis 42', [word('socken'), word('bis'), word('42')]],
    ...[
      'kid',
      'kids',
      'child',
      'children',
      'boy',
      'boys',
      'girl',
      'girls',
      'baby',
      'babies',
      'babys',
      'toddler',
    ].map((who): [string, object[]] => [`${who} under 5 years`, [word(who)]]),
    ...['toddlers', 'kind', 'kinder', 'mädchen', 'junge', 'jungen'].map((who): [string, object[]] => [
      `${who} unter 5 Jahre`,
      [word(who)],
    ]),
    ...['£20', '20 gbp', '20 pound', '20 pounds', '20 pfund', '20 chf'].map((amount): [string, object[]] => [
      `crew ${amount}`,
      [word('crew')],
    ]),
    ['size 39 to 42', [word('size'), word('39-42')]],
    ['Fu\u0308ßlinge', [word('füßlinge')]],
    ['', []],
  ])('%j', (text, terms) => {
    expect(readQuery(text)).toEqual({ terms, priceLimit: null, isUnsearchable: false })
  })
})

describe('a limit of the price', () => {
  test.each([
    ['crew under 20', { amount: '20', currency: null }],
    ['Crew unter 12,50 €', { amount: '12.50', currency: 'EUR' }],
    ['crew less than $9.99', { amount: '9.99', currency: 'USD' }],
    ['crew up to 2000 yen', { amount: '2000', currency: 'JPY' }],
    ['under 20 dollars crew', { amount: '20', currency: 'USD' }],
    ['max. 20 euro crew', { amount: '20', currency: 'EUR' }],
    ['crew under 20 EUR', { amount: '20', currency: 'EUR' }],
    ['crew bis 15 €', { amount: '15', currency: 'EUR' }],
    ['crew under $1,000', { amount: '1000', currency: 'USD' }],
    ['crew unter 1.000,50 €', { amount: '1000.50', currency: 'EUR' }],
    ['crew under 12.5', { amount: '12.5', currency: null }],
    ['under $20 crew under $30', { amount: '20', currency: 'USD' }],
    ['under 20, crew', { amount: '20', currency: null }],
    ...['under', 'below', 'less than', 'cheaper than', 'unter', 'weniger als', 'höchstens'].map(
      (words): [string, object] => [`crew ${words} 20`, { amount: '20', currency: null }],
    ),
    ...['up to', 'max', 'max.', 'maximal', 'bis zu', 'bis'].map((words): [string, object] => [
      `crew ${words} 20 €`,
      { amount: '20', currency: 'EUR' },
    ]),
    ...Object.entries({ '€': 'EUR', euro: 'EUR', eur: 'EUR', $: 'USD', dollar: 'USD', usd: 'USD' }).map(
      ([name, currency]): [string, object] => [`crew under 20 ${name}`, { amount: '20', currency }],
    ),
    ...['¥', 'yen', 'jpy'].map((name): [string, object] => [
      `crew under 20 ${name}`,
      { amount: '20', currency: 'JPY' },
    ]),
  ])('%j', (text, priceLimit) => {
    expect(readQuery(text)).toEqual({ terms: [word('crew')], priceLimit, isUnsearchable: false })
  })

  test.each([
    ['kids under 18', '18'],
    ['kids under 9.99', '9.99'],
    ['kids under 9 €', '9'],
    ['size 39 under 20', '20'],
    ['size max 20 €', '20'],
  ])('%j is at %s', (text, amount) => {
    expect(readQuery(text).priceLimit).toMatchObject({ amount })
  })

  test.each([
    'under crew',
    'under 36-40',
    'under 36 – 40',
    'thunder 20',
    'under 1234567',
    'under 1,234,567',
    'under 3-pack',
  ])('%j has none', (text) => {
    expect(readQuery(text).priceLimit).toBeNull()
  })
})

test.each(['???', '🦄', '"', '-', '\u200b\u200b.'])('%j has no terms', (text) => {
  expect(readQuery(text)).toEqual({
    terms: [],
    priceLimit: null,
    isUnsearchable: text !== '' && text.trim() !== '',
  })
})

test('a limit of the price alone is a search', () => {
  const priceLimit = { amount: '20', currency: 'USD' }
  expect(readQuery('under $20 !')).toEqual({ terms: [], priceLimit, isUnsearchable: false })
})

test('a long text is cut at its maximum length', () => {
  const { terms } = readQuery(`${'word '.repeat(2_000)}`)
  expect(terms).toHaveLength(MAX_TERMS)
  // A character is a code point, of one or two UTF-16 units.
  for (const letter of ['x', '𐐨'])
    expect(readQuery(letter.repeat(10_000)).terms).toEqual([word(letter.repeat(MAX_CHARACTERS))])
})

test('any text is parsed into a bounded number of terms', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const { terms } = readQuery(text)
      expect(terms.length).toBeLessThanOrEqual(MAX_TERMS)
      for (const term of terms) {
        expect(term.text).toMatch(/^[\p{L}\p{N}]/u)
        expect(term.text.isWellFormed()).toBe(true)
        expect(term.text).not.toMatch(/[\0"\\]/)
      }
    }),
  )
})
