import { type DocumentNode, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'
import { ALLOWED_INSTANT, formatInstant, parseInstant } from './instant.ts'
import { CURRENCIES, type Currency, isCurrency } from './money.ts'

const DECIMAL = /^-?\d{1,16}(\.\d{1,6})?$/

function readInstant(value: unknown): Date {
  const instant = typeof value === 'string' ? parseInstant(value) : null
  if (instant !== null) return instant
  throw badUserInput(`${echo(value)} is not a DateTime: allowed is ${ALLOWED_INSTANT}`)
}

function readDecimal(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  // A JSON integer is exact up to 2^53; a JSON fraction has already been rounded to a double.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw badUserInput(
    `${echo(value)} is not a Decimal: allowed is a string such as "12.90", up to 16 digits before the point`,
  )
}

function readCurrency(value: unknown): Currency {
  if (isCurrency(value)) return value
  throw badUserInput(`${echo(value)} is not a currency of this shop: allowed are ${CURRENCIES.join(', ')}`)
}

function textOf(node: ValueNode): unknown {
  if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value
  return node.kind === Kind.ENUM ? node.value : node.kind
}

const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => formatInstant(value instanceof Date ? value : readInstant(value)),
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

/**
 * Refuses a schema with a scalar that nobody resolves, since GraphQL takes any value for it.
 * @param resolved names of the types that have resolvers
 * @throws Error with the scalar and where its resolver belongs
 */
export function requireScalarResolvers({ definitions }: DocumentNode, resolved: readonly string[]): void {
  for (const node of definitions)
    if (node.kind === Kind.SCALAR_TYPE_DEFINITION && !resolved.includes(node.name.value))
      throw new Error(
        `the scalar ${node.name.value} of schema.graphql has no resolver: add a GraphQLScalarType to the resolvers of the subgraph, or, for a scalar of shared.graphql, to subgraphs/kit/schema/scalars.ts`,
      )
}
