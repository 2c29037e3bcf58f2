import { expect, test } from 'vitest'
import { anOldOrder } from '../testing/a-saga-order.ts'
import {
  CAPTURING,
  CONFIRMED,
  DELIVERED,
  effectsOf,
  free,
  INPUTS,
  type Input,
  later,
  paid,
  STOPPED,
  stateOf,
  UNPAID,
} from '../testing/saga-effects.ts'
import type { SagaOrder } from './saga.ts'

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
    'A return was refunded and restocked',
    paid,
    [...DELIVERED, 'ret_1 is received', 'ret_1 is refunded', 'the stock of ret_1 is back'],
  ],
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

/** The section of a state. Inputs that it answers alike are one entry; those without effect are not shown. */
function sectionOf([title, order, inputs]: (typeof STATES)[number]): string {
  const saga = stateOf(order, inputs)
  const answers = Object.entries(INPUTS).map(([name, input]) => ({
    name,
    lines: effectsOf(order, saga, input).map((line) => `  ${line}\n`),
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

test('each state answers each input as transitions.md says', async () => {
  const page = `# Transitions of the saga

The answers of an order of 0.12 USD, with one unit each of two variants, to every input: the next state, the fields that change, the texts
of the history, and the messages. An input that a state does not show has no effect there. \`npx vitest run
subgraphs/orders/saga/transitions.test.ts -u\` writes this page; the test compares it.

${STATES.map(sectionOf).join('\n')}`
  await expect(page).toMatchFileSnapshot('transitions.md')
})
