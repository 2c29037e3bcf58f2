import { isDeepStrictEqual } from 'node:util'
import { buildClientSchema, getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { cursorsOf, type PagedList, pagedLists } from './list-pages.ts'
import { staffWith } from './one-input.ts'
import { signedIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'
import { type WholeQuery, wholeQueries } from './whole-objects.ts'

/** Codes of errors that deny the caller permission. */
const REFUSALS: readonly unknown[] = ['UNAUTHENTICATED', 'FORBIDDEN']

let shop: TestShop
let administrator: GraphqlClient
let queries: readonly WholeQuery[]
let lists: readonly PagedList[]
/** An id of each type that the administrator has seen. */
const ids = new Map<string, string>()
beforeAll(async () => {
  shop = await startTestShop()
  administrator = await signedIn(shop, shop.accounts.staff)
  const schema = buildClientSchema((await administrator.ask(getIntrospectionQuery())).data)
  queries = wholeQueries(schema)
  lists = pagedLists(schema)
  for (const { operation, of } of queries) if (!of) noteIds((await administrator.ask(operation)).data)
})
afterAll(() => shop?.stop())

function noteIds(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const { __typename: type, id } = value as { readonly __typename?: string; readonly id?: string }
  if (type && id && !ids.has(type)) ids.set(type, id)
  for (const below of Object.values(value)) noteIds(below)
}

const callers: Record<string, () => Promise<GraphqlClient>> = {
  'a guest': async () => shop.visitor(),
  'a customer': () => signedIn(shop, shop.accounts.customer),
  ...Object.fromEntries(
    ['SUPPORT', 'WAREHOUSE', 'MERCHANDISER', 'ANALYST', 'MARKETER'].map((role) => [
      role,
      () => staffWith(shop, administrator, role),
    ]),
  ),
  ADMIN: async () => administrator,
}

test.each(Object.keys(callers))(
  '%s reads the visible fields of every object; all others are null or refused, without an internal error',
  async (caller) => {
    const client = await callers[caller]?.()
    const read = new Set<string>()
    for (const { name, operation, of } of queries) {
      const id = of ? ids.get(of) : null
      if (id === undefined) continue
      const answer = await client?.ask(operation, id ? { id } : {})
      const faults = answer?.errors.filter(({ extensions }) => !REFUSALS.includes(extensions?.code))
      expect({ operation, faults }).toEqual({ operation, faults: [] })
      if (answer?.data?.[name]) read.add(name)
    }
    // Otherwise nothing would be tried.
    expect(read.size).toBeGreaterThan(5)
  },
)

test('the first entries of every list come once and in the same order in pages of another size', async () => {
  let found = 0
  for (const list of lists) {
    const id = list.of === null ? null : ids.get(list.of)
    if (id === undefined) continue
    const inBothSizes = async () => {
      const whole = await cursorsOf(administrator, list, { id, size: 5, count: 5 })
      const pages = await cursorsOf(administrator, list, { id, size: 2, count: whole.length })
      return { name: list.name, whole, pages }
    }
    // The lists differ once if an entry arrives between them, such as that of an account of the tests above.
    const { whole, pages } = await waitUntil(inBothSizes, ({ whole: one, pages: other }) =>
      isDeepStrictEqual(other.slice(0, one.length), one),
    )
    if (whole.length < 2) continue
    found++
    expect([list.name, new Set(pages).size]).toEqual([list.name, pages.length])
  }
  // Otherwise nothing would be tried.
  expect(found).toBeGreaterThan(10)
})
