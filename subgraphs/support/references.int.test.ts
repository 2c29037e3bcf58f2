import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anAgent, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const owner = customer(newId('usr'))
const ids: string[] = []

beforeAll(async () => {
  shop = await openSupport()
  for (let count = 0; count < 5; count++) ids.push((await shop.aTicket(owner)).id)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** Resolves references as the router does. An element is null where the reference resolves to null. */
async function resolved(all: readonly { __typename: string; id: string }[], viewer: Viewer) {
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { __typename ... on Ticket { id status } } }`
  const { data, errors } = await shop.execute(query, { all }, viewer)
  expect(errors).toEqual([])
  return data._entities
}
const tickets = (all: readonly string[]) => all.map((id) => ({ __typename: 'Ticket', id }))
const [malformed, unknown] = ['tkt_\u0000', newId('tkt')]

test('tickets by unknown, foreign or malformed ids are null, each at its index', async () => {
  const [id = ''] = ids
  const found = await resolved(tickets([unknown, id, newId('prd'), malformed, '']), owner)
  expect(found).toEqual([null, { __typename: 'Ticket', id, status: 'OPEN' }, null, null, null])
})

test('customer and staff resolve a ticket, others read null', async () => {
  const [id = ''] = ids
  for (const viewer of [owner, anAgent()])
    expect(await resolved(tickets([id]), viewer)).toMatchObject([{ id }])
  for (const viewer of [customer(newId('usr')), anonymous])
    expect(await resolved(tickets([id]), viewer)).toEqual([null])
})

test('malformed ids of users and orders are null', async () => {
  const all = ['User', 'Order'].flatMap((__typename) => ['', malformed].map((id) => ({ __typename, id })))
  expect(await resolved(all, owner)).toEqual([null, null, null, null])
})

test('all references of an operation cost one statement', async () => {
  expect(await shop.sqlCount(() => resolved(tickets(ids), owner))).toBe(1)
})

test('the timers of support, with their periods', () => {
  const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
  expect(shop.timers).toEqual({
    ...{ 'mark-breaches': 5 * SECOND, 'run-campaigns': SECOND, 'refresh-scores': SECOND },
    ...{ 'evaluate-segments': SECOND, 'finish-segments': SECOND, 'mark-buyers': SECOND },
    ...{ 'erase-guest-tickets': HOUR, 'forget-throttles': HOUR, 'forget-mail': HOUR },
    ...{ 'erase-deleted-users': MINUTE },
  })
})
