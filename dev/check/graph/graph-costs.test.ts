import path from 'node:path'
import { getIntrospectionQuery, Kind, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../../../bench/pages/catalogue-page.ts'
import { CHECKOUT } from '../../../bench/pages/checkout.ts'
import { PRODUCT_PAGE } from '../../../bench/pages/product-page.ts'
import { wholeSchema } from '../../../bench/router/graphs/schemas.ts'
import { shop } from '../../../bench/router/graphs/shop.ts'
import { randomOperations } from '../../../bench/router/operations/random-operation.ts'
import { storefront } from '../../../bench/router/operations/storefront.ts'
import { operationCost } from '../../../router/operation/cost/operation-cost.ts'
import { schemaCosts } from '../../../router/operation/cost/schema-costs.ts'
import { selectOperation } from '../../../router/operation/operation.ts'
import { parseSettings } from '../../../router/settings.ts'
import { readSdl } from '../../../router/supergraph/read-sdl.ts'
import { buildSupergraph, type LoadedSupergraph } from '../../../router/supergraph/supergraph.ts'
import { walk } from '../../readme/readme.ts'
import { root } from '../../repository.ts'
import { productPageQuery } from '../../shop/terminal/banner.ts'

const { maximum, list_size: listSize } = parseSettings({}, 'the defaults').limits.cost
const { sdl } = await readSdl(path.join(root, 'supergraph.yaml'))
const shopGraph = buildSupergraph(sdl, false)

/** The cost of each operation of a document, in order. */
function costsOf(
  graph: Pick<LoadedSupergraph, 'supergraphSchema' | 'clientSchema'>,
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
): readonly number[] {
  const costs = schemaCosts(graph.supergraphSchema, graph.clientSchema, listSize)
  const document = parse(text)
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OPERATION_DEFINITION) return []
    // Selecting an operation uses only this part of the supergraph.
    const operation = selectOperation(document, node.name?.value, graph as LoadedSupergraph)
    return operationCost(operation, () => operation, costs).estimate(variables)
  })
}

describe('a documented page costs a tenth of the default maximum, or less', () => {
  test.each<readonly [string, string]>([
    ...walk().map(({ name, operation }) => [name, operation.replaceAll(/(?<!")<[^>]*>(?!")/g, '1')] as const),
    ['the page of the banner', productPageQuery('x')],
    ['the product page', PRODUCT_PAGE],
    ['the catalogue page', CATALOGUE],
    ...CHECKOUT.map((text) => [/(query|mutation) \w+/.exec(text)?.[0] ?? '', text] as const),
    ['introspection', getIntrospectionQuery()],
  ])('%s', (_, text) => {
    for (const cost of costsOf(shopGraph, text)) expect(cost * 10).toBeLessThanOrEqual(maximum)
  })

  test('and so do the operations of the router’s benchmark, whose lists have no sizes', () => {
    const schema = wholeSchema(shop())
    const graph = { supergraphSchema: schema, clientSchema: schema }
    for (const { query, variables } of [storefront, ...randomOperations(schema, 1, 50)])
      for (const cost of costsOf(graph, query, variables)) expect(cost * 10).toBeLessThanOrEqual(maximum)
  })
})

/** `field` nested in itself, this many times. */
function nested(times: number, before: string, after: string): string {
  return `${before.repeat(times)}id${after.repeat(times)}`
}

describe('a small request that would cost much exceeds the default maximum', () => {
  const products = 'products(first: 100) { edges { node { '
  test.each([2, 3])('products of the parents of products’ categories, %i times', (times) => {
    const inner = nested(times, `category { parent { ${products}`, '} } } } }')
    for (const cost of costsOf(shopGraph, `{ ${products} ${inner} } } } }`))
      expect(cost).toBeGreaterThan(maximum)
  })

  test('reviews of the authors of reviews, three levels', () => {
    const inner = nested(3, 'reviews(first: 100) { edges { node { author { ', '} } } }')
    for (const cost of costsOf(shopGraph, `{ product(slug: "x") { ${inner} } }`))
      expect(cost).toBeGreaterThan(maximum)
  })

  test.each([
    [
      'aliases',
      `{ ${Array.from({ length: 30 }, (_, i) => `a${i}: products(first: 100) { edges { node { variants(first: 20) { edges { node { id } } } } } }`).join(' ')} }`,
    ],
    [
      'variants of the products of variants',
      `{ products(first: 100) { edges { node { ${nested(2, 'variants(first: 100) { edges { node { product { ', '} } } }')} } } } }`,
    ],
    [
      'orders of the customer of orders',
      `{ me { orders(first: 100) { edges { node { lines { variant { product { reviews(first: 100) { edges { node { id } } } } } } } } } } }`,
    ],
  ])('%s', (_, text) => {
    for (const cost of costsOf(shopGraph, text)) expect(cost).toBeGreaterThan(maximum)
  })
})
