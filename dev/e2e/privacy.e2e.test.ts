import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { placeOrder } from './place-order.ts'
import { signIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'

const USER = `id displayName email addresses { id } roles sessions { id } createdAt version
  cart { id } orders(first: 1) { edges { node { id } } }
  recommendations(first: 1) { reason }`
const PRIVATE = [
  'email',
  'addresses',
  'roles',
  'sessions',
  'createdAt',
  'version',
  'cart',
  'orders',
  'recommendations',
]
const OWN = PRIVATE.filter((field) => field !== 'roles')

let shop: TestShop
let guest: GraphqlClient
let stranger: GraphqlClient
let owner: GraphqlClient
let staff: GraphqlClient
let account: { email: string; password: string }
let productId: string
let orderId: string

async function signUp(): Promise<{ client: GraphqlClient; email: string; password: string }> {
  const [email, password] = [`${randomUUID()}@example.com`, 'a pair for every day']
  const input = { idempotencyKey: randomUUID(), email, password, displayName: 'Lotte' }
  const client = shop.visitor()
  const mutation = 'mutation ($input: SignUpInput!) { signUp(input: $input) { session { accessToken } } }'
  client.useToken((await client.ask(mutation, { input })).data.signUp.session.accessToken)
  return { client, email, password }
}

beforeAll(async () => {
  shop = await startTestShop()
  guest = shop.visitor()
  staff = shop.visitor()
  await signIn(staff, shop.accounts.staff)
  stranger = (await signUp()).client
  const { client, ...credentials } = await signUp()
  owner = client
  account = credentials
  const { data } = await guest.ask('{ products(first: 1) { edges { node { id slug } } } }')
  const { id, slug } = data.products.edges[0].node
  productId = id
  orderId = await placeOrder(owner, slug, 1)
  // Inventory gets the order by a message.
  await waitUntil(
    () => owner.ask('query ($id: ID!) { order(id: $id) { reservation { status } } }', { id: orderId }),
    ({ data }) => Boolean(data?.order?.reservation),
  )
  const variants = `{ product(slug: "${slug}") { variants(first: 1) { edges { node { id } } } } }`
  const variantId = (await guest.ask(variants)).data.product.variants.edges[0].node.id
  const add = 'mutation ($input: AddCartLineInput!) { addCartLine(input: $input) { cart { id } } }'
  await owner.ask(add, { input: { idempotencyKey: randomUUID(), variantId, quantity: 1 } })
  const review =
    'mutation ($input: SubmitReviewInput!) { submitReview(input: $input) { review { id status } } }'
  await owner.ask(review, { input: { idempotencyKey: randomUUID(), productId, rating: 5, body: 'Warm.' } })
})
afterAll(() => shop?.stop())

/** Paths to the owner's account through other subgraphs. */
const PATHS: readonly [
  string,
  (client: GraphqlClient) => Promise<{ user: Record<string, unknown> | null; codes: unknown[] }>,
][] = [
  [
    'review.author',
    async (client) => {
      const query = `query ($id: ID!) { product(id: $id) { reviews(first: 10, sort: NEWEST) { edges { node { author { ${USER} } } } } } }`
      const { data, errors } = await client.ask(query, { id: productId })
      const { edges } = data.product.reviews
      return { user: edges[0].node.author, codes: errors.map(({ extensions }) => extensions?.code) }
    },
  ],
  [
    'order.customer',
    async (client) => {
      const { data, errors } = await client.ask(
        `query ($id: ID!) { order(id: $id) { customer { ${USER} } } }`,
        { id: orderId },
      )
      return { user: data?.order?.customer ?? null, codes: errors.map(({ extensions }) => extensions?.code) }
    },
  ],
]

const READERS: readonly [string, () => GraphqlClient, readonly string[]][] = [
  ['a guest', () => guest, []],
  ['another customer', () => stranger, []],
  ['the owner', () => owner, OWN],
  ['staff', () => staff, ['email', 'addresses', 'roles', 'createdAt', 'version', 'orders']],
]

describe.each(PATHS)('the account as returned by %s', (_, reach) => {
  test.each(READERS)('shows %s the fields that it may read', async (_name, client, fields) => {
    const { user, codes } = await reach(client())
    if (fields.length > 0) expect(user).not.toBeNull()
    const shown = PRIVATE.filter((field) => (user?.[field] ?? null) !== null)
    expect(shown).toEqual(user === null ? [] : PRIVATE.filter((field) => fields.includes(field)))
    expect(codes.filter((code) => code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN')).toEqual([])
  })
})

test('the account that signs in reads the answer to its sign-in, in every subgraph, and no later answer', async () => {
  const visitor = shop.visitor()
  const query = `mutation ($input: SignInInput!) { signIn(input: $input) { session { user {
    email version sessions { id } cart { id lines { quantity } }
    orders(first: 1) { edges { node { id reservation { status } } } } reviews(first: 1) { totalCount } } } } }`
  const { data, errors } = await visitor.ask(query, { input: account })
  expect(errors).toEqual([])
  const { user } = data.signIn.session
  expect(user).toMatchObject({
    email: account.email,
    cart: { lines: [{ quantity: 1 }] },
    orders: { edges: [{ node: { id: orderId, reservation: { status: expect.any(String) } } }] },
  })
  expect((await visitor.ask('{ cart { id } me { email } }')).data).toEqual({ cart: null, me: null })
})

test('a wrong password names no viewer', async () => {
  const query = `mutation ($input: SignInInput!) { signIn(input: $input) { session { user { email cart { id } } } userErrors { __typename } } }`
  const { data } = await shop.visitor().ask(query, { input: { ...account, password: 'not the password' } })
  expect(data.signIn).toEqual({ session: null, userErrors: [{ __typename: 'InvalidCredentialsError' }] })
})

test('introspection has the URLs of the scalars’ specifications', async () => {
  const { data } = await guest.ask('{ __schema { types { name kind specifiedByURL } } }')
  const urls = data.__schema.types
    .filter(
      ({ kind, name }: { kind: string; name: string }) =>
        kind === 'SCALAR' && !/^(ID|String|Int|Float|Boolean)$/.test(name),
    )
    .map(({ name, specifiedByURL }: { name: string; specifiedByURL: string | null }) => [
      name,
      specifiedByURL,
    ])
  expect(urls).toEqual([
    ['CurrencyCode', expect.stringContaining('iso.org')],
    ['DateTime', expect.stringContaining('rfc3339')],
    ['Decimal', expect.stringContaining('decimal')],
  ])
})
