import { expect, test } from 'vitest'
import { answerTicketInput, openGuestTicketInput, openTicketInput, rateTicketInput } from './ticket-input.ts'

// ../bad-input.int.test.ts has the inputs that are refused.

const version = { id: 'tkt_019aa5c2-8c00-7000-8000-0000000000a1', expectedVersion: 1 }
const x = (length: number) => 'x'.repeat(length)
const url = `https://files.example/${x(2_000 - 'https://files.example/'.length)}`
const attachments = Array.from({ length: 5 }, () => ({ name: x(120), url }))
const texts = { subject: x(150), body: x(5_000) }

test('texts and files are accepted up to their bounds', () => {
  expect(openTicketInput.parse({ idempotencyKey: 'k', ...texts, attachments })).toMatchObject({
    ...{ ...texts, attachments },
  })
  const comment = x(1_000)
  expect(rateTicketInput.parse({ ...version, rating: 1, comment })).toMatchObject({ rating: 1, comment })
})

test('the number and the secret of an order are accepted up to their bounds', () => {
  const input = { idempotencyKey: 'k'.repeat(20), number: x(40), secret: x(100), ...texts }
  expect(openGuestTicketInput.parse(input)).toEqual(input)
})

test('variables are accepted up to their bounds', () => {
  const variables = Array.from({ length: 20 }, () => ({ name: x(40), value: x(200) }))
  const templateId = 'tpl_019aa5c2-8c00-7000-8000-0000000000a1'
  const answer = { idempotencyKey: 'k', ...version, templateId, variables, attachments: [] }
  expect(answerTicketInput.parse(answer)).toMatchObject({ body: null, templateId, variables })
})

test.each(['https://files.example/ä.jpg', 'https://fïles.example/a.jpg', 'https://files.example/a\u007f'])(
  'the URL %j of a file is refused, since it is not printable ASCII',
  (other) => {
    const input = { idempotencyKey: 'k', ...texts, attachments: [{ name: 'a.jpg', url: other }] }
    expect(openTicketInput.safeParse(input).error?.issues).toMatchObject([
      { path: ['attachments', 0, 'url'] },
    ])
  },
)
