import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ApolloClient } from '@apollo/client'
import { preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import * as fragmentMatcher from '@graphql-codegen/fragment-matcher'
import type { Client } from '@urql/core'
import {
  buildClientSchema,
  type DocumentNode,
  getIntrospectionQuery,
  type IntrospectionQuery,
  parse,
  printSchema,
} from 'graphql'
import { type ConcreteRequest, type Environment, fetchQuery } from 'relay-runtime'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { browserFetch, type ClientsPage, clientsPage } from './clients-page.ts'

const PAGE = `query Page($first: Int!) {
  products(first: $first) { edges { node { id title rating { count } } } }
  me { id email }
}`
const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { session { accessToken } userErrors { ... on UserError { message } } }
}`

let shop: TestShop
let page: ClientsPage
let requests: Request[]

beforeAll(async () => {
  shop = await startTestShop()
  page = clientsPage(shop.url)
  page.write('possible-types.ts', await possibleTypes())
})
afterAll(async () => {
  page?.remove()
  await shop?.stop()
})
beforeEach(() => {
  requests = []
  vi.stubGlobal(
    'fetch',
    browserFetch((request) => void requests.push(request)),
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** The settings in `codegen.ts` of the page. */
type Config = {
  readonly schema: string
  readonly generates: Readonly<
    Record<
      string,
      { readonly preset?: string; readonly config?: object; readonly plugins?: readonly string[] }
    >
  >
}

async function config(): Promise<Config> {
  const { default: found } = await page.load('codegen.ts')
  return found as Config
}

/** The schema from the address in `codegen.ts`, by introspection. */
async function introspected(): Promise<DocumentNode> {
  const { schema } = await config()
  const response = await fetch(schema, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  })
  // Building the schema fails if this is not an introspection result.
  const { data } = (await response.json()) as { data: IntrospectionQuery }
  return parse(printSchema(buildClientSchema(data)))
}

async function possibleTypes(): Promise<string> {
  return codegen({
    schema: await introspected(),
    documents: [],
    filename: 'possible-types.ts',
    plugins: [{ 'fragment-matcher': {} }],
    pluginMap: { 'fragment-matcher': fragmentMatcher },
    config: {},
  })
}

/** Whether a request carried an access token. */
const hasToken = (request: Request | undefined) =>
  request?.headers.get('authorization')?.startsWith('Bearer ')

test('Apollo Client signs in by the cookie, refreshes once a token is missing, and sends hashes for known queries', async () => {
  const { client } = (await page.load('apollo-client.ts')) as { client: ApolloClient }
  const signedIn = await client.mutate<Record<string, { session: { accessToken: string } }>>({
    mutation: parse(SIGN_IN),
    variables: { input: shop.accounts.customer },
  })
  expect(signedIn.data?.signIn?.session.accessToken).toMatch(/^ey/)
  // The token is lost, as after a reload: the page gets a new one by the cookie.
  requests = []
  const query = parse(PAGE)
  const { data, error } = await client.query<Page>({
    query,
    variables: { first: 2 },
    fetchPolicy: 'network-only',
  })
  expect(error).toBeUndefined()
  expect(data?.products.edges).toHaveLength(2)
  expect(data?.me.email).toBe(shop.accounts.customer.email)
  expect(hasToken(requests.at(-1))).toBe(true)
  requests = []
  await client.query({ query, variables: { first: 1 }, fetchPolicy: 'network-only' })
  expect(await bodies(requests)).toMatchObject([
    { extensions: { persistedQuery: { version: 1, sha256Hash: expect.any(String) } } },
  ])
  expect((await bodies(requests))[0]).not.toHaveProperty('query')
})

test('Apollo Client joins the pages of a connection', async () => {
  const { client } = (await page.load('apollo-client.ts')) as { client: ApolloClient }
  const query = parse(`query Products($after: String) {
    products(first: 2, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor hasPreviousPage startCursor } }
  }`)
  const list = client.watchQuery<{ products: { edges: unknown[]; pageInfo: { endCursor: string } } }>({
    query,
  })
  const first = await list.refetch()
  await list.fetchMore({ variables: { after: first.data?.products.pageInfo.endCursor } })
  expect(client.readQuery<{ products: { edges: unknown[] } }>({ query })?.products.edges).toHaveLength(4)
})

test('urql signs in by the cookie and refreshes once a token is missing', async () => {
  const { client } = (await page.load('urql-client.ts')) as { client: Client }
  await client.mutation(SIGN_IN, { input: shop.accounts.customer }).toPromise()
  const { data, error } = await client.query(PAGE, { first: 2 }).toPromise()
  expect(error).toBeUndefined()
  expect(data.me.email).toBe(shop.accounts.customer.email)
  expect(requests.every(({ method }) => method === 'POST')).toBe(true)
})

test('Relay runs a compiled query, and refreshes once a token is missing', async () => {
  const { environment } = (await page.load('relay-environment.ts')) as { environment: Environment }
  await fetch(shop.url, {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SIGN_IN, variables: { input: shop.accounts.customer } }),
  })
  // In the format of relay-compiler for the query Page.
  const request: ConcreteRequest = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'relay-page-query.json'), 'utf8'),
  )
  const data = (await fetchQuery(environment, request, { first: 2 }).toPromise()) as Page | undefined
  expect(data?.products.edges).toHaveLength(2)
  expect(data?.me.email).toBe(shop.accounts.customer.email)
})

test('a customer gets all that the shop holds about them, over several pages', async () => {
  const { keepAccessToken } = (await page.load('session.ts')) as { keepAccessToken: (token: string) => void }
  const { exportMyData } = (await page.load('export-my-data.ts')) as {
    exportMyData: () => Promise<Record<string, unknown[]>>
  }
  await expect(exportMyData()).rejects.toThrow('the export is incomplete')
  const response = await fetch(shop.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SIGN_IN, variables: { input: shop.accounts.customer } }),
  })
  // The answer of the operation above.
  const { data } = (await response.json()) as { data: { signIn: { session: { accessToken: string } } } }
  keepAccessToken(data.signIn.session.accessToken)
  const found = await exportMyData()
  expect(found).toMatchObject({
    email: shop.accounts.customer.email,
    addresses: expect.any(Array),
    notificationPreferences: { quietHours: null },
  })
  for (const list of ['orders', 'returns', 'reviews', 'notifications', 'tickets'])
    expect(found[list]).toBeInstanceOf(Array)
  expect(found.orders?.length).toBeGreaterThan(0)
})

test('one refresh serves all requests that wait for a token', async () => {
  const { refreshSession } = (await page.load('session.ts')) as { refreshSession: () => Promise<boolean> }
  expect(await Promise.all([refreshSession(), refreshSession(), refreshSession()])).toEqual([
    false,
    false,
    false,
  ])
  expect(requests).toHaveLength(1)
})

test('code generation types the page’s query from the running router', async () => {
  const { generates } = await config()
  const [folder = '', { config: own = {} } = {}] =
    Object.entries(generates).find(([, { preset }]) => preset === 'client') ?? []
  const files = await preset.buildGeneratesSection({
    baseOutputDir: folder,
    schema: await introspected(),
    documents: [{ location: 'page.ts', document: parse(PAGE), rawSDL: PAGE }],
    config: own,
    presetConfig: {},
    plugins: [],
    pluginMap: {},
  })
  const types = await codegen(files.find(({ filename }) => filename.endsWith('graphql.ts')) ?? fail())
  expect(types).toContain('export type PageQuery =')
  expect(types).toMatch(/products\??:[\s\S]*title: string/)
})

function fail(): never {
  throw new Error('the preset plans no graphql.ts')
}

type Page = {
  readonly products: { readonly edges: readonly unknown[] }
  readonly me: { readonly email: string }
}

function bodies(sent: readonly Request[]): Promise<Record<string, unknown>[]> {
  // Bodies of GraphQL over HTTP are objects.
  return Promise.all(sent.map((request) => request.clone().json() as Promise<Record<string, unknown>>))
}
