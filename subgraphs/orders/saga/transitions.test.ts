import type { NewEvent } from '@argyle/kit/envelope'
import { expect, test } from 'vitest'
import { anOldOrder, aSagaOrder } from '../testing/a-saga-order.ts'
import { decide } from './decide.ts'
import { describe } from './describe.ts'
import { messagesOf } from './effects.ts'
import { evolve, saleOf } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { dueAt, MAX_REFUND_ATTEMPTS } from './outstanding.ts'
import { placed, type Saga, type SagaOrder } from './saga.ts'

const NOW = new Date('2026-11-21T09:00:00Z')
const TWELVE_MINUTES_LATER = new Date('2026-11-21T09:12:00Z')

const allocations = ['var_1', 'var_2'].map((variantId) => {
  return { warehouseId: 'whs_1', warehouseCode: 'LEI-1', variantId, quantity: 1 }
})
const why = { code: 'closed', message: 'The card is closed' }
const parcel = (index: number) => ({ shipmentId: `shp_${index}`, parcelCount: 2 })
const unit = (index: number) => ({ orderLineId: `oln_${index}`, quantity: 1 })
const returned = (index: number, restock: boolean) => {
  return { ...unit(index), variantId: `var_${index}`, warehouseId: 'whs_1', restock }
}
const refund = (refundId: string, amountMinor: bigint, refundedMinor: bigint, reversedMinor = 0n) => {
  return { refundId, amountMinor, refundedMinor, reversedMinor }
}

/** Every input, those whose fields matter more than once. */
const INPUTS = {
  'the stock is reserved': { type: 'StockReserved', reservationId: 'res_1' },
  'the stock is rejected': { type: 'StockRejected', shortages: [] },
  'the stock is committed': { type: 'StockCommitted', allocations },
  'the stock is committed, without allocations': { type: 'StockCommitted', allocations: [] },
  'the stock is released': { type: 'StockReleased' },
  'the stock of the order is back': { type: 'StockRestocked', restockId: 'cancel' },
  'stock without a name is back': { type: 'StockRestocked', restockId: null },
  'the stock of ret_1 is back': { type: 'StockRestocked', restockId: 'ret_1' },
  'the reservation expired': { type: 'ReservationExpired' },
  'the customer chose how to pay': { type: 'PaymentChosen' },
  'the payment is authorized': { type: 'PaymentAuthorized' },
  'the payment is declined': { type: 'PaymentDeclined', ...why },
  'the bank asks the customer': { type: 'ActionRequired', expiresAt: '2026-11-21T09:10:00.000Z' },
  'the payment is captured': { type: 'PaymentCaptured', capturedMinor: 12n },
  'the capture failed': { type: 'CaptureFailed', ...why },
  'the payment is voided': { type: 'PaymentVoided' },
  'the order is refunded': { type: 'PaymentRefunded', ...refund('ord_1:cancel', 12n, 12n) },
  'the refund of the order failed': { type: 'RefundFailed', refundId: 'ord_1:cancel', ...why },
  'ret_1 is refunded': { type: 'PaymentRefunded', ...refund('ret_1', 4n, 4n) },
  'the refund of ret_1 failed': { type: 'RefundFailed', refundId: 'ret_1', ...why },
  'the refund of ret_1 is reversed': { type: 'RefundReversed', ...refund('ret_1', 4n, 0n, 4n), ...why },
  'staff refund 0.05': { type: 'PaymentRefunded', ...refund('rfk_1', 5n, 5n) },
  'staff refund 0.12': { type: 'PaymentRefunded', ...refund('rfk_1', 12n, 12n) },
  'shp_1 is packed': { type: 'ShipmentCreated', ...parcel(1) },
  'shp_1 is dispatched': { type: 'ShipmentDispatched', ...parcel(1) },
  'shp_1 is delivered': { type: 'ShipmentDelivered', ...parcel(1) },
  'shp_2 is delivered': { type: 'ShipmentDelivered', ...parcel(2) },
  'shp_1 is lost': { type: 'ShipmentFailed', ...parcel(1), lines: [unit(1)] },
  'the only parcel is lost': {
    ...{ type: 'ShipmentFailed', shipmentId: 'shp_1', parcelCount: 1, lines: [unit(1), unit(2)] },
  },
  'shipping stopped the parcels': { type: 'ShippingCancelled' },
  'shipping did not stop shp_1': { type: 'ShippingCancelRefused', shipmentId: 'shp_1' },
  'ret_1 is received': { type: 'ReturnReceived', returnId: 'ret_1', lines: [returned(1, true)] },
  'ret_2 of both units is received': {
    ...{ type: 'ReturnReceived', returnId: 'ret_2', lines: [returned(1, true), returned(2, false)] },
  },
  'the customer cancels': { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' },
  'the address was removed': { type: 'CancelRequested', actor: 'shop', reason: 'ADDRESS_REMOVED' },
  'no answer arrived': { type: 'TimedOut', now: NOW },
  'twelve minutes passed': { type: 'TimedOut', now: TWELVE_MINUTES_LATER },
} as const satisfies Record<string, SagaInput>

type Input = keyof typeof INPUTS

const paid = aSagaOrder()
const free = aSagaOrder({ totalMinor: 0n, paymentMethodId: null })
const later = aSagaOrder({ payLater: true })
const CAPTURING: Input[] = ['the stock is reserved', 'the payment is authorized', 'the stock is committed']
const CONFIRMED: Input[] = [...CAPTURING, 'the payment is captured']
const DELIVERED: Input[] = [...CONFIRMED, 'shp_1 is delivered', 'shp_2 is delivered']
const STOPPED: Input[] = [...CONFIRMED, 'the customer cancels', 'shipping stopped the parcels']
const UNPAID: Input[] = ['the stock is reserved', 'the customer cancels']

/** The states, by the inputs that lead to each. */
const STATES: readonly (readonly [title: string, order: SagaOrder, inputs: readonly Input[]])[] = [
  ['A new order', paid, []],
  ['A new order with a total of zero', free, []],
  ['A new order whose payment is chosen later', later, []],
  ['The payment is to be chosen', later, ['the stock is reserved']],
  ['The payment is being authorized', paid, ['the stock is reserved']],
  ['The stock is being committed', paid, ['the stock is reserved', 'the payment is authorized']],
  ['The stock of an order with a total of zero is being committed', free, ['the stock is reserved']],
  ['The stock of an order of before shipping is being committed', anOldOrder(), ['the stock is reserved']],
  ['The payment is being captured', paid, CAPTURING],
  ['Shipping is asked for parcels', paid, CONFIRMED],
  [
    'An order of before shipping is confirmed',
    anOldOrder(),
    ['the stock is reserved', 'the stock is committed'],
  ],
  ['The order is being packed', paid, [...CONFIRMED, 'shp_1 is packed']],
  ['One of two parcels was dispatched', paid, [...CONFIRMED, 'shp_1 is dispatched']],
  ['One of two parcels was lost', paid, [...CONFIRMED, 'shp_1 is lost']],
  ['The order is delivered', paid, DELIVERED],
  ['A return was received', paid, [...DELIVERED, 'ret_1 is received']],
  ['A return was refunded', paid, [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded']],
  [
    'The refund of a return was reversed',
    paid,
    [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded', 'the refund of ret_1 is reversed'],
  ],
  ['A delivered order was refunded by staff', paid, [...DELIVERED, 'staff refund 0.12']],
  ['Shipping is asked to stop the parcels', paid, [...CONFIRMED, 'the customer cancels']],
  [
    'Shipping is asked to stop the parcels of an order that staff refunded',
    paid,
    [...CONFIRMED, 'staff refund 0.12', 'the customer cancels'],
  ],
  ['Stock is being released and the payment voided', paid, UNPAID],
  ['The payment is being voided', paid, [...UNPAID, 'the stock is released']],
  ['Stock is being released', paid, [...UNPAID, 'the payment is voided']],
  ['Stock is being restocked and the payment refunded', paid, STOPPED],
  ['The payment is being refunded', paid, [...STOPPED, 'the stock of the order is back']],
  ['Stock is being restocked', paid, [...STOPPED, 'the order is refunded']],
  ['An unpaid order is cancelled', paid, [...UNPAID, 'the stock is released', 'the payment is voided']],
  [
    'A paid order is cancelled',
    paid,
    [...STOPPED, 'the stock of the order is back', 'the order is refunded'],
  ],
  ['An order with a total of zero is cancelled', free, ['the stock is rejected']],
]

const paidBack = (
  refundId: string,
  amountMinor: bigint,
  refundedMinor: bigint,
  reversedMinor = 0n,
): SagaInput => {
  return { type: 'PaymentRefunded', ...refund(refundId, amountMinor, refundedMinor, reversedMinor) }
}
const reversed = (
  refundId: string,
  amountMinor: bigint,
  refundedMinor: bigint,
  reversedMinor: bigint,
): SagaInput => {
  return { type: 'RefundReversed', ...refund(refundId, amountMinor, refundedMinor, reversedMinor), ...why }
}
const refused = (refundId: string): SagaInput => ({ type: 'RefundFailed', refundId, ...why })
const back = (returnId: string, index: number, quantity = 1): SagaInput => {
  return { type: 'ReturnReceived', returnId, lines: [{ ...returned(index, true), quantity }] }
}

/** Inputs whose effect depends on those before. */
type Story = {
  readonly title: string
  readonly order?: SagaOrder
  readonly before: readonly (Input | SagaInput)[]
  readonly inputs: readonly (readonly [name: string, input: SagaInput])[]
}

const threeUnits = aSagaOrder({
  lines: [{ id: 'oln_1', variantId: 'var_1', quantity: 3, paidMinor: 10n, weightGrams: 60 }],
})
/** The failed attempts of a refund but the last. */
const refusals = (base: string) =>
  Array.from({ length: MAX_REFUND_ATTEMPTS - 1 }, (_, index) =>
    refused(index ? `${base}:${index + 1}` : base),
  )

const STORIES: readonly Story[] = [
  {
    title: 'The units of a line are returned one by one: the refunds add up to its price',
    order: threeUnits,
    before: DELIVERED,
    inputs: [
      ['one unit', back('ret_1', 1)],
      ['it is refunded', paidBack('ret_1', 3n, 3n)],
      ['one more', back('ret_2', 1)],
      ['it is refunded', paidBack('ret_2', 3n, 6n)],
      ['two more, of which one was bought', back('ret_3', 1, 2)],
      ['a refund of another attempt', paidBack('ret_3:2', 4n, 6n)],
      ['it is refunded', paidBack('ret_3', 4n, 10n)],
      ['its message is repeated', paidBack('ret_3', 4n, 10n)],
      ['its refund is reversed', reversed('ret_3', 4n, 6n, 4n)],
      ['staff refund it', paidBack('rfk_1', 4n, 10n, 4n)],
    ],
  },
  {
    title: 'The only parcel is lost, and refunded with shipping',
    before: CONFIRMED,
    inputs: [
      ['the only parcel is lost', INPUTS['the only parcel is lost']],
      ['the message is repeated', INPUTS['the only parcel is lost']],
      ['it is refunded', paidBack('shp_1', 12n, 12n)],
    ],
  },
  {
    title: 'Staff refund an order while a return is being refunded',
    before: [...DELIVERED, 'ret_1 is received'],
    inputs: [
      ['staff refund 0.12', paidBack('rfk_1', 12n, 12n)],
      ['the refund of the return failed', refused('ret_1')],
    ],
  },
  {
    title: 'Staff refund a part of an order while a return is being refunded',
    before: [...DELIVERED, 'ret_1 is received'],
    inputs: [
      ['staff refund 0.11', paidBack('rfk_1', 11n, 11n)],
      ['the refund of the return failed', refused('ret_1')],
      ['no answer arrived', INPUTS['no answer arrived']],
      ['its second attempt succeeded', paidBack('ret_1:2', 1n, 12n)],
    ],
  },
  {
    title: 'Refunds by staff cover returns whose refunds were reversed, and are reversed too',
    before: [...DELIVERED, 'ret_1 is received'],
    inputs: [
      ['the other unit is returned', back('ret_2', 2)],
      ['the first is refunded', paidBack('ret_1', 4n, 4n)],
      ['the second is refunded', paidBack('ret_2', 6n, 10n)],
      ['the first refund is reversed', reversed('ret_1', 4n, 6n, 4n)],
      ['the second refund is reversed', reversed('ret_2', 6n, 0n, 10n)],
      ['staff refund 0.05', paidBack('rfk_1', 5n, 5n, 10n)],
      ['staff refund 0.02', paidBack('rfk_2', 2n, 7n, 10n)],
      ['the refund of 0.05 is reversed', reversed('rfk_1', 5n, 2n, 15n)],
      ['its message is repeated', reversed('rfk_1', 5n, 2n, 15n)],
      ['staff refund 0.08', paidBack('rfk_3', 8n, 10n, 15n)],
    ],
  },
  {
    title: 'The refund by staff that replaces a reversed one is known before the reversal',
    before: [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded'],
    inputs: [
      ['staff refund 0.03', paidBack('rfk_1', 3n, 3n, 4n)],
      ['the refund of the return is reversed', reversed('ret_1', 4n, 0n, 4n)],
      ['staff refund 0.01', paidBack('rfk_2', 1n, 4n, 4n)],
    ],
  },
  {
    title: 'The message of a refund arrives after that of a later one',
    before: DELIVERED,
    inputs: [
      ['the second refund, of 0.03', paidBack('rfk_2', 3n, 8n)],
      ['the first refund, of 0.05', paidBack('rfk_1', 5n, 5n)],
    ],
  },
  {
    title:
      'The message of a refund arrives after its reversal and a later refund: a credit note is due for it',
    before: DELIVERED,
    inputs: [
      ['the second refund, of 0.03', paidBack('rfk_2', 3n, 3n, 5n)],
      ['the first refund, of 0.05, which was reversed', paidBack('rfk_1', 5n, 5n)],
      ['its message is repeated', paidBack('rfk_1', 5n, 5n)],
    ],
  },
  {
    title: 'The refund of a cancelled order failed 20 times',
    before: [...STOPPED, 'the stock of the order is back', ...refusals('ord_1:cancel')],
    inputs: [
      ['the last attempt failed', refused('ord_1:cancel:20')],
      ['no answer arrived', INPUTS['no answer arrived']],
      ['staff refund 0.05', paidBack('rfk_1', 5n, 5n)],
      ['staff refund 0.07', paidBack('rfk_2', 7n, 12n)],
      ['a refund by staff is reversed', reversed('rfk_1', 5n, 7n, 5n)],
    ],
  },
  {
    title: 'A refund by staff was reversed while the order was being cancelled: staff refund the rest',
    before: [...CONFIRMED, 'staff refund 0.05', 'the customer cancels', 'shipping stopped the parcels'],
    inputs: [
      ['the refund by staff is reversed', reversed('rfk_1', 5n, 0n, 5n)],
      ['the refund of the order succeeded', paidBack('ord_1:cancel', 7n, 7n, 5n)],
      ['the stock is back', INPUTS['the stock of the order is back']],
      ['no answer arrived', INPUTS['no answer arrived']],
      ['staff refund 0.05', paidBack('rfk_2', 5n, 12n, 5n)],
    ],
  },
  {
    title: 'A parcel is lost while shipping is asked to stop the others',
    before: [...CONFIRMED, 'the customer cancels', 'shp_1 is lost'],
    inputs: [
      ['shipping stopped the parcels', INPUTS['shipping stopped the parcels']],
      ['the lost parcel is refunded', paidBack('shp_1', 4n, 4n)],
      ['the refund of the order failed', refused('ord_1:cancel')],
      ['no answer arrived', INPUTS['no answer arrived']],
      ['the second attempt succeeded', paidBack('ord_1:cancel:2', 8n, 12n)],
      ['the stock is back', INPUTS['the stock of the order is back']],
    ],
  },
]

type Fields = Readonly<Record<string, unknown>>

/** The fields of a saga by name. Those of its sale, parcels and claims are beside those of its stage. */
function fieldsOf(saga: Saga): Fields {
  const { status: _, step: __, ...fields } = saga.stage
  const { claims, parcels, ...sums } = saleOf(saga)
  const states = parcels.map(({ shipmentId, state }): [string, string] => [`parcel ${shipmentId}`, state])
  const byId = claims.map(({ id, ...claim }): [string, Fields] => [`claim ${id}`, claim])
  const all = { ...fields, sale: undefined, ...sums, attempts: saga.attempts }
  return { ...all, ...Object.fromEntries(states), ...Object.fromEntries(byId) }
}

const json = (value: unknown) =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner))

/** The fields that differ from those before; of a claim, likewise. */
function changesOf(before: Fields, after: Fields): [name: string, value: unknown][] {
  return Object.entries(after).flatMap(([name, value]): [string, unknown][] => {
    const known = before[name]
    if (json(value) === json(known)) return []
    const isClaim = name.startsWith('claim ') && known !== undefined
    return [[name, isClaim ? Object.fromEntries(changesOf(known as Fields, value as Fields)) : value]]
  })
}

/** Messages whose values depend on the state. Those of the others are in commands.test.ts. */
const VARIES = /^(?:orders\.|payments\.refund|inventory\.restock)/

function shown({ type, data }: NewEvent): string {
  // The data of each message about an order is an object.
  const { orderId: _, number: __, customerId: ___, ...more } = data as Fields
  return VARIES.test(type) && Object.keys(more).length > 0 ? `→ ${type} ${json(more)}` : `→ ${type}`
}

/** The answer to an input, line by line: the state, its changes, the texts of the history, the messages. */
function answerOf(order: SagaOrder, before: Saga, input: SagaInput): string[] {
  let saga = before
  const effects = decide(order, saga, input, NOW).flatMap((event) => {
    saga = evolve(saga, event)
    const text = describe(order, saga, event)
    return [...(text === null ? [] : [`“${text}”`]), ...messagesOf(order, saga, event).map(shown)]
  })
  if (saga === before && effects.length === 0) return []
  const due = dueAt(saga, NOW)
  const wait = due ? `, due in ${(due.getTime() - NOW.getTime()) / 1_000} s` : ''
  const { stage, version } = saga
  const changes = changesOf(fieldsOf(before), fieldsOf(saga)).map(
    ([name, value]) => `${name}: ${json(value)}`,
  )
  return [`${stage.status} ${stage.step}, version ${version}${wait}`, ...changes, ...effects]
}

function stateOf(order: SagaOrder, inputs: readonly (Input | SagaInput)[]): Saga {
  const all = inputs.map((input) => (typeof input === 'string' ? INPUTS[input] : input))
  return all.reduce((saga, input) => decide(order, saga, input, NOW).reduce(evolve, saga), placed)
}

/** The section of a state. Inputs that it answers alike are one entry; those without effect are not shown. */
function sectionOf([title, order, inputs]: (typeof STATES)[number]): string {
  const saga = stateOf(order, inputs)
  const answers = Object.entries(INPUTS).map(([name, input]) => ({
    name,
    lines: answerOf(order, saga, input).map((line) => `  ${line}\n`),
  }))
  const alike = Map.groupBy(answers, ({ lines }) => lines.join(''))
  const entries = [...alike].map(([lines, group]) => {
    return lines && `${group.map(({ name }) => name).join(', or ')}:\n${lines}`
  })
  const { stage, version } = saga
  return `## ${title}

${stage.status} ${stage.step}, version ${version}

\`\`\`text
${entries.filter(Boolean).join('\n')}\`\`\`
`
}

/** A section with the answers to inputs that follow one another. */
function storyOf({ title, order = paid, before, inputs }: Story): string {
  let saga = stateOf(order, before)
  const entries = inputs.map(([name, input]) => {
    const lines = answerOf(order, saga, input).map((line) => `  ${line}\n`)
    saga = decide(order, saga, input, NOW).reduce(evolve, saga)
    return `${name}:\n${lines.join('') || '  no effect\n'}`
  })
  return `## ${title}\n\n\`\`\`text\n${entries.join('\n')}\`\`\`\n`
}

test('each state answers each input as transitions.md says', async () => {
  const page = `# Transitions of the saga

The answers of an order of 0.12 USD, with one unit each of two variants, to every input: the next state, the fields that change, the texts
of the history, and the messages. An input that a state does not show has no effect there. \`npx vitest run
subgraphs/orders/saga/transitions.test.ts -u\` writes this page; the test compares it.

${[...STATES.map(sectionOf), ...STORIES.map(storyOf)].join('\n')}`
  await expect(page).toMatchFileSnapshot('transitions.md')
})
