import { expect, test } from 'vitest'
import { printResolverTypes } from './resolver-types.ts'

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar DateTime
  scalar Decimal
  scalar CurrencyCode
  enum Status { OPEN CLOSED }
  type Cart @key(fields: "id") { id: ID!, status: Status!, at: DateTime!, amount: Decimal!, currency: CurrencyCode! }
  type Query { cart(id: ID!): Cart }
`
const settings = (value: object) => JSON.stringify(value)

test('scalars become the types that the kit resolves them to', async () => {
  const source = await printResolverTypes('orders', sdl, '{}')
  expect(source).toContain(`import type { Currency } from '@argyle/kit/money';`)
  expect(source).toContain('DateTime: { input: Date; output: Date; }')
  expect(source).toContain('Decimal: { input: string; output: string; }')
  expect(source).toContain('CurrencyCode: { input: Currency; output: Currency; }')
})

test('codegen.json has the types of the scalars of one subgraph', async () => {
  const schema = `${sdl} scalar Colour extend type Cart { colour: Colour }`
  const source = await printResolverTypes(
    'orders',
    schema,
    settings({ scalars: { Colour: './colour.ts#Rgb' } }),
  )
  expect(source).toContain(`import type { Rgb } from '../colour.ts';`)
  expect(source).toContain('Colour: { input: Rgb; output: Rgb; }')
})

test('only syntax that type stripping can erase is printed', async () => {
  const source = await printResolverTypes('orders', sdl, settings({ contextType: './subgraph.ts#Context' }))
  expect(source).not.toMatch(/\b(enum|namespace) /)
  expect(source.match(/^import (?!type )/gm)).toBeNull()
  expect(source).toMatch(/export type Status =\s*\| 'OPEN'\s*\| 'CLOSED'/)
})

test('paths of codegen.json are relative to the subgraph, and a row may be called like its type', async () => {
  const source = await printResolverTypes(
    'orders',
    sdl,
    settings({ contextType: './subgraph.ts#Context', mappers: { Cart: './cart.ts#Cart' } }),
  )
  expect(source).toContain(`import type { Cart as CartRow } from '../cart.ts';`)
  expect(source).toContain(`import type { Context } from '../subgraph.ts';`)
  expect(source).toContain('Cart: ResolverTypeWrapper<CartRow>;')
})

test('an entity has a typed reference resolver', async () => {
  expect(await printResolverTypes('orders', sdl, '{}')).toContain('__resolveReference?: ReferenceResolver<')
})

test.each([
  [
    'a mapper for a type that is not in the schema',
    settings({ mappers: { Basket: './cart.ts#Cart' } }),
    /Basket/,
  ],
  ['the type of a scalar that is not in the schema', settings({ scalars: { Colour: 'string' } }), /Colour/],
  [
    'a schema that does not parse',
    '{}',
    /^subgraphs\/orders\/schema\.graphql:2:3: Syntax Error: /,
    '\n  typ Query { a: Int }',
  ],
  [
    'a type that the schema lacks',
    '{}',
    /^subgraphs\/orders\/schema\.graphql: .*Basket/,
    `${sdl} extend type Cart { of: Basket }`,
  ],
  ['an unknown setting', settings({ mapper: {} }), /mapper/],
  [
    'a scalar without a type',
    '{}',
    /^subgraphs\/orders\/codegen\.json: the scalar Colour has no TypeScript type: add "scalars"/,
    `${sdl} scalar Colour extend type Cart { colour: Colour }`,
  ],
])('%s is refused by name', async (_, text, message, schema = sdl) => {
  await expect(printResolverTypes('orders', schema, text)).rejects.toThrow(message)
})
