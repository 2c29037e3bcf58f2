import { expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import {
  CONFIRMED,
  DELIVERED,
  effectsOf,
  INPUTS,
  type Input,
  paid,
  refund,
  returned,
  STOPPED,
  stateOf,
  unit,
  why,
} from '../testing/saga-effects.ts'
import type { SagaInput } from './inputs.ts'
import { MAX_REFUND_ATTEMPTS } from './outstanding.ts'
import type { SagaOrder } from './saga.ts'
import type { ClaimLine } from './sale.ts'

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

const lost = (shipmentId: string, parcelCount: number, ...lines: ClaimLine[]): SagaInput => {
  return { type: 'ShipmentFailed', shipmentId, parcelCount, lines }
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
      ['the other unit is returned', back('ret_2', 2)],
      ['the refund of the first return failed', refused('ret_1')],
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
      ['staff refund 0.01', paidBack('rfk_1', 1n, 1n, 4n)],
      ['the refund of the return is reversed', reversed('ret_1', 4n, 0n, 4n)],
      ['staff refund 0.03', paidBack('rfk_2', 3n, 4n, 4n)],
    ],
  },
  {
    title: 'A refund by staff that is for one return is for no other, whose refund was reversed before it',
    before: [...DELIVERED, 'ret_1 is received', back('ret_2', 2), 'ret_1 is refunded'],
    inputs: [
      ['the second is refunded', paidBack('ret_2', 6n, 10n)],
      ['the first refund is reversed', reversed('ret_1', 4n, 6n, 4n)],
      ['staff refund 0.02', paidBack('rfk_1', 2n, 8n, 4n)],
      ['the second refund was reversed before that', reversed('ret_2', 6n, 0n, 10n)],
      ['staff refund 0.08', paidBack('rfk_2', 8n, 10n, 10n)],
    ],
  },
  {
    title:
      'The refund by staff that replaces a reversed one is known before the reversal, after one for another return',
    before: [...DELIVERED, 'ret_1 is received', back('ret_2', 2)],
    inputs: [
      ['staff refund 0.01', paidBack('rfk_1', 1n, 1n)],
      ['the first is refunded', paidBack('ret_1', 4n, 5n)],
      ['the second is refunded', paidBack('ret_2', 6n, 11n)],
      ['the second refund is reversed', reversed('ret_2', 6n, 5n, 6n)],
      ['staff refund 0.06', paidBack('rfk_2', 6n, 11n, 6n)],
      ['staff refund 0.04', paidBack('rfk_3', 4n, 11n, 10n)],
      ['the first refund was reversed before that', reversed('ret_1', 4n, 7n, 10n)],
    ],
  },
  {
    title: 'The refund of a return is for no other, whose refund was reversed before it',
    before: [...DELIVERED, 'ret_1 is received', back('ret_2', 2), 'ret_1 is refunded'],
    inputs: [
      ['the second is refunded', paidBack('ret_2', 6n, 6n, 4n)],
      ['the first refund was reversed before that', reversed('ret_1', 4n, 0n, 4n)],
      ['staff refund 0.04', paidBack('rfk_1', 4n, 10n, 4n)],
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
  {
    title: 'Two parcels are lost: the refund of the last includes shipping',
    before: CONFIRMED,
    inputs: [
      ['the first parcel', lost('shp_1', 2, unit(1))],
      ['the second parcel', lost('shp_2', 2, unit(2))],
      ['the first parcel again, of three', lost('shp_1', 3, unit(1))],
      ['a third parcel, of units that are claimed', lost('shp_3', 3, unit(2))],
    ],
  },
  {
    title: 'A unit is returned and the other lost: shipping is not refunded',
    before: [...CONFIRMED, 'shp_1 is delivered', 'ret_1 is received'],
    inputs: [['the second parcel is lost', lost('shp_2', 2, unit(2))]],
  },
  {
    title: 'A return is refunded with what refunds by staff and other returns leave',
    before: [...DELIVERED, 'ret_1 is received', 'staff refund 0.05'],
    inputs: [
      ['no answer arrived', INPUTS['no answer arrived']],
      ['the other unit is returned: 0.12 less 0.05 and 0.04', back('ret_2', 2)],
      ['it is refunded', paidBack('ret_2', 3n, 8n)],
    ],
  },
  {
    title: 'A return is refunded with the last cent',
    before: DELIVERED,
    inputs: [
      ['staff refund 0.11', paidBack('rfk_1', 11n, 11n)],
      ['a unit is returned', back('ret_1', 1)],
      ['a unit that nobody bought is returned', back('ret_2', 9)],
    ],
  },
  {
    title: 'A return is received while refunds by staff cover a part of another',
    before: [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded', 'the refund of ret_1 is reversed'],
    inputs: [
      ['staff refund 0.01, which covers a part of ret_1', paidBack('rfk_1', 1n, 1n, 4n)],
      ['staff refund another 0.07: the rest of ret_1, and 0.04', paidBack('rfk_2', 7n, 8n, 4n)],
      ['the first is reversed', reversed('rfk_1', 1n, 7n, 5n)],
      ['the other unit is returned: 0.12 less 0.07 and the 0.01 that ret_1 is due', back('ret_2', 2)],
    ],
  },
  {
    title: 'The refund of a return is the rest of the order: it settles a return that waits for staff',
    before: [...DELIVERED, 'ret_1 is received'],
    inputs: [
      ['the other unit is returned', back('ret_2', 2)],
      ['staff refund 0.06', paidBack('rfk_1', 6n, 6n)],
      ['ret_1 is refunded', paidBack('ret_1', 4n, 10n)],
      ['its refund is reversed', reversed('ret_1', 4n, 6n, 4n)],
      ['ret_2 is refunded', paidBack('ret_2', 6n, 12n, 4n)],
    ],
  },
  {
    title: 'A parcel is under way when all units are refunded: the order is REFUNDED once it has arrived',
    before: [...CONFIRMED, 'shp_1 is dispatched', 'ret_2 of both units is received'],
    inputs: [
      ['the return is refunded', paidBack('ret_2', 10n, 10n)],
      ['the first parcel is delivered', INPUTS['shp_1 is delivered']],
      ['the second parcel is delivered', INPUTS['shp_2 is delivered']],
    ],
  },
  {
    title: 'An attempt that was refused is reversed: it had succeeded, so staff refund the return',
    before: [...DELIVERED, 'ret_1 is received', 'the refund of ret_1 failed'],
    inputs: [
      ['the first attempt is reversed', reversed('ret_1', 4n, 0n, 4n)],
      ['staff refund 0.04', paidBack('rfk_1', 4n, 4n, 4n)],
    ],
  },
  {
    title: 'A refund by staff is reversed before its own message arrives',
    before: [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded', 'the refund of ret_1 is reversed'],
    inputs: [
      ['the refund by staff is reversed', reversed('rfk_1', 4n, 0n, 8n)],
      ['its own message', paidBack('rfk_1', 4n, 4n, 4n)],
    ],
  },
  {
    title: 'The refund of a lost parcel failed after its order was cancelled and refunded',
    before: [...CONFIRMED, 'the customer cancels', 'shp_1 is lost', 'shipping stopped the parcels'],
    inputs: [
      ['the order is refunded', INPUTS['the order is refunded']],
      ['the stock is back', INPUTS['the stock of the order is back']],
      ['the refund of the parcel failed', refused('shp_1')],
    ],
  },
  {
    title: 'A refund by staff is of the amount of the first of two returns',
    before: [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded', 'the refund of ret_1 is reversed'],
    inputs: [
      ['the other unit is returned', back('ret_2', 2)],
      ['it is refunded', paidBack('ret_2', 6n, 6n, 4n)],
      ['its refund is reversed', reversed('ret_2', 6n, 0n, 10n)],
      ['staff refund 0.04', paidBack('rfk_1', 4n, 4n, 10n)],
    ],
  },
]

/** A section with the answers to inputs that follow one another. */
function storyOf({ title, order = paid, before, inputs }: Story): string {
  let saga = stateOf(order, before)
  const entries = inputs.map(([name, input]) => {
    const lines = effectsOf(order, saga, input).map((line) => `  ${line}\n`)
    saga = stateOf(order, [input], saga)
    return `${name}:\n${lines.join('') || '  no effect\n'}`
  })
  return `## ${title}\n\n\`\`\`text\n${entries.join('\n')}\`\`\`\n`
}

test('refunds, reversals and returns that follow one another have the effects of refund-stories.md', async () => {
  const page = `# Stories of refunds

Refunds, reversals, returns and lost parcels that follow one another, with the effects of each: the state of the order, the fields that
change, the texts of the history, and the messages. The order is that of [transitions.md](transitions.md): goods of 0.04 and 0.06 USD, and
shipping of 0.02 USD. \`npx vitest run subgraphs/orders/saga/refund-stories.test.ts -u\` writes this page; the test compares it.

${STORIES.map(storyOf).join('\n')}`
  await expect(page).toMatchFileSnapshot('refund-stories.md')
})
