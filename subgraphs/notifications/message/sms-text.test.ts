import { expect, test } from 'vitest'
import type { Message } from './message.ts'
import { MAX_SMS, smsOf } from './sms-text.ts'

const message = (body: string, url: string | null): Message => ({
  ...{ title: '', body, greeting: '', paragraphs: [], rows: [], closing: '', sealedToken: null },
  action: url === null ? null : { label: '', url },
})
const LINK = 'https://shop.example/orders/A-1'
const lengthOf = (text: string) => [...text].length

test('it names the sender, and ends with the link', () => {
  expect(smsOf(message('It has arrived.', LINK))).toBe(`Argyle: It has arrived. ${LINK}`)
  expect(smsOf(message('Your code is {token}.', null), '012345')).toBe('Argyle: Your code is 012345.')
})

test('a link that does not fit is left out, and a longer sentence is cut', () => {
  const room = MAX_SMS - 'Argyle: '.length
  const body = (length: number) => '🧦'.repeat(length)
  const fits = smsOf(message(body(room - LINK.length - 1), LINK))
  expect([lengthOf(fits), fits.endsWith(LINK)]).toEqual([MAX_SMS, true])
  const without = smsOf(message(body(room - LINK.length), LINK))
  expect(without).toBe(`Argyle: ${body(room - LINK.length)}`)
  expect(smsOf(message(body(room), LINK))).toBe(`Argyle: ${body(room)}`)
  expect(smsOf(message(body(room + 1), LINK))).toBe(`Argyle: ${body(room - 1)}…`)
})

test('a link with a secret is not sent', () => {
  expect(smsOf(message('A link.', 'https://shop.example/x#token={token}'), 'secret')).toBe('Argyle: A link.')
})
