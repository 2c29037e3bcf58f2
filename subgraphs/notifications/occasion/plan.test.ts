import { describe, expect, test } from 'vitest'
import { nextLook } from './occasion.ts'
import { type Case, type KnownOrder, plan } from './plan.ts'

const now = new Date('2026-11-28T09:30:00.000Z')
const setting = {
  now,
  timeZone: 'UTC',
  storefront: 'https://shop.example',
  isAnswered: true,
  publicUrl: 'https://graph.example',
}

const order: KnownOrder = {
  number: 'A-7K2M-9QX3',
  customerId: 'usr_1',
  email: null,
  claimedBy: null,
  countryCode: 'GB',
  currency: 'EUR',
  totalMinor: '2338',
  lines: [],
  sequence: 1,
}
const person = {
  email: 'ada@argyle.example',
  verifiedEmail: 'ada@argyle.example',
  displayName: 'Ada',
  hasPush: false,
  phone: null,
  allowsOpenTracking: false,
}

function aCase(but: Partial<Case> = {}): Case {
  const id = 'ORDER_CONFIRMED ord_1'
  return { id, orderId: 'ord_1', userId: null, details: { kind: 'ORDER_CONFIRMED' }, order, person, ...but }
}

/** The channel, the recipient and the address of all planned messages. */
function planned(occasion: Case) {
  const decided = plan(occasion, setting)
  if (decided.type !== 'send') return decided
  return decided.messages.map(({ channel, recipient, address }) => [channel, recipient, address])
}

describe('the recipients of a message about an order', () => {
  test('its customer, in the app and by e-mail', () => {
    expect(planned(aCase())).toEqual([
      ['IN_APP', 'usr_1', null],
      ['EMAIL', 'usr_1', 'ada@argyle.example'],
    ])
  })

  test('its customer’s browsers, where there are any', () => {
    expect(planned(aCase({ person: { ...person, hasPush: true } }))).toContainEqual(['PUSH', 'usr_1', null])
    const expiresAt = '2026-11-28T10:00:00.000Z'
    const link = { kind: 'PASSWORD_RESET', email: 'ada@argyle.example', sealedToken: 'x', expiresAt } as const
    const reset = aCase({ orderId: null, userId: 'usr_1', details: link, order: null })
    expect(planned({ ...reset, person: { ...person, hasPush: true } })).toEqual([
      ['EMAIL', 'usr_1', 'ada@argyle.example'],
    ])
  })

  test('its customer’s phone, where there is one; a code goes to its own number alone', () => {
    const reached = { ...person, phone: '+4915112345678', allowsOpenTracking: false }
    expect(planned(aCase({ person: reached }))).toContainEqual(['SMS', 'usr_1', '+4915112345678'])
    const expiresAt = '2026-11-28T10:00:00.000Z'
    const code = { kind: 'PHONE_VERIFICATION', phone: '+4915187654321', sealedToken: 'x', expiresAt } as const
    const asked = aCase({ orderId: null, userId: 'usr_1', details: code, order: null, person: reached })
    expect(planned(asked)).toEqual([['SMS', 'usr_1', '+4915187654321']])
  })

  test('a guest, by e-mail alone', () => {
    const guests = { ...order, customerId: null, email: 'guest@argyle.example' }
    expect(planned(aCase({ order: guests, person: null }))).toEqual([
      ['EMAIL', 'guest@argyle.example', 'guest@argyle.example'],
    ])
  })

  test('the account that a guest’s order belongs to since', () => {
    const claimed = { ...order, customerId: null, email: 'guest@argyle.example', claimedBy: 'usr_2' }
    expect(planned(aCase({ order: claimed }))).toContainEqual(['EMAIL', 'usr_2', 'ada@argyle.example'])
  })

  test('nobody, as long as order or account is not known', () => {
    for (const but of [{ order: null }, { order: { ...order, sequence: 0 } }, { person: null }])
      expect(planned(aCase(but))).toEqual({ type: 'wait' })
  })

  test('nobody, once the account is deleted', () => {
    expect(
      planned(
        aCase({
          person: {
            ...person,
            email: null,
            displayName: '',
            hasPush: false,
            phone: null,
            allowsOpenTracking: false,
          },
        }),
      ),
    ).toMatchObject({
      type: 'drop',
    })
  })
})

test('a person is greeted by name at an address that the account has verified, and at no other', () => {
  const greetingOf = (verifiedEmail: string | null) => {
    const decided = plan(aCase({ person: { ...person, verifiedEmail } }), setting)
    return decided.type === 'send' ? decided.messages.map(({ message }) => message.greeting) : decided
  }
  expect(greetingOf(person.email)).toEqual(['Hello Ada,', 'Hello Ada,'])
  expect(greetingOf('another@argyle.example')).toEqual(['Hello,', 'Hello,'])
  expect(greetingOf(null)).toEqual(['Hello,', 'Hello,'])
})

test('the amounts of a message are in the currency of its order', () => {
  const lines = [{ title: 'Harbour Stripe', quantity: 2, totalMinor: '2338' }]
  const decided = plan(aCase({ order: { ...order, currency: 'USD', lines } }), setting)
  const [message] = decided.type === 'send' ? decided.messages.map((one) => one.message) : []
  expect(message?.body).toContain('of US$23.38.')
  expect(message?.rows.map(({ value }) => value)).toEqual(['US$23.38', 'US$23.38'])
})

test('a message after its expiry has no recipient', () => {
  const until = (expiresAt: string) => aCase({ details: { kind: 'PAYMENT_ACTION_NEEDED', expiresAt } })
  expect(planned(until('2026-11-28T09:30:00.000Z'))).toMatchObject({ type: 'drop', note: 'it was too late' })
  expect(planned(until('2026-11-28T09:30:00.001Z'))).toHaveLength(2)
})

test('an occasion that nothing is known of is looked at ever more rarely, for a day', () => {
  const pauses: number[] = []
  for (let attempts = 1; ; attempts++) {
    const next = nextLook(attempts, now)
    if (!next) break
    pauses.push(next.getTime() - now.getTime())
  }
  expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(Math.max(...pauses)).toBe(600_000)
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(23 * 3_600_000)
})
