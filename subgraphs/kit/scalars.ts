import { GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { badUserInput } from './errors.ts'
import { CURRENCIES, type Currency, isCurrency } from './money.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/

/** The bad value as a caller recognises it, cut to a length that an answer can bear. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

function readInstant(value: unknown): Date {
  if (typeof value === 'string' && INSTANT.test(value)) {
    const date = new Date(value)
    if (!Number.isNaN(date.getTime())) return date
  }
  throw badUserInput(`${shown(value)} is not a DateTime: allowed is e.g. "2026-11-21T09:30:00Z"`)
}

function readDecimal(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  // A JSON integer is exact up to 2^53; a JSON fraction has already been through a binary float.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw badUserInput(
    `${shown(value)} is not a Decimal: allowed is a string such as "12.90", up to 15 digits before the point`,
  )
}

function readCurrency(value: unknown): Currency {
  if (isCurrency(value)) return value
  throw badUserInput(`${shown(value)} is not a currency of this shop: allowed are ${CURRENCIES.join(', ')}`)
}

function textOf(node: ValueNode): unknown {
  if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value
  return node.kind === Kind.ENUM ? node.value : node.kind
}

const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => (value instanceof Date ? value : readInstant(value)).toISOString(),
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(textOf(node)),
})

const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: readDecimal,
  parseValue: readDecimal,
  parseLiteral: (node) => readDecimal(textOf(node)),
})

const CurrencyCode = new GraphQLScalarType<Currency, string>({
  name: 'CurrencyCode',
  serialize: readCurrency,
  parseValue: readCurrency,
  parseLiteral: (node) => readCurrency(textOf(node)),
})

/** Resolvers of the scalars that `shared.graphql` declares; the kit adds them to every subgraph. */
export const scalars = { DateTime, Decimal, CurrencyCode }
