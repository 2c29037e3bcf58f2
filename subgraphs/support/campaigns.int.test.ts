import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_OPEN_CAMPAIGNS } from './campaign/campaign.ts'
import { aCampaign, campaignsOf } from './testing/a-campaign.ts'
import { anAgent, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof campaignsOf>
let segmentId = ''
beforeAll(async () => {
  shop = await openSupport()
  crm = campaignsOf(shop)
  segmentId = (await crm.anAudience(1)).segmentId
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test('a draft is written, changed, scheduled and cancelled, each with its entry in the audit log', async () => {
  const { marketer } = crm
  const { idempotencyKey: _, ...content } = aCampaign(segmentId, {
    coupon: { percentBasisPoints: 500, validDays: 3 },
  })
  const made = await shop.accepted('createCampaign', aCampaign(segmentId), marketer)
  expect(made).toMatchObject({
    status: 'DRAFT',
    version: 1,
    startsAt: null,
    segment: { id: segmentId },
    coupon: null,
  })
  const { id } = made
  const changed = await shop.accepted(
    'updateCampaign',
    { id, expectedVersion: 1, ...content, name: 'Spring' },
    marketer,
  )
  expect(changed).toMatchObject({
    name: 'Spring',
    version: 2,
    coupon: { percentBasisPoints: 500, validDays: 3 },
  })
  const startsAt = '2026-12-01T06:00:00.000Z'
  const scheduled = await shop.accepted('scheduleCampaign', { id, expectedVersion: 2, startsAt }, marketer)
  expect(scheduled).toMatchObject({ status: 'SCHEDULED', version: 3, startsAt })
  expect(
    await shop.refused('updateCampaign', { id, expectedVersion: 3, ...content }, marketer),
  ).toMatchObject([{ __typename: 'CampaignStatusError', status: 'SCHEDULED' }])
  const cancelled = await shop.accepted('cancelCampaign', { id, expectedVersion: 3 }, marketer)
  expect(cancelled).toMatchObject({
    status: 'CANCELLED',
    version: 4,
    finishedAt: shop.passMinutes(0).toISOString(),
  })
  const log = await shop.sql<{ action: string; actor: string }>(
    'SELECT action, actor_id AS actor FROM audit_entry WHERE subject_id = $1 ORDER BY action',
    id,
  )
  expect(log.map(({ action }) => action)).toEqual([
    'cancelCampaign',
    'createCampaign',
    'scheduleCampaign',
    'updateCampaign',
  ])
  expect(new Set(log.map(({ actor }) => actor))).toEqual(new Set([idOf(marketer)]))
})

test('of two who schedule one campaign, one does', async () => {
  const { id } = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  const answers = await shop.manyAtOnce(2, () =>
    shop.mutate(
      'scheduleCampaign',
      { id, expectedVersion: 1, startsAt: '2026-12-01T06:00:00Z' },
      crm.marketer,
    ),
  )
  expect(answers.flatMap(({ data }) => data.scheduleCampaign.userErrors)).toMatchObject([
    { __typename: 'VersionConflictError', currentVersion: 2 },
  ])
})

test('of two campaigns that are created at once, the 101st is refused', async () => {
  const [{ open } = { open: 0 }] = await shop.sql<{ open: number }>(
    'SELECT count(*)::int AS open FROM campaign WHERE finished_at IS NULL',
  )
  const create = () => shop.mutate('createCampaign', aCampaign(segmentId), crm.marketer)
  const { id } = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  await shop.sql(
    `INSERT INTO campaign SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id || n))).*
       FROM campaign c, generate_series($2::int, $3::int) AS n WHERE c.id = $1 RETURNING 1`,
    ...[id, open + 2, MAX_OPEN_CAMPAIGNS - 1],
  )
  const segment = 'SELECT 1 FROM segment WHERE id = $1 FOR UPDATE'
  const works = await shop.whileLocked(segment, [segmentId], async () => {
    const both = [create(), create()]
    await shop.untilWaiting(2, both)
    return { both }
  })
  const answers = await Promise.all(works.both)
  expect(answers.flatMap(({ data }) => data.createCampaign.userErrors)).toMatchObject([
    { message: 'there are 100 campaigns that are not finished: allowed are 100 at most' },
  ])
  await shop.sql('DELETE FROM campaign WHERE starts_with(id, $1) AND id <> $1', id)
})

test('a campaign for a segment of more than 50000 members is not scheduled', async () => {
  const id = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '900' }])
  await shop.sql(
    `INSERT INTO segment_member (segment_id, user_id, since, reasons) SELECT $1, 'usr_' || n, now(), '[]' FROM generate_series(1, 50001) n`,
    id,
  )
  const made = await shop.accepted('createCampaign', aCampaign(id), crm.marketer)
  const schedule = { id: made.id, expectedVersion: 1 }
  const [refusal] = await shop.refused('scheduleCampaign', schedule, crm.marketer)
  expect(refusal).toMatchObject({ path: ['id'], message: expect.stringContaining('50000 at most') })
  await shop.sql(`DELETE FROM segment_member WHERE segment_id = $1 AND user_id = 'usr_1'`, id)
  await shop.accepted('scheduleCampaign', { ...schedule, startsAt: '2026-12-01T06:00:00Z' }, crm.marketer)
})

type Page = {
  edges: { node: { id: string } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}

test('campaigns are listed page by page, the newest first', async () => {
  // The time of a campaign decides, not its id.
  for (let count = 0; count < 4; count++) {
    await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
    shop.passMinutes(-1)
  }
  shop.passMinutes(4)
  const query = `query ($after: String) { campaigns(first: 2, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id } } } }`
  const ids: string[] = []
  for (let after: string | null = null, more = true; more; ) {
    const { edges, pageInfo }: Page = (await shop.execute(query, { after }, crm.marketer)).data.campaigns
    ids.push(...edges.map(({ node }) => node.id))
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  const all = await shop.sql<{ id: string }>('SELECT id FROM campaign ORDER BY created_at DESC, id DESC')
  expect(ids).toEqual(all.map(({ id }) => id))
  for (const args of ['first: 0', 'first: 101', 'after: "x"']) {
    const { errors } = await shop.execute(`{ campaigns(${args}) { edges { cursor } } }`, {}, crm.marketer)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  }
})

const READERS: [string, () => Viewer, isShown: boolean][] = [
  ['nobody', () => anonymous, false],
  ['a customer', () => customer(newId('usr')), false],
  ['an agent', anAgent, false],
  ['an analyst', () => staff('analytics:read', 'analytics:write'), false],
  ['a marketer', () => crm.marketer, true],
]

test.each(READERS)('%s sees campaigns only with marketing:read', async (_, viewer, isShown) => {
  const id = (await shop.sql<{ id: string }>('SELECT id FROM campaign LIMIT 1'))[0]?.id ?? ''
  const queries = [
    `{ shown: campaign(id: "${id}") { id name status results { arm people } variants { english { body } } } }`,
    '{ shown: campaigns { edges { node { id } } } }',
  ]
  for (const query of queries) {
    const { data, errors } = await shop.execute(query, {}, viewer())
    expect(data.shown != null).toBe(isShown)
    const code = expect.stringMatching(/^(FORBIDDEN|UNAUTHENTICATED)$/)
    expect(errors).toMatchObject(isShown ? [] : [{ extensions: { code } }])
  }
  const reference = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Campaign { id } } }'
  const all = [
    { __typename: 'Campaign', id },
    { __typename: 'Campaign', id: 'cmp_\u0000' },
  ]
  const { data } = await shop.execute(reference, { all }, viewer())
  expect(data._entities).toEqual([isShown ? { id } : null, null])
})

test('at most 100 campaigns are not finished', async () => {
  const [{ count = 0 } = {}] = await shop.sql<{ count: number }>(
    'SELECT count(*)::int AS count FROM campaign WHERE finished_at IS NULL',
  )
  const { id } = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  // All but the last.
  await shop.sql(
    `INSERT INTO campaign SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id || n))).*
       FROM campaign c, generate_series($2::int, 99) AS n WHERE c.id = $1 RETURNING 1`,
    ...[id, count + 2],
  )
  await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  const [refusal] = await shop.refused('createCampaign', aCampaign(segmentId), crm.marketer)
  expect(refusal).toMatchObject({
    __typename: 'ValidationError',
    message: expect.stringContaining('100 at most'),
  })
})
