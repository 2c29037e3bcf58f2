import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { segmentsOf } from './testing/a-segment.ts'
import { aMarketer, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof segmentsOf>
const ids: string[] = []

beforeAll(async () => {
  shop = await openSupport()
  crm = segmentsOf(shop)
  // The n-th customer ordered n times, 10 EUR each, the last time 10 - n days ago; nine pay in yen.
  for (let index = 1; index <= 10; index++) {
    const id = await crm.aCustomer()
    ids.push(id)
    for (let count = 0; count < index; count++) await crm.aSale(id, { daysAgo: 10 - index + count })
    // As many have an account and no order: they are not among those who are divided.
    await crm.aCustomer()
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['customer (', 'rfm_scale ('])

async function scoresOf(id: string | undefined) {
  const { recencyScore, frequencyScore, monetaryScore } = (await crm.shownOf(id ?? '')).purchaseProfile
  return [recencyScore, frequencyScore, monetaryScore]
}

test('customers who have ordered are divided into fifths, once the orders of all are counted', async () => {
  await crm.rfm.refreshDue()
  expect(await shop.sql('SELECT 1 FROM rfm_scale')).toEqual([])
  await crm.work()
  const scores = await Promise.all(ids.map(scoresOf))
  const fifths = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
  expect(scores).toEqual(fifths.map((fifth) => [fifth, fifth, fifth]))
})

test('without an order there is no score, and equal values have equal scores', async () => {
  const id = await crm.aCustomer()
  await crm.work()
  expect(await scoresOf(id)).toEqual([null, null, null])
  await crm.aSale(id, { daysAgo: 0 })
  await crm.work()
  // As old as the newest orders of all.
  expect(await scoresOf(id)).toEqual([5, 1, 1])
  await crm.aSale(id, { daysAgo: 0, minor: 99_000 })
  await crm.work()
  expect(await scoresOf(id)).toEqual([5, 1, 5])
  // A new rule is evaluated by the saved scores.
  for (const [fact, isMember] of [
    ['RECENCY_SCORE', true],
    ['FREQUENCY_SCORE', false],
    ['MONETARY_SCORE', true],
  ] as const) {
    const segment = await crm.aBuiltSegment([{ fact, atLeast: '5' }])
    expect([fact, (await crm.membersOf(segment)).includes(id)]).toEqual([fact, isMember])
    await shop.accepted('deleteSegment', { id: segment, expectedVersion: 1 }, aMarketer())
    await crm.evaluations.finishSegments()
  }
})

test('amounts are compared within a currency', async () => {
  const id = await crm.aCustomer()
  await crm.aSale(id, { currency: 'JPY', minor: 10 })
  await crm.work()
  // As of the time before customers had a currency.
  await shop.sql('UPDATE customer SET currency = NULL WHERE user_id = $1', ids[0])
  shop.passMinutes(60)
  await crm.work()
  // The only customer with yen exceeds no cut point of them.
  expect((await scoresOf(id))[2]).toBe(1)
})

test('new cut points are computed once an hour, and members follow them', async () => {
  const segment = await crm.aBuiltSegment([{ fact: 'FREQUENCY_SCORE', atLeast: '5' }])
  const [, , , , , , , , ninth = ''] = ids
  expect(await crm.membersOf(segment)).toContain(ninth)
  for (let count = 0; count < 15; count++) {
    const id = await crm.aCustomer()
    for (let order = 0; order < 12; order++) await crm.aSale(id)
  }
  await crm.work()
  expect(await crm.membersOf(segment)).toContain(ninth)
  shop.passMinutes(60)
  // A rule on days is to be evaluated for this customer tomorrow.
  await shop.sql(
    `UPDATE customer SET due_at = $2::timestamptz + interval '1 day' WHERE user_id = $1`,
    ...[ninth, shop.passMinutes(0)],
  )
  // A customer whom another replica has locked keeps the scores of before until the next cut points.
  const marked = () =>
    shop.sql(
      'SELECT 1 FROM customer WHERE user_id = $1 AND due_at = $2::timestamptz',
      ninth,
      shop.passMinutes(0),
    )
  const [, , , , , , , eighth = ''] = ids
  const lock = 'SELECT 1 FROM customer WHERE user_id = $1 FOR UPDATE'
  await shop.whileLocked(lock, [eighth], () => crm.rfm.refreshDue())
  expect(await marked()).toHaveLength(1)
  await crm.work()
  expect(await crm.membersOf(segment)).not.toContain(ninth)
})

test.each(['recency_score', 'frequency_score', 'monetary_score'])(
  'a customer of whom new cut points change the %s alone is evaluated again',
  async (score) => {
    const [id] = ids
    const anHourLater = async () => {
      shop.passMinutes(60)
      await crm.work()
    }
    await anHourLater()
    const before = await scoresOf(id)
    await shop.sql(`UPDATE customer SET ${score} = ${score} % 5 + 1 WHERE user_id = $1`, id)
    expect(await scoresOf(id)).not.toEqual(before)
    await anHourLater()
    expect(await scoresOf(id)).toEqual(before)
  },
)

test('one replica computes the cut points, also while a customer waits', async () => {
  shop.passMinutes(60)
  await crm.aCustomer()
  // They are more than one statement marks.
  await shop.sql(
    `INSERT INTO customer (user_id, orders, last_order_at, currency, spent)
     SELECT 'usr_many_' || n, 1, now(), 'EUR', '{"EUR": "1"}' FROM generate_series(1, 1001) n`,
  )
  const computed = () => shop.sql<{ at: Date }>('SELECT computed_at AS at FROM rfm_scale')
  await shop.manyAtOnce(3, () => crm.rfm.refreshDue())
  expect(await computed()).toEqual([{ at: shop.passMinutes(0) }])
  const many = `user_id LIKE 'usr_many_%'`
  expect(await shop.sql(`SELECT 1 FROM customer WHERE ${many} AND due_at IS NULL`)).toEqual([])
  await shop.sql(`DELETE FROM customer WHERE ${many}`)
  shop.passMinutes(59)
  await crm.rfm.refreshDue()
  expect(await computed()).toEqual([{ at: shop.passMinutes(-59) }])
  shop.passMinutes(59)
})
