import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { differenceOf } from './campaign/proportions.ts'
import { aCampaign, campaignsOf } from './testing/a-campaign.ts'
import { anAgent, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof campaignsOf>
beforeAll(async () => {
  shop = await openSupport()
  crm = campaignsOf(shop)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['customer (', 'rfm_scale ('])

const DAY_MINUTES = 1_440
const money = (eur: string, usd = '0.00', jpy = '0') => [
  { amount: usd, currencyCode: 'USD' },
  { amount: eur, currencyCode: 'EUR' },
  { amount: jpy, currencyCode: 'JPY' },
]

test('orders of the period count, those of the control group as well', async () => {
  const { segmentId } = await crm.anAudience(30)
  const id = await crm.aScheduledCampaign(segmentId, {
    controlPercent: 40,
    attributionDays: 2,
    messagesPerMinute: 6_000,
  })
  expect(await crm.results(id)).toEqual([])
  await crm.run()
  const rows = await crm.recipients(id)
  const treated = rows.filter(({ arm }) => arm === 'A').map((row) => row.user_id)
  const control = rows.filter(({ arm }) => arm === 'CONTROL').map((row) => row.user_id)
  const [ada = '', bo = '', cy = ''] = treated
  const [dee = ''] = control
  // The period begins with the instant of the release.
  await crm.aSale(dee, { minor: 300 })
  shop.passMinutes(1)
  await crm.aSale(ada, { minor: 2_000 })
  const orderId = await crm.aSale(ada, { minor: 500 })
  await crm.aSale(ada, { minor: 700, currency: 'USD' })
  await crm.aSale(ada, { minor: 90, currency: 'JPY' })
  const cancelled = await crm.aSale(cy, { minor: 900 })
  await crm.aSale(cy, { orderId: cancelled, minor: 900, status: 'CANCELLED', sequence: 5 })
  shop.passMinutes(2 * DAY_MINUTES - 2)
  await crm.aSale(bo, { minor: 100 })
  shop.passMinutes(1)
  await crm.aSale(cy, { minor: 100 })
  await crm.aSale(ada, { orderId, minor: 500, sequence: 5, refunded: 200, daysAgo: 1 })
  const comparison = differenceOf(
    { successes: 2, trials: treated.length },
    { successes: 1, trials: control.length },
  )
  expect(await crm.results(id)).toMatchObject([
    {
      arm: 'CONTROL',
      people: control.length,
      sent: 0,
      ordered: 1,
      revenue: money('3.00'),
      comparedToControl: null,
    },
    {
      arm: 'A',
      people: treated.length,
      waiting: 0,
      ordered: 2,
      revenue: money('24.00', '7.00', '90'),
      comparedToControl: comparison,
    },
  ])
})

test('without a control group there is nothing to compare with', async () => {
  const { segmentId } = await crm.anAudience(1)
  const id = await crm.aScheduledCampaign(segmentId)
  await crm.run()
  expect(await crm.results(id)).toMatchObject([{ arm: 'A', comparedToControl: null }])
})

test('whoever waits for their turn is counted apart', async () => {
  const { segmentId } = await crm.anAudience(3)
  const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 1 })
  await crm.run()
  expect(await crm.results(id)).toMatchObject([{ arm: 'A', people: 1, waiting: 2 }])
  await shop.accepted('cancelCampaign', { id, expectedVersion: 2 }, crm.marketer)
})

test('results of many campaigns cost one statement', async () => {
  const query = '{ campaigns(first: 10) { edges { node { results { arm people } } } } }'
  expect(await shop.sqlCount(() => shop.execute(query, {}, crm.marketer))).toBe(2)
})

test('a person sees the e-mails that went to them, and nobody else but marketing does', async () => {
  const { segmentId, ids } = await crm.anAudience(1)
  const [ada = ''] = ids
  const sent: string[] = []
  for (let count = 0; count < 3; count++) {
    sent.push(await crm.aScheduledCampaign(segmentId, { coupon: { percentBasisPoints: 500, validDays: 3 } }))
    await crm.run()
    shop.passMinutes(1)
  }
  // The control group has a turn and no e-mail; whoever waits has none yet.
  const control = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  const waiting = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  for (const [{ id }, arm, releasedAt] of [
    [control, 'CONTROL', shop.passMinutes(0)],
    [waiting, 'A', null],
  ] as const)
    await shop.sql(
      'INSERT INTO campaign_recipient (id, campaign_id, user_id, arm, place, released_at) VALUES ($1, $2, $3, $4, 1, $5)',
      ...[newId('cms'), id, ada, arm, releasedAt],
    )
  const minutesAgo = (minutes: number) => new Date(shop.passMinutes(0).getTime() - minutes * 60_000)
  await shop.sql(
    `UPDATE campaign_recipient SET outcome = 'SENT', opened_at = $2, clicked_at = $3 WHERE campaign_id = $1`,
    ...[sent[1], minutesAgo(-1), minutesAgo(-2)],
  )
  const query = `query ($user: _Any!, $after: String) { _entities(representations: [$user]) { ... on User {
    campaignMessages(first: 2, after: $after) { pageInfo { hasNextPage endCursor }
      edges { node { id handedOverAt outcome openedAt clickedAt couponCode } } } } } }`
  const read = async (viewer: Viewer, after: string | null = null) => {
    const variables = { user: { __typename: 'User', id: ada }, after }
    return (await shop.execute(query, variables, viewer)).data._entities[0]?.campaignMessages ?? null
  }
  const first = await read(customer(ada))
  expect(first.edges).toHaveLength(2)
  expect(first.edges[0].node).toMatchObject({
    outcome: null,
    openedAt: null,
    couponCode: expect.stringMatching(/^SOCKS-/),
  })
  expect(first.edges[1].node).toMatchObject({
    ...{ handedOverAt: minutesAgo(2).toISOString(), outcome: 'SENT' },
    ...{ openedAt: minutesAgo(-1).toISOString(), clickedAt: minutesAgo(-2).toISOString() },
  })
  const second = await read(customer(ada), first.pageInfo.endCursor)
  expect([second.edges.length, second.pageInfo.hasNextPage]).toEqual([1, false])
  expect(await read(crm.marketer)).toEqual(first)
  for (const viewer of [customer(newId('usr')), anAgent(), anonymous]) expect(await read(viewer)).toBeNull()
  const names = `query ($user: _Any!) { _entities(representations: [$user]) { ... on User { campaignMessages { edges { node { campaign { id } } } } } } }`
  const variables = { user: { __typename: 'User', id: ada } }
  const shown = (await shop.execute(names, variables, crm.marketer)).data._entities[0].campaignMessages.edges
  expect(shown.map((edge: { node: { campaign: { id: string } } }) => edge.node.campaign.id)).toEqual(
    sent.toReversed(),
  )
  const own = await shop.execute(names, variables, customer(ada))
  expect(own.errors[0]?.extensions?.code).toBe('FORBIDDEN')
})
