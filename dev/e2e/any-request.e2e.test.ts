import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawFrom } from '../../router/fuzz/seeded-random.ts'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { randomRequest } from './random-request.ts'
import { type KnownValues, noteValues } from './random-values.ts'
import { signedIn } from './sign-in.ts'

/** Requests of each caller. */
const REQUESTS = 800
/** Codes of errors that a caller has caused. */
const CAUSED_BY_CALLER: readonly unknown[] = [
  ...['BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'COST_ESTIMATED_TOO_EXPENSIVE'],
  'TOO_MANY_ERRORS',
]

let shop: TestShop
let schema: GraphQLSchema
const known: KnownValues = { ids: new Set(), cursors: new Set() }
beforeAll(async () => {
  shop = await startTestShop()
  schema = buildClientSchema((await shop.visitor().ask(getIntrospectionQuery())).data)
})
afterAll(() => shop?.stop())

const callers: Record<string, () => Promise<GraphqlClient>> = {
  'a guest': async () => shop.visitor(),
  'a customer': () => signedIn(shop, shop.accounts.customer),
  'a member of staff': () => signedIn(shop, shop.accounts.staff),
}

/** Root fields, all but the one that ends the caller's session. */
function rootFields() {
  const roots = [schema.getQueryType(), schema.getMutationType()]
  return roots.map((root) => Object.values(root?.getFields() ?? {}).filter(({ name }) => name !== 'signOut'))
}

test.each(Object.keys(callers))(
  '%s can request any field with any values, and no request causes an internal error',
  async (caller) => {
    const client = await callers[caller]?.()
    const [queries = [], mutations = []] = rootFields()
    let answered = 0
    for (let number = 0; number < REQUESTS; number++) {
      const draw = drawFrom(`${caller} ${number}`)
      const { operation, variables } = randomRequest(
        schema,
        draw.chance(50) ? queries : mutations,
        draw,
        known,
      )
      const answer = await client?.ask(operation, variables)
      const faults = answer?.errors.filter(({ extensions }) => !CAUSED_BY_CALLER.includes(extensions?.code))
      expect({ faults, operation, variables }).toEqual({ faults: [], operation, variables })
      if (answer?.errors.length === 0) answered++
      noteValues(known, answer?.data)
    }
    // Otherwise the requests would be refused before anything is tried.
    expect(answered).toBeGreaterThan(REQUESTS / 10)
  },
)
