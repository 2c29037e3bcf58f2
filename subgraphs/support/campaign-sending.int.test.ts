import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_AUDIENCE } from './campaign/campaign.ts'
import { aCampaign, aVariant, campaignsOf } from './testing/a-campaign.ts'
import { aSegment } from './testing/a-segment.ts'
import { type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof campaignsOf>
beforeAll(async () => {
  shop = await openSupport()
  crm = campaignsOf(shop)
})
afterAll(() => shop.close())

/** A message of the sample of its publisher. */
function sampleOf(type: string) {
  const file = new URL(`event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

describe('the audience', () => {
  test('is the members who agree, when sending starts', async () => {
    const { ids, segmentId, productId } = await crm.anAudience(3)
    const [ada = '', bo = '', cy = ''] = ids
    const startsAt = new Date(shop.passMinutes(0).getTime() + 60 * 60_000)
    const id = await crm.aScheduledCampaign(segmentId, {}, startsAt)
    await crm.run()
    expect([await crm.handedOver(id), await crm.shown(id)]).toMatchObject([[], { status: 'SCHEDULED' }])
    await crm.consents(bo, false, 3)
    // The last three are of countries where German is spoken.
    const late: string[] = []
    for (const country of ['CH', 'DE', 'AT', 'LI']) {
      const id = await crm.aCustomer()
      await crm.aSale(id, { productId, country })
      await crm.consents(id, true)
      late.push(id)
    }
    const silent = await crm.aCustomer()
    await crm.aSale(silent, { productId })
    const deleted = await crm.aCustomer()
    await crm.aSale(deleted, { productId })
    await crm.consents(deleted, true)
    await crm.work()
    await shop.sql('UPDATE customer SET is_deleted = true WHERE user_id = $1', deleted)
    // The timer is a minute late.
    shop.passMinutes(61)
    await crm.run()
    const released = await crm.handedOver(id)
    expect(released.flatMap(({ recipients }) => recipients.map(({ userId }) => userId)).toSorted()).toEqual(
      [ada, cy, ...late].toSorted(),
    )
    expect(await crm.recipients(id)).toMatchObject(Array(6).fill({ released_at: shop.passMinutes(0) }))
    const finishedAt = shop.passMinutes(0).toISOString()
    expect(await crm.shown(id, 'status startsAt audienceAt finishedAt updatedAt')).toEqual({
      ...{ status: 'SENT', startsAt: startsAt.toISOString(), audienceAt: finishedAt },
      ...{ finishedAt, updatedAt: finishedAt },
    })
    const german = released.find(({ language }) => language === 'de')
    expect(german?.title).toBe('de: warm feet, {{customerName}}')
    expect(german?.recipients.map(({ userId }) => userId).toSorted()).toEqual(late.slice(1).toSorted())
  })

  test('is taken in once all customers are judged by the newest rule of the segment', async () => {
    const { segmentId } = await crm.anAudience(2)
    const startsAt = new Date(shop.passMinutes(0).getTime() + 60 * 60_000)
    const id = await crm.aScheduledCampaign(segmentId, {}, startsAt)
    const rule = aSegment({ all: [{ fact: 'ORDERS', atLeast: '900' }] })
    const { idempotencyKey: _, ...content } = rule
    await shop.accepted('updateSegment', { id: segmentId, expectedVersion: 1, ...content }, crm.marketer)
    shop.passMinutes(60)
    await crm.run()
    expect([await crm.recipients(id), (await crm.shown(id)).finishedAt]).toEqual([[], null])
    await crm.evaluations.finishSegments()
    shop.passMinutes(1 / 60)
    await crm.run()
    expect(await crm.recipients(id)).toEqual([])
    expect((await crm.shown(id)).status).toBe('SENT')
  })

  test('is split by person: the control group gets nothing, each variant its own text', async () => {
    const { ids, segmentId } = await crm.anAudience(40)
    const variants = [aVariant('first '), aVariant('second ')]
    const id = await crm.aScheduledCampaign(segmentId, {
      variants,
      controlPercent: 30,
      messagesPerMinute: 6_000,
      coupon: { percentBasisPoints: 500, validDays: 3 },
    })
    await crm.run()
    const rows = await crm.recipients(id)
    expect(rows.map(({ user_id: userId }) => userId).toSorted()).toEqual(ids.toSorted())
    const groups = Map.groupBy(rows, ({ arm }) => arm)
    expect([...groups.keys()].toSorted()).toEqual(['A', 'B', 'CONTROL'])
    for (const { arm, token, coupon_code: code } of rows)
      expect([token !== null, code !== null]).toEqual(arm === 'CONTROL' ? [false, false] : [true, true])
    expect((await crm.results(id)).map(({ arm }: { arm: string }) => arm)).toEqual(['CONTROL', 'A', 'B'])
    // Both variants have their turn at once: each message has a sequence of its own.
    expect((await crm.messages(id)).map(({ sequence }) => sequence)).toEqual([1, 2])
    for (const { variant, title, recipients } of await crm.handedOver(id)) {
      expect(title).toContain(variant === 'A' ? 'first' : 'second')
      const own = groups
        .get(variant)
        ?.map((row) => row.user_id)
        .toSorted()
      expect(recipients.map(({ userId }) => userId).toSorted()).toEqual(own)
    }
  })

  test('is taken in and sent to in batches, once, by several replicas at once', async () => {
    const { segmentId } = await crm.anAudience(2)
    const source = `SELECT 'usr_019aa5c2-8c00-7000-8000-' || lpad(n::text, 12, '0') FROM generate_series(1, 520) n`
    await shop.sql(
      `INSERT INTO customer (user_id, accepts_campaigns) SELECT u, true FROM (${source}) AS made (u)`,
    )
    await shop.sql(
      `INSERT INTO segment_member (segment_id, user_id, since, reasons) SELECT $1, u, now(), '[]' FROM (${source}) AS made (u)`,
      segmentId,
    )
    const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 6_000 })
    for (let second = 0; second < 7; second++) {
      await shop.manyAtOnce(3, () => crm.run())
      shop.passMinutes(1 / 60)
    }
    const released = (await crm.handedOver(id)).flatMap(({ recipients }) =>
      recipients.map(({ userId }) => userId),
    )
    expect([released.length, new Set(released).size]).toEqual([522, 522])
    const sequences = (await crm.messages(id)).map(({ sequence }) => sequence)
    expect(new Set(sequences).size).toBe(sequences.length)
    expect(await crm.shown(id)).toMatchObject({ status: 'SENT' })
    await shop.sql(`DELETE FROM segment_member WHERE segment_id = $1`, segmentId)
  })

  test('is at most 50000 people, also where the segment has grown since', async () => {
    const { segmentId } = await crm.anAudience(2)
    const id = await crm.aScheduledCampaign(segmentId)
    await shop.sql(
      `INSERT INTO campaign_recipient (id, campaign_id, user_id, arm, place, released_at)
       SELECT 'cms_' || n, $1, 'usr_' || n, 'A', n, now() FROM generate_series(2, $2::int) n`,
      ...[id, MAX_AUDIENCE],
    )
    await crm.run()
    const [row] = await shop.sql(
      'SELECT count(*)::int AS count FROM campaign_recipient WHERE campaign_id = $1',
      id,
    )
    expect([row, (await crm.shown(id)).status]).toEqual([{ count: MAX_AUDIENCE }, 'SENT'])
    await shop.sql('DELETE FROM campaign_recipient WHERE campaign_id = $1', id)
  })

  test('of nobody makes a campaign that is finished at once', async () => {
    const { segmentId } = await crm.anAudience(0)
    const id = await crm.aScheduledCampaign(segmentId)
    await crm.run()
    expect([await crm.shown(id), await crm.handedOver(id)]).toMatchObject([{ status: 'SENT' }, []])
  })
})

test('no more people have their turn than the rate allows', async () => {
  const { segmentId } = await crm.anAudience(4)
  const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 2, controlPercent: 50 })
  const released = async () => {
    await crm.run()
    const rows = await shop.sql<{ hadTurn: boolean }>(
      'SELECT released_at IS NOT NULL AS "hadTurn" FROM campaign_recipient WHERE campaign_id = $1 ORDER BY place',
      id,
    )
    const count = rows.filter(({ hadTurn }) => hadTurn).length
    // Their turns are in the order of their places, which mixes the groups.
    expect(rows.slice(0, count).every(({ hadTurn }) => hadTurn)).toBe(true)
    return count
  }
  expect([await released(), await released()]).toEqual([1, 1])
  shop.passMinutes(29 / 60)
  expect(await released()).toBe(1)
  shop.passMinutes(1 / 60)
  expect(await released()).toBe(2)
  shop.passMinutes(10)
  expect(await released()).toBe(3)
})

test('two replicas that find one campaign due hand over one share of it', async () => {
  const { segmentId } = await crm.anAudience(4)
  const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 2 })
  await shop.manyAtOnce(2, () => crm.run())
  expect((await crm.handedOver(id)).flatMap(({ recipients }) => recipients)).toMatchObject([
    { couponCode: null },
  ])
  shop.passMinutes(0.5)
  await shop.manyAtOnce(2, () => crm.run())
  expect((await crm.handedOver(id)).flatMap(({ recipients }) => recipients)).toHaveLength(2)
})

test('a campaign that another replica works on is left to it, and holds up no other', async () => {
  const { segmentId } = await crm.anAudience(1)
  const [theirs, ours] = [await crm.aScheduledCampaign(segmentId), await crm.aScheduledCampaign(segmentId)]
  await shop.whileLocked('SELECT 1 FROM campaign WHERE id = $1 FOR UPDATE', [theirs], () => crm.run())
  expect([await crm.shown(theirs), await crm.shown(ours)]).toMatchObject([
    { status: 'SCHEDULED' },
    { status: 'SENT' },
  ])
  await crm.run()
})

test('of two campaigns that are due, the one that has been due longer comes first', async () => {
  const { segmentId } = await crm.anAudience(1)
  const inMinutes = (minutes: number) => new Date(shop.passMinutes(0).getTime() + minutes * 60_000)
  for (const isReversed of [false, true]) {
    const [first, second] = isReversed ? [20, 10] : [10, 20]
    const [one, other] = [
      await crm.aScheduledCampaign(segmentId, {}, inMinutes(first)),
      await crm.aScheduledCampaign(segmentId, {}, inMinutes(second)),
    ]
    shop.passMinutes(20)
    await crm.run()
    const sent = (await shop.outbox()).filter(({ subject }) => subject === one || subject === other)
    expect(sent.map(({ subject }) => subject)).toEqual(isReversed ? [other, one] : [one, other])
  }
})

test('a cancelled campaign hands over no more', async () => {
  const { segmentId } = await crm.anAudience(3)
  const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 60 })
  await crm.run()
  await shop.accepted('cancelCampaign', { id, expectedVersion: 2 }, crm.marketer)
  shop.passMinutes(5)
  await crm.run()
  expect((await crm.handedOver(id)).flatMap(({ recipients }) => recipients)).toHaveLength(1)
  expect(await crm.shown(id)).toMatchObject({ status: 'CANCELLED', version: 3 })
})

test('each recipient gets a coupon of their own, and the link a token that nobody can make up', async () => {
  const { segmentId, ids } = await crm.anAudience(2)
  const coupon = { percentBasisPoints: 1_500, validDays: 10 }
  const id = await crm.aScheduledCampaign(segmentId, { coupon })
  await crm.run()
  const recipients = (await crm.handedOver(id)).flatMap((message) => message.recipients)
  expect(new Set(recipients.map(({ couponCode }) => couponCode)).size).toBe(2)
  expect(new Set(recipients.map(({ path }) => path)).size).toBe(2)
  for (const { path, couponCode } of recipients) {
    expect(path).toMatch(/^\/c\/[\w-]{22}$/)
    expect(couponCode).toMatch(/^SOCKS-[2-9A-HJ-NP-Z]{10}$/)
  }
  const commands = (await shop.outbox()).filter(({ type }) => type === 'orders.issue_coupon')
  const expiresAt = new Date(shop.passMinutes(0).getTime() + 10 * 86_400_000).toISOString()
  for (const { messageId, userId, couponCode } of recipients)
    expect(commands).toContainEqual(
      expect.objectContaining({
        subject: messageId.replace('cms_', 'cpn_'),
        data: {
          couponId: messageId.replace('cms_', 'cpn_'),
          ...{ code: couponCode, customerId: userId, percentBasisPoints: 1_500, expiresAt },
        },
      }),
    )
  expect(recipients.map(({ userId }) => userId).toSorted()).toEqual(ids.toSorted())
  expect((await crm.handedOver(id))[0]).toMatchObject({
    ...{ campaignId: id, variant: 'A', language: 'en', ...aVariant().english },
    expiresAt: new Date(shop.passMinutes(0).getTime() + 2 * 86_400_000).toISOString(),
  })
  const samples = ['support.campaign.messaged', 'orders.issue_coupon'] as const
  const [messaged, issued] = samples.map((type) => Object.keys(sampleOf(type).data as object).toSorted())
  expect(Object.keys((await crm.handedOver(id))[0] ?? {}).toSorted()).toEqual(messaged)
  expect(Object.keys(commands[0]?.data as object).toSorted()).toEqual(issued)
})

test('outcomes are counted by their sequence, in any order, and none of the control group', async () => {
  const { segmentId } = await crm.anAudience(4)
  const id = await crm.aScheduledCampaign(segmentId)
  await crm.run()
  const [first, second, third, control] = (await crm.handedOver(id)).flatMap(({ recipients }) =>
    recipients.map(({ messageId }) => messageId),
  )
  const at = shop.passMinutes(0).toISOString()
  const settle = (messageId: string | undefined, outcome: string, sequence: number) =>
    crm.deliverNow(
      'notifications.campaign_message.settled',
      { messageId, outcome, at },
      { subject: messageId ?? '', sequence },
    )
  await settle(first, 'FAILED', 2)
  await settle(first, 'SENT', 1)
  await settle(second, 'SENT', 1)
  await settle(second, 'SENT', 1)
  await settle(third, 'SUPPRESSED', 1)
  await settle('cms_unknown', 'SENT', 1)
  await shop.sql(`UPDATE campaign_recipient SET arm = 'CONTROL', token = NULL WHERE id = $1`, control)
  await settle(control, 'SENT', 1)
  expect(await crm.results(id)).toMatchObject([
    { arm: 'CONTROL', people: 1, sent: 0 },
    { arm: 'A', people: 3, sent: 1, suppressed: 1, failed: 1 },
  ])
})

test('a deleted account gets nothing, and its row loses the person', async () => {
  const { segmentId, ids } = await crm.anAudience(2)
  const coupon = { percentBasisPoints: 500, validDays: 3 }
  const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 1, coupon })
  await crm.run()
  const deletedAt = shop.passMinutes(0).toISOString()
  for (const userId of ids)
    await crm.deliverNow('users.account.deleted', { userId, deletedAt }, { subject: userId, sequence: 9 })
  shop.passMinutes(5)
  await crm.run()
  expect(await crm.recipients(id)).toMatchObject([
    { user_id: null, token: null, coupon_code: null, arm: 'A' },
  ])
  expect(await crm.shown(id)).toMatchObject({ status: 'SENT' })
  expect(await crm.results(id)).toMatchObject([{ people: 1, ordered: 0 }])
})

test('of a campaign that is scheduled and its segment that is deleted at once, one happens', async () => {
  const { segmentId } = await crm.anAudience(0)
  const { id } = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  const answers = await shop.atOnce([
    () => shop.mutate('scheduleCampaign', { id, expectedVersion: 1 }, crm.marketer),
    () => shop.mutate('deleteSegment', { id: segmentId, expectedVersion: 1 }, crm.marketer),
  ])
  type Payload = { userErrors: object[] }
  const errors = answers.flatMap(({ data }) => Object.values<Payload>(data).flatMap((one) => one.userErrors))
  expect(errors).toHaveLength(1)
})

test('a segment that a campaign needs is not deleted, neither before nor while it is sent; a draft needs none', async () => {
  const { segmentId } = await crm.anAudience(2)
  const { id: draft } = await shop.accepted('createCampaign', aCampaign(segmentId), crm.marketer)
  const id = await crm.aScheduledCampaign(segmentId, { messagesPerMinute: 1 })
  for (const status of ['SCHEDULED', 'SENDING']) {
    const [refusal] = await shop.refused('deleteSegment', { id: segmentId, expectedVersion: 1 }, crm.marketer)
    const message = `id is "${segmentId}", which campaign "${id}" is ${status} for: allowed is one that no campaign needs`
    expect(refusal).toMatchObject({ path: ['id'], message })
    await crm.run()
  }
  await shop.accepted('cancelCampaign', { id, expectedVersion: 2 }, crm.marketer)
  await shop.accepted('deleteSegment', { id: segmentId, expectedVersion: 1 }, crm.marketer)
  const message = `there is no segment "${segmentId}"`
  const { idempotencyKey: _, ...content } = aCampaign(segmentId)
  for (const [name, but] of [
    ['scheduleCampaign', {}],
    ['updateCampaign', content],
  ] as const)
    expect(await shop.refused(name, { id: draft, expectedVersion: 1, ...but }, crm.marketer)).toMatchObject([
      { message, path: ['segmentId'] },
    ])
})
