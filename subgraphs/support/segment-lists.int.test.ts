import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_COUNT } from './segment/segment.ts'
import { segmentsOf } from './testing/a-segment.ts'
import { aMarketer, anAgent, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof segmentsOf>
const marketer = aMarketer()
let [segmentId, otherId] = ['', '']
/** Members in the order in which they became it; pairs at one instant. */
const members: string[] = []

beforeAll(async () => {
  shop = await openSupport()
  crm = segmentsOf(shop)
  otherId = await crm.aBuiltSegment([{ fact: 'COUNTRY', in: ['DE'] }], 'B')
  segmentId = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '1' }], 'A')
  await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '9' }], 'C')
  for (let pair = 0; pair < 2; pair++) {
    const ids = [await crm.aCustomer(), await crm.aCustomer()]
    for (const id of ids) await crm.aSale(id)
    await crm.work()
    members.push(...ids.toSorted())
    shop.passMinutes(1)
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type Page = {
  edges: { cursor: string; node: { name?: string; user?: { id: string } } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}
const PAGE = 'pageInfo { hasNextPage endCursor } edges { cursor'

/** All pages of two, one after another. */
async function walk(page: (after: string | null) => Promise<Page>): Promise<Page['edges'][]> {
  const pages: Page['edges'][] = []
  for (let after: string | null = null, more = true; more; ) {
    const { edges, pageInfo } = await page(after)
    pages.push(edges)
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return pages
}

test('segments are listed by name, page by page', async () => {
  const query = `query ($after: String) { segments(first: 2, after: $after) { ${PAGE} node { name } } } }`
  const pages = await walk(async (after) => (await shop.execute(query, { after }, marketer)).data.segments)
  expect(pages.map((edges) => edges.map(({ node }) => node.name))).toEqual([['A', 'B'], ['C']])
})

test('members are listed page by page, the newest first', async () => {
  const query = `query ($id: ID!, $after: String) { segment(id: $id) { members(first: 2, after: $after) { ${PAGE} node { user { id } } } } } }`
  const pages = await walk(
    async (after) => (await shop.execute(query, { id: segmentId, after }, marketer)).data.segment.members,
  )
  expect(pages.map((edges) => edges.map(({ node }) => node.user?.id))).toEqual([
    members.slice(2).reverse(),
    members.slice(0, 2).reverse(),
  ])
})

test('members are counted up to 100000', async () => {
  const id = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '900' }], 'D')
  await shop.sql(
    `INSERT INTO segment_member (segment_id, user_id, since, reasons) SELECT $1, 'usr_' || n, now(), '[]' FROM generate_series(1, $2::int) n`,
    ...[id, MAX_COUNT + 1],
  )
  const { data } = await shop.execute('query ($id: ID!) { segment(id: $id) { size } }', { id }, marketer)
  expect(data.segment).toEqual({ size: 100_000 })
  await shop.sql('DELETE FROM segment_member WHERE segment_id = $1', id)
  await shop.sql('DELETE FROM segment WHERE id = $1', id)
})

describe('refused', () => {
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  test.each([
    ['segments(first: 0)', /first is 0: allowed is 1 to 100/],
    ['segments(first: 101)', /first is 101/],
    ['segments(after: "x")', /after is "x"/],
    [`segments(after: "${forged('', 1)}")`, /after holds \[1\]/],
    [`segments(after: "${forged('', 'a\0')}")`, /after holds/],
    ['segment(id: "lapsed")', /id is "lapsed": allowed is an id that starts with seg_/],
  ])('%s', async (field, message) => {
    const selection = field.startsWith('segments') ? '{ edges { cursor } }' : '{ id }'
    const { errors } = await shop.execute(`{ ${field} ${selection} }`, {}, marketer)
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test.each([
    ['first: 101'],
    [`after: "${forged('SINCE', 'now', 'usr_1')}"`],
    [`after: "${forged('', 'x')}"`],
  ])('members(%s)', async (args) => {
    const query = `{ segment(id: "${segmentId}") { members(${args}) { edges { cursor } } } }`
    const { errors } = await shop.execute(query, {}, marketer)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

test('the pages of any number of segments and customers cost a constant number of statements', async () => {
  const segments = `{ segments(first: 3) { edges { node { size members(first: 5) { edges { node { since } } } } } } }`
  expect(await shop.sqlCount(() => shop.execute(segments, {}, marketer))).toBe(3)
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on User { segments { segment { name } } purchaseProfile { orderCount } } } }`
  const all = members.map((id) => ({ __typename: 'User', id }))
  expect(await shop.sqlCount(() => shop.execute(query, { all }, marketer))).toBe(2)
  const { data } = await shop.execute(query, { all: all.slice(0, 1) }, marketer)
  expect(
    data._entities[0].segments.map(({ segment }: { segment: { name: string } }) => segment.name),
  ).toEqual(['A', 'B'])
})

test('segments are resolved by reference for marketing, at the index of each', async () => {
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Segment { id } } }`
  const ids = [newId('seg'), segmentId, 'seg_\u0000', otherId, newId('tkt')]
  const all = ids.map((id) => ({ __typename: 'Segment', id }))
  const resolved = async (viewer: Viewer) => (await shop.execute(query, { all }, viewer)).data._entities
  expect(await resolved(marketer)).toEqual([null, { id: segmentId }, null, { id: otherId }, null])
  for (const viewer of [anonymous, customer(newId('usr')), staff('orders:read')])
    expect(await resolved(viewer)).toEqual([null, null, null, null, null])
})

const READERS: [string, () => Viewer, sees: readonly string[]][] = [
  ['nobody', () => anonymous, []],
  ['the customer', () => customer(members[0] ?? ''), []],
  ['an analyst', () => staff('analytics:read', 'analytics:write', 'inventory:read'), []],
  ['an agent', anAgent, ['user.segments', 'user.purchaseProfile']],
  [
    'a marketer',
    aMarketer,
    ['segment', 'segments', 'segmentsProcessedThrough', 'user.segments', 'user.purchaseProfile'],
  ],
]

test.each(READERS)('%s sees of segments what the role needs', async (_, viewer, sees) => {
  const fields: Record<string, string> = {
    segment: `{ segment(id: "${segmentId}") { name description all { fact } isBuilding size version createdAt updatedAt } }`,
    segments: '{ segments { edges { node { id } } } }',
    segmentsProcessedThrough: '{ segmentsProcessedThrough }',
    'user.segments':
      'query ($user: _Any!) { _entities(representations: [$user]) { ... on User { shown: segments { since } } } }',
    'user.purchaseProfile':
      'query ($user: _Any!) { _entities(representations: [$user]) { ... on User { shown: purchaseProfile { orderCount } } } }',
  }
  const seen: string[] = []
  for (const [name, query] of Object.entries(fields)) {
    const variables = query.includes('$user') ? { user: { __typename: 'User', id: members[0] } } : {}
    const { data, errors } = await shop.execute(query, variables, viewer())
    const value = data?._entities ? data._entities[0]?.shown : Object.values(data ?? {})[0]
    if (value != null) seen.push(name)
    else
      expect(errors).toMatchObject([
        { extensions: { code: expect.stringMatching(/^(FORBIDDEN|UNAUTHENTICATED)$/) } },
      ])
  }
  expect(seen).toEqual(sees)
})

test('a marketer reads no tickets', async () => {
  const query = `query ($user: _Any!) { _entities(representations: [$user]) { ... on User { tickets { totalCount } } } }`
  const { data } = await shop.execute(query, { user: { __typename: 'User', id: members[0] } }, marketer)
  expect(data._entities[0].tickets).toBeNull()
})
