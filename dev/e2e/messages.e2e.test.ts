import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { type Letter, inboxOf as lettersTo } from './inbox.ts'
import { sendMail } from './send-mail.ts'
import { signIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'

let shop: TestShop
let staff: GraphqlClient
let customer: GraphqlClient
beforeAll(async () => {
  shop = await startTestShop()
  ;[staff, customer] = [shop.visitor(), shop.visitor()]
  await signIn(staff, shop.accounts.staff)
  await signIn(customer, shop.accounts.customer)
})
afterAll(() => shop?.stop())

const inboxOf = (address: string) => lettersTo(shop.inboxUrl, address)

const ANSWER = `mutation ($input: AnswerTicketInput!) { answerTicket(input: $input) { ticket { id } userErrors { ... on UserError { message } } } }`
const answer = async (id: string, version: number) => {
  const input = {
    idempotencyKey: randomUUID(),
    id,
    expectedVersion: version,
    body: 'We send you a new pair.',
  }
  expect((await staff.ask(ANSWER, { input })).data.answerTicket.userErrors).toEqual([])
}
const TICKETS = 'edges { node { id version subject messages { edges { node { kind body } } } } }'
type Ticket = {
  id: string
  version: number
  subject: string
  messages: { edges: { node: { body: string } }[] }
}
const bodiesOf = ({ messages }: Ticket) => messages.edges.map(({ node }) => node.body)

/** Finds a ticket by its subject, among those that a query answers. */
const find = (client: GraphqlClient, query: string, subject: string): Promise<Ticket> =>
  waitUntil(
    async () => {
      const { data } = await client.ask(query)
      const { edges } = (data.me?.tickets ?? data.tickets) as { edges: { node: Ticket }[] }
      return edges.map(({ node }) => node).find((one) => one.subject === subject) as Ticket
    },
    (found) => found !== undefined,
  )

test('a customer’s e-mail opens a ticket, the answer is sent, and an e-mail to it is in the ticket', async () => {
  const { email } = shop.accounts.customer
  const subject = `A hole in the left sock ${randomUUID()}`
  await sendMail(shop.smtpUrl, { from: email, to: 'support@argyle.example', subject, text: 'It is large.' })
  const mine = `{ me { tickets(first: 5) { ${TICKETS} } } }`
  const { id, version } = await find(customer, mine, subject)
  await answer(id, version)
  const tagOf = (letter: Letter | undefined) =>
    letter?.headers.find(({ name }) => name === 'Reply-To')?.value ?? ''
  // The reply address of any other e-mail has no tag of a ticket.
  const letter = await waitUntil(
    async () => (await inboxOf(email)).find((one) => tagOf(one).includes('+')),
    (found) => found !== undefined,
  )
  const text =
    'Thank you.\r\n\r\nOn Sat, 28 Nov 2026 at 09:30, Argyle <shop@argyle.example> wrote:\r\n> There is an answer'
  await sendMail(shop.smtpUrl, { from: email, to: tagOf(letter), subject: `Re: ${letter?.subject}`, text })
  const after = await find(customer, mine, subject)
  expect(bodiesOf(after)).toEqual(['It is large.', 'We send you a new pair.', 'Thank you.'])
})

test('a guest’s e-mail opens a ticket, and the answer is in an e-mail', async () => {
  const [from, subject] = [`${randomUUID()}@guest.example`, `Where is it? ${randomUUID()}`]
  await sendMail(shop.smtpUrl, { from, to: 'support@argyle.example', subject, text: 'It has not come.' })
  const { id, version } = await find(staff, `{ tickets(first: 5) { ${TICKETS} } }`, subject)
  await answer(id, version)
  const [letter] = await waitUntil(
    () => inboxOf(from),
    (letters) => letters.length > 0,
  )
  expect(letter?.text).toContain('We send you a new pair.')
  await expect(
    sendMail(shop.smtpUrl, {
      from: 'refused@argyle.example',
      to: 'refused@argyle.example',
      subject,
      text: 'x',
    }),
  ).rejects.toThrow('550')
})

test('a number is verified by the code of a text message, which the inbox shows', async () => {
  const number = '+4915112345678'
  const request = `mutation ($input: RequestPhoneVerificationInput!) { requestPhoneVerification(input: $input) { isAccepted } }`
  expect((await customer.ask(request, { input: { number } })).data.requestPhoneVerification.isAccepted).toBe(
    true,
  )
  const [letter] = await waitUntil(
    () => inboxOf(`${number}@sms.invalid`),
    (letters) => letters.length > 0,
  )
  const [code] = /\d{6}/.exec(letter?.text ?? '') ?? []
  const verify = `mutation ($input: VerifyPhoneInput!) { verifyPhone(input: $input) { phone { number } userErrors { ... on UserError { message } } } }`
  expect((await customer.ask(verify, { input: { code } })).data.verifyPhone).toEqual({
    phone: { number },
    userErrors: [],
  })
})

test('browsers can subscribe: the demonstration has a key', async () => {
  const { data } = await shop.visitor().ask('{ webPushKey }')
  expect(data.webPushKey).toMatch(/^[\w-]{87}$/)
})
