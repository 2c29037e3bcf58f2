import { Kind, parse, type SelectionSetNode } from 'graphql'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Chance, chance } from '../seed/random/chance.ts'
import type { Answer } from '../shop/testing/graphql-client.ts'
import type { Input, StubbornClient } from './client.ts'
import { documentOf } from './operations.ts'
import { shopper } from './shopper.ts'

/** Mutations of the shopper and of staff, and the pages of the gateway that the shopper opens. */
let sent: [who: string, mutation: string, input: Input, keyed: boolean][]
let opened: [url: string, body: string][]
/** The order that its buyer sees. */
let seen: object

const URL_OF_GATEWAY = 'http://gateway.example'

beforeEach(() => {
  sent = []
  opened = []
  seen = orderThat({ status: 'CONFIRMED' })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, options) => {
    opened.push([String(url), String(options?.body)])
    return Response.json({ token: 'tok_1' })
  })
})
afterEach(() => vi.restoreAllMocks())

function orderThat(fields: object): object {
  return {
    ...{ id: 'ord_1', status: 'CONFIRMED', version: 4, grandTotal: { amount: '20.00' } },
    lines: [{ id: 'orl_1', quantity: 2 }],
    payment: { id: 'pay_1', status: 'CAPTURED', nextAction: null },
    ...fields,
  }
}

const ANSWERS: Readonly<Record<string, object>> = {
  signUp: { session: { accessToken: 'at_1' } },
  addAddress: { address: { id: 'adr_1' } },
  addPaymentMethod: { paymentMethod: { id: 'pm_1' } },
  addCartLine: { cart: { id: 'crt_1', version: 3 } },
  placeOrder: { order: { id: 'ord_1', number: 'A-1' } },
  placeGuestOrder: { secret: 'hush', order: { id: 'ord_1', number: 'A-1' } },
  requestReturn: { return: { id: 'ret_1', version: 1 } },
  requestGuestReturn: { return: { id: 'ret_1', version: 1 } },
  approveReturn: { return: { id: 'ret_1', version: 2 } },
}

const OPTIONS = [
  { id: 'slow', estimatedDays: 5 },
  { id: 'fast', estimatedDays: 1 },
  { id: 'fair', estimatedDays: 2 },
]

/** The part of an answer that a document selects: a shopper has nothing else. */
function selected(answer: object, document: string) {
  const [operation] = parse(document).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('an operation was expected')
  return of(answer, operation.selectionSet)
}

function of(value: unknown, set: SelectionSetNode | undefined): Answer['data'] {
  if (!set || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => of(item, set))
  const members = new Map(Object.entries(value))
  return Object.fromEntries(
    set.selections.flatMap((one) =>
      one.kind === Kind.FIELD ? [[one.name.value, of(members.get(one.name.value), one.selectionSet)]] : [],
    ),
  )
}

function clientOf(who: string): StubbornClient {
  return {
    run: async (mutation, input, keyed = true) => {
      sent.push([who, mutation, input, keyed])
      return selected({ [mutation]: ANSWERS[mutation] ?? {} }, documentOf(mutation))[mutation]
    },
    read: async (query, variables, isRight) => {
      const cart = query.includes('totals')
        ? { totals: { grandTotal: { amount: '20.00', currencyCode: 'EUR' } } }
        : { id: 'crt_1', version: 3, shippingOptions: OPTIONS }
      const order = 'secret' in variables ? { guestOrder: seen } : { order: seen }
      const data = selected(query.includes('cart(') ? { cart } : order, query)
      return isRight(data) ? data : null
    },
    useToken: (token) => void sent.push([who, 'useToken', { token }, true]),
  }
}

/** Chance that picks the first of everything, and one ending of a purchase. */
function chanceOf(ending: string, second: string | null = 'approve'): Chance {
  return Object.assign(chance(1, 'shopper', 0), {
    next: () => 0,
    flip: () => false,
    between: (low: number) => low,
    pick: <T>(choices: readonly T[]) => choices[0],
    weighted: (choices: readonly (readonly [number, unknown])[]) =>
      choices.map(([, value]) => value).find((value) => value === ending || value === second) ??
      choices[0]?.[1],
  })
}

/** Buys once. */
async function buyOnce(of: {
  readonly isGuest?: boolean
  readonly isHasty?: boolean
  readonly chance: Chance
}): Promise<void> {
  let orders = 0
  const client = clientOf('buyer')
  const options = {
    ...{ isGuest: false, isHasty: false, name: 'shopper-1', gatewayUrl: URL_OF_GATEWAY, variants: ['var_1'] },
    ...{ client, staff: clientOf('staff'), isOver: () => orders > 0, ...of },
  }
  const one = shopper({
    ...options,
    client: {
      ...client,
      run: async (...given) => {
        const payload = await client.run(...given)
        if (/^place/.test(given[0])) orders++
        return payload
      },
    },
  })
  await one.arrive()
  await one.shop()
}

const mutations = () => sent.map(([who, mutation]) => (who === 'staff' ? `staff: ${mutation}` : mutation))
const inputOf = (mutation: string) => sent.find(([, name]) => name === mutation)?.[2]

test('a customer signs up with cards and an address, then orders to that address', async () => {
  await buyOnce({ chance: chanceOf('wait') })
  expect(mutations().slice(0, 2)).toEqual(['signUp', 'useToken'])
  expect(inputOf('signUp')).toMatchObject({ email: 'shopper-1@chaos.example', displayName: 'shopper-1' })
  expect(inputOf('useToken')).toEqual({ token: 'at_1' })
  expect(opened[0]).toEqual([`${URL_OF_GATEWAY}/v1/tokens`, expect.stringContaining('4242424242424242')])
  expect(inputOf('addAddress')).toMatchObject({ recipient: 'Lotte Aaker', countryCode: 'DE' })
  expect(inputOf('addCartLine')).toEqual({ variantId: 'var_1', quantity: 1 })
  expect(inputOf('placeOrder')).toEqual({
    ...{ cartId: 'crt_1', expectedCartVersion: 3, shippingOptionId: 'slow', paymentMethodId: 'pm_1' },
    ...{ expectedTotal: { amount: '20.00', currencyCode: 'EUR' }, shippingAddressId: 'adr_1' },
  })
  // Neither cards nor addresses are saved twice.
  expect(mutations().filter((name) => name === 'addAddress')).toHaveLength(1)
})

test('a guest has no account, no saved address, and a cart by its id', async () => {
  await buyOnce({
    isGuest: true,
    chance: Object.assign(chanceOf('wait'), { between: (_: number, high: number) => high }),
  })
  expect(mutations()).toEqual([
    ...['addPaymentMethod', 'addCartLine', 'addCartLine', 'addCartLine', 'placeGuestOrder'],
  ])
  expect(sent[1]?.[2]).toEqual({ variantId: 'var_1', quantity: 4 })
  expect(sent[2]?.[2]).toEqual({ variantId: 'var_1', quantity: 4, cartId: 'crt_1' })
  expect(inputOf('placeGuestOrder')).toMatchObject({
    email: 'shopper-1@chaos.example',
    address: { recipient: 'Lotte Aaker', city: 'Leipzig' },
  })
})

test('a hasty shopper chooses the fastest shipping', async () => {
  await buyOnce({ isHasty: true, chance: chanceOf('wait') })
  expect(inputOf('placeOrder')).toMatchObject({ shippingOptionId: 'fast' })
})

test.each(['approve', 'deny'])('the second step of a payment is answered: %s', async (decision) => {
  const url = `${URL_OF_GATEWAY}/steps/1`
  seen = orderThat({ payment: { id: 'pay_1', status: 'PROCESSING', nextAction: { redirectUrl: url } } })
  await buyOnce({ chance: chanceOf('wait', decision) })
  expect(opened.at(-1)).toEqual([url, `decision=${decision}`])
})

test.each([
  ['cancel at once', false, 'cancelOrder', { orderId: 'ord_1', expectedVersion: 4 }],
  ['cancel later', false, 'cancelOrder', { orderId: 'ord_1', expectedVersion: 4 }],
  ['cancel at once', true, 'cancelGuestOrder', { number: 'A-1', secret: 'hush', expectedVersion: 4 }],
] as const)('%s, as a guest: %s', async (ending, isGuest, mutation, input) => {
  await buyOnce({ isGuest, chance: chanceOf(ending) })
  expect(sent.at(-1)).toEqual(['buyer', mutation, input, true])
})

test('staff refund a part of what is captured', async () => {
  await buyOnce({ chance: chanceOf('refund a part') })
  expect(sent.at(-1)).toEqual([
    ...['staff', 'refundPayment'],
    { paymentId: 'pay_1', amount: '2.00', reason: 'a seam was loose' },
    true,
  ])
})

test.each([
  [false, 'requestReturn', { orderId: 'ord_1' }],
  [true, 'requestGuestReturn', { number: 'A-1', secret: 'hush' }],
])('a delivered parcel is returned and received, by a guest: %s', async (isGuest, mutation, of) => {
  seen = orderThat({ status: 'DELIVERED' })
  await buyOnce({ isGuest, chance: chanceOf('send back') })
  const lines = [{ orderLineId: 'orl_1', quantity: 1 }]
  expect(sent.slice(-3)).toEqual([
    ['buyer', mutation, { ...of, lines }, true],
    ['staff', 'approveReturn', { id: 'ret_1', expectedVersion: 1 }, false],
    [
      'staff',
      'receiveReturn',
      { id: 'ret_1', expectedVersion: 2, lines: [{ ...lines[0], restock: false }] },
      false,
    ],
  ])
})

test.each(['refund a part', 'send back'])(
  '%s: nothing is asked of an order that is over before',
  async (ending) => {
    seen = orderThat({ status: 'CANCELLED', payment: { id: 'pay_1', status: 'VOIDED', nextAction: null } })
    await buyOnce({ chance: chanceOf(ending) })
    expect(mutations().at(-1)).toBe('placeOrder')
  },
)
