import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())

const REQUEST = `mutation ($input: RequestPhoneVerificationInput!) { requestPhoneVerification(input: $input) {
  isAccepted userErrors { ... on UserError { message path } } } }`

let last = 0
/** A number that no other test has. */
function aNumber(): string {
  last += 1
  return `+49151${String(10_000_000 + last)}`
}
const request = (viewer: Viewer, number: string) => shop.execute(REQUEST, { input: { number } }, viewer)

describe('a number', () => {
  test('is written to three times an hour, whoever asks', async () => {
    const number = aNumber()
    const ask = async () => (await request(customer(newId('usr')), number)).errors[0]?.extensions?.code
    for (let count = 0; count < 3; count++) expect(await ask()).toBeUndefined()
    expect(await ask()).toBe('RATE_LIMITED')
    shop.pass(3_599_999)
    expect(await ask()).toBe('RATE_LIMITED')
    shop.pass(1)
    expect(await ask()).toBeUndefined()
  })

  test('of an account is asked for three times in a while', async () => {
    shop.pass(24 * 3_600_000)
    const viewer = customer(newId('usr'))
    const ask = async () => (await request(viewer, aNumber())).errors[0]?.extensions?.code
    for (let count = 0; count < 3; count++) expect(await ask()).toBeUndefined()
    expect(await ask()).toBe('RATE_LIMITED')
    shop.pass(1_199_999)
    expect(await ask()).toBe('RATE_LIMITED')
    shop.pass(1)
    expect(await ask()).toBeUndefined()
  })

  test('of any account is asked for ten times in a while by one address, which holds up no other', async () => {
    shop.pass(24 * 3_600_000)
    const ask = async (clientAddress: string) => {
      const viewer = customer(newId('usr'))
      const { errors } = await shop.execute(REQUEST, { input: { number: aNumber() } }, viewer, {
        clientAddress,
      })
      return errors[0]?.extensions?.code
    }
    for (let count = 0; count < 10; count++) expect(await ask('198.51.100.1')).toBeUndefined()
    expect(await ask('198.51.100.1')).toBe('RATE_LIMITED')
    expect(await ask('203.0.113.1')).toBeUndefined()
    shop.pass(599_999)
    expect(await ask('198.51.100.1')).toBe('RATE_LIMITED')
    shop.pass(1)
    expect(await ask('198.51.100.1')).toBeUndefined()
  })
})
