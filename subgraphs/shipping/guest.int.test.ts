import { hashOf } from '@argyle/kit/hashed-secret'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GUESTS_PER_ADDRESS, PER_NUMBER } from './return/guest-return-store.ts'
import { MAX_RETURNS } from './return/return-store.ts'
import { keeper, newIdempotencyKey } from './testing/open-shipping.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())
expectEarlierRowsKept(() => post)

let orders = 0

/** A guest's order of 3 units, whose one parcel has arrived. */
async function arrived(but: object = {}) {
  const secret = newId('key')
  const proof = hashOf(secret)
  const number = `A-${++orders}`
  const of = { customerId: null, orderNumber: number, guestProofHash: hashOf(proof), ...but }
  const { orderId, parcels } = await post.anOrder(1, 'Gus Guest', of)
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(orderId)
  await post.move(shipment?.labelId ?? null, 9)
  const orderLineId = parcels[0]?.lines[0]?.orderLineId
  const wants = (quantity: number) => ({ ...newIdempotencyKey(), number, lines: [{ orderLineId, quantity }] })
  return { orderId, orderLineId, number, secret, proof, wants }
}

const ORDER = `query ($all: [_Any!]!) { _entities(representations: $all) {
  ... on Order { shipments { order { id } status trackingNumber trackingUrl lines { orderLine { id guestProof } } }
    returns { order { id } status lines { quantity orderLine { id guestProof } } } } } }`

async function seen(id: string, guestProof?: string | null, viewer: Viewer = anonymous) {
  const all = [{ __typename: 'Order', id, guestProof }]
  const { data, errors } = await post.execute(ORDER, { all }, viewer)
  expect(errors).toEqual([])
  return data._entities[0]
}

type Asking = 'requestGuestReturn' | 'cancelGuestReturn'

/** The code or the user errors of a guest's mutation from this address. */
async function refusalOf(name: Asking, input: object, clientAddress = '198.51.100.1') {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const { data, errors } = await post.execute(
    `mutation ($input: ${type}!) { ${name}(input: $input) { return { id }
      userErrors { __typename ... on UserError { message path } } } }`,
    { input },
    anonymous,
    { clientAddress },
  )
  return errors[0]?.extensions?.code ?? data[name].userErrors
}

test('who proves the secret of a guest’s order sees its parcels and returns; nobody else does', async () => {
  const { orderId, orderLineId, secret, proof, wants } = await arrived()
  const { return: made } = await post.accepted('requestGuestReturn', { ...wants(2), secret }, anonymous)
  const orderLine = { id: orderLineId, guestProof: proof }
  expect(made.lines).toMatchObject([{ orderLine }])
  expect(await seen(orderId, proof)).toEqual({
    shipments: [
      {
        // Orders shows no order to a guest by its id.
        order: null,
        status: 'DELIVERED',
        trackingNumber: expect.any(String),
        trackingUrl: expect.stringMatching(/^http/),
        lines: [{ orderLine }],
      },
    ],
    returns: [{ order: null, status: 'REQUESTED', lines: [{ quantity: 2, orderLine }] }],
  })
  // Staff need no proof, and get none.
  expect(await seen(orderId, null, keeper)).toMatchObject({
    shipments: [{ order: { id: orderId }, lines: [{ orderLine: { id: orderLineId, guestProof: null } }] }],
    returns: [{ lines: [{ orderLine: { id: orderLineId, guestProof: null } }] }],
  })
  for (const wrong of [undefined, null, '', secret, hashOf(proof), hashOf('another')])
    expect(await seen(orderId, wrong)).toEqual({ shipments: null, returns: null })
})

test('a guest’s order has as many returns as a customer’s, and the error names the input of guests', async () => {
  const { secret, wants } = await arrived()
  for (let time = 0; time < MAX_RETURNS; time++) {
    const { return: made } = await post.accepted('requestGuestReturn', { ...wants(1), secret }, anonymous)
    await post.accepted(
      'cancelGuestReturn',
      { number: wants(1).number, secret, id: made.id, expectedVersion: 1 },
      anonymous,
    )
  }
  expect(await post.refused('requestGuestReturn', { ...wants(1), secret }, anonymous)).toMatchObject([
    { __typename: 'ValidationError', path: ['number'] },
  ])
})

test('an order without a proof is shown to no guest', async () => {
  const { orderId, proof } = await arrived({ guestProofHash: null })
  for (const wrong of [undefined, null, '', proof])
    expect(await seen(orderId, wrong)).toEqual({ shipments: null, returns: null })
})

test('a guest asks for a return by number and secret, of no more than arrived', async () => {
  const { secret, wants } = await arrived()
  const input = { ...wants(2), secret, reason: 'Too small.' }
  const { return: made } = await post.accepted('requestGuestReturn', input, anonymous)
  expect(made).toMatchObject({
    status: 'REQUESTED',
    reason: 'Too small.',
    order: null,
    customer: null,
  })
  expect((await post.accepted('requestGuestReturn', input, anonymous)).return.id).toBe(made.id)
  expect(await post.refused('requestGuestReturn', { ...wants(2), secret }, anonymous)).toMatchObject([
    { __typename: 'NotReturnableError', returnableQuantity: 1 },
  ])
  // The audit log is for changes by staff.
  const rows = await post.sql<{ count: number }>(
    'SELECT count(*)::int AS count FROM audit_entry WHERE subject_id = $1',
    made.id,
  )
  expect(rows).toEqual([{ count: 0 }])
})

test('a guest takes a return back by number and secret, once, and no return of another order', async () => {
  const [mine, other] = [await arrived(), await arrived()]
  const asked = async ({ secret, wants }: typeof mine) =>
    (await post.accepted('requestGuestReturn', { ...wants(1), secret }, anonymous)).return
  const [made, theirs] = [await asked(mine), await asked(other)]
  const cancelling = { number: mine.number, secret: mine.secret, id: made.id, expectedVersion: 1 }
  const refusal = async (but: object) =>
    (await post.refused('cancelGuestReturn', { ...cancelling, ...but }, anonymous))[0]
  expect(await refusal({ id: theirs.id })).toMatchObject({
    __typename: 'ValidationError',
    path: ['id'],
    message: `there is no return "${theirs.id}"`,
  })
  expect(await refusal({ secret: other.secret })).toMatchObject({ path: ['number'] })
  expect(await refusal({ expectedVersion: 2 })).toMatchObject({ currentVersion: 1 })
  const { return: cancelled } = await post.accepted('cancelGuestReturn', cancelling, anonymous)
  const orderLine = { id: mine.orderLineId, guestProof: mine.proof }
  expect(cancelled).toMatchObject({ id: made.id, status: 'CANCELLED', version: 2, lines: [{ orderLine }] })
  expect(await refusal({ expectedVersion: 2 })).toMatchObject({
    __typename: 'ReturnStatusError',
    status: 'CANCELLED',
  })
  expect(await seen(other.orderId, other.proof)).toMatchObject({ returns: [{ status: 'REQUESTED' }] })
  expect(await post.sql('SELECT id FROM audit_entry WHERE subject_id = $1', made.id)).toEqual([])
})

test('of several orders with one number the secret tells which is meant', async () => {
  const [first, second] = [
    await arrived({ orderNumber: 'A-TWICE' }),
    await arrived({ orderNumber: 'A-TWICE' }),
  ]
  for (const { orderId, secret, wants } of [first, second]) {
    const input = { ...wants(1), number: 'A-TWICE', secret }
    const { id } = (await post.accepted('requestGuestReturn', input, anonymous)).return
    expect(await post.sql('SELECT order_id FROM return_request WHERE id = $1', id)).toEqual([
      { order_id: orderId },
    ])
  }
})

test('an account that has claimed the order owns a return that its guest asks for', async () => {
  const { orderId, number, secret, wants } = await arrived()
  const customerId = newId('usr')
  await post.deliver('orders.order.claimed', { orderId, number, customerId })
  const { return: made } = await post.accepted('requestGuestReturn', { ...wants(1), secret }, anonymous)
  expect(made.customer).toEqual({ id: customerId })
  const { data } = await post.execute(`{ return(id: "${made.id}") { id } }`, {}, customer(customerId))
  expect(data.return).toEqual({ id: made.id })
})

test('wrong secrets change nothing, are answered like unknown numbers, and are counted', async () => {
  const { secret, wants } = await arrived()
  const refusal = (input: object, clientAddress?: string) =>
    refusalOf('requestGuestReturn', input, clientAddress)
  let callers = 0
  const elsewhere = () => `203.0.113.${++callers}`
  // Otherwise an address would have room again after ten seconds.
  await post.whileClockStands(async () => {
    const [unknown] = await refusal({ ...wants(1), number: 'A-UNKNOWN', secret }, elsewhere())
    expect(unknown).toMatchObject({ __typename: 'ValidationError', path: ['number'] })
    for (let tries = 0; tries < PER_NUMBER.burst; tries++)
      expect(await refusal({ ...wants(1), secret: `wrong-${tries}` }, elsewhere())).toMatchObject([
        { path: ['number'], message: unknown.message.replace('A-UNKNOWN', wants(1).number) },
      ])
    expect(await refusal({ ...wants(1), secret }, elsewhere())).toBe('RATE_LIMITED')
    post.pass(PER_NUMBER.everyMs / 1_000)
    expect(await refusal({ ...wants(1), secret }, elsewhere())).toEqual([])

    for (let tries = 0; tries < GUESTS_PER_ADDRESS.burst; tries++)
      expect(await refusal({ ...wants(1), number: `A-MADE-UP-${tries}`, secret })).toMatchObject([{}])
    expect(await refusal({ ...wants(1), number: 'A-MADE-UP', secret })).toBe('RATE_LIMITED')

    // Both mutations count together.
    const cancelling = (number: string) => ({ number, secret, id: newId('ret'), expectedVersion: 1 })
    const taken = (input: object, clientAddress?: string) =>
      refusalOf('cancelGuestReturn', input, clientAddress)
    expect(await taken(cancelling('A-MADE-UP'))).toBe('RATE_LIMITED')
    for (let tries = 0; tries < PER_NUMBER.burst; tries++)
      expect(await taken(cancelling('A-OTHER'), elsewhere())).toMatchObject([{ path: ['number'] }])
    expect(await taken(cancelling('A-OTHER'), elsewhere())).toBe('RATE_LIMITED')
  })

  await post.sql(`UPDATE throttle SET empty_at = now() - interval '1 day'`)
  await post.runTimer('forget-throttles')
  expect(await post.sql('SELECT FROM throttle')).toEqual([])
})
