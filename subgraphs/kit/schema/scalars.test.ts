import { readFileSync } from 'node:fs'
import { GraphQLError, Kind, parse, parseValue } from 'graphql'
import { describe, expect, test } from 'vitest'
import { CURRENCIES, formatMoney, MAX_SUM_MINOR, money } from './money.ts'
import { requireScalarResolvers, scalars } from './scalars.ts'

const { CurrencyCode, DateTime, Decimal } = scalars

describe('refused values are echoed', () => {
  test.each([
    [Decimal, 1.1, '1.1 is not a Decimal'],
    [Decimal, '1e3', '"1e3" is not a Decimal'],
    [Decimal, '12345678901234567', '"12345678901234567" is not a Decimal'],
    [Decimal, '1.1234567', '"1.1234567" is not a Decimal'],
    [Decimal, null, 'null is not a Decimal'],
    [Decimal, 2 ** 53, '9007199254740992 is not a Decimal'],
    [Decimal, {}, '{} is not a Decimal'],
    [CurrencyCode, 'GBP', '"GBP" is not a currency of this shop: allowed are USD, EUR, JPY'],
    [CurrencyCode, 'constructor', '"constructor" is not a currency'],
    [CurrencyCode, ['USD'], '["USD"] is not a currency'],
    [CurrencyCode, 'usd', '"usd" is not a currency'],
    [DateTime, 'yesterday', '"yesterday" is not a DateTime'],
    [DateTime, '2026-13-01T00:00:00Z', '"2026-13-01T00:00:00Z" is not a DateTime'],
    [DateTime, '2026-02-30T00:00:00Z', 'an RFC 3339 date-time of an existing day'],
    [DateTime, '9999-12-31T23:59:59-05:00', 'to 9999-12-31T23:59:59.999Z'],
    [DateTime, 5, '5 is not a DateTime'],
  ])('%s: %j', (scalar, value, message) => {
    const read = () => scalar.parseValue(value)
    expect(read).toThrow(GraphQLError)
    expect(read).toThrow(message)
  })

  test('a flood of input is cut', () => {
    expect(() => Decimal.parseValue('9'.repeat(100_000))).toThrow(/^.{1,250}$/)
  })
})

test('a decimal literal keeps its digits, quoted or not', () => {
  expect(Decimal.parseLiteral(parseValue('12.90'))).toBe('12.90')
  expect(Decimal.parseLiteral(parseValue('12'))).toBe('12')
  expect(['-12.90', -12].map((value) => Decimal.parseValue(value))).toEqual(['-12.90', '-12'])
  expect(Decimal.parseLiteral(parseValue('"12.900001"'))).toBe('12.900001')
  expect(() => Decimal.parseLiteral({ kind: Kind.LIST, values: [] })).toThrow('is not a Decimal')
})

test('a currency is written as a text or as an enum', () => {
  expect(['"EUR"', 'EUR'].map((text) => CurrencyCode.parseLiteral(parseValue(text)))).toEqual(['EUR', 'EUR'])
})

test('the largest sum that the shop knows is a decimal', () => {
  for (const currency of CURRENCIES) {
    const { amount } = formatMoney(money(MAX_SUM_MINOR, currency))
    expect(Decimal.serialize(amount)).toBe(amount)
  }
})

test('an instant is written in UTC', () => {
  expect(DateTime.serialize(DateTime.parseValue('2026-11-21T10:30:00+01:00'))).toBe(
    '2026-11-21T09:30:00.000Z',
  )
})

test('each scalar of a schema needs a resolver; those of shared.graphql have one', () => {
  const shared = readFileSync(new URL('shared.graphql', import.meta.url), 'utf8')
  expect(() => requireScalarResolvers(parse(shared), Object.keys(scalars))).not.toThrow()
  expect(() => requireScalarResolvers(parse(`${shared} scalar Colour`), Object.keys(scalars))).toThrow(
    'the scalar Colour of schema.graphql has no resolver: add a GraphQLScalarType',
  )
})
