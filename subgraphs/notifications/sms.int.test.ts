import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectOthersKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenNotifications, openMailbox, openNotifications } from './testing/open-notifications.ts'

let sink: Awaited<ReturnType<typeof openMailbox>>
let shop: OpenNotifications
beforeAll(async () => {
  sink = await openMailbox()
  shop = await openNotifications({ SMS_GATEWAY: 'sink', SMS_SINK_URL: sink.smsUrl })
})
afterAll(async () => {
  await shop.close()
  await sink.close()
})

const REQUEST = `mutation ($input: RequestPhoneVerificationInput!) { requestPhoneVerification(input: $input) {
  isAccepted userErrors { ... on UserError { message path } } } }`
const VERIFY = `mutation ($input: VerifyPhoneInput!) { verifyPhone(input: $input) {
  phone { number verifiedAt stoppedAt } userErrors { ... on UserError { message path } } } }`
const READ = '{ notificationPreferences { phone { number verifiedAt stoppedAt } } }'

let last = 0
/** A number that no other test has. */
function aNumber(): string {
  last += 1
  return `+49151${String(10_000_000 + last)}`
}
const request = (viewer: Viewer, number: string) => shop.execute(REQUEST, { input: { number } }, viewer)
async function verify(viewer: Viewer, code: string) {
  return (await shop.execute(VERIFY, { input: { code } }, viewer)).data.verifyPhone
}
const phoneOf = async (viewer: Viewer) =>
  (await shop.execute(READ, {}, viewer)).data.notificationPreferences.phone
const textsTo = async (number: string) =>
  (await sink.mailTo(`${number}@sms.invalid`)).map(({ text }) => text.trim())

/** The code that came to a number last. */
async function codeFor(viewer: Viewer, number: string, written = number): Promise<string> {
  const { errors } = await request(viewer, written)
  expect(errors).toEqual([])
  await shop.work()
  return /\d{6}/.exec((await textsTo(number)).at(-1) ?? '')?.[0] ?? ''
}
/** A code that stands alone: six digits within an id, a hash or a number are another thing, and may be equal by chance. */
const alone = (code: string) => `(?<![0-9a-f])${code}(?![0-9a-f])`
const another = (code: string) => (code === '000000' ? '000001' : '000000')

/** A person with a verified number. */
async function aReader(number = aNumber()) {
  const person = await shop.aPerson()
  const viewer = customer(person.userId)
  const { userErrors } = await verify(viewer, await codeFor(viewer, number))
  expect(userErrors).toEqual([])
  return { ...person, viewer, number }
}
async function deliver(userId: string) {
  const orderId = await shop.anOrder({ customerId: userId, countryCode: 'GB' })
  await shop.deliverSample('shipping.shipment.delivered', { orderId, shipmentId: newId('shp') })
  await shop.work()
}
type Row = { channel: string; status: string; lastError: string | null }
const rowsOf = (userId: string, kind: string) =>
  shop.sql<Row>(
    `SELECT channel, status, last_error AS "lastError" FROM notification WHERE user_id = $1 AND kind = $2 ORDER BY channel`,
    userId,
    kind,
  )

describe('a number', () => {
  test('gets messages after its code was entered, which is only in the text message and is not stored', async () => {
    const { userId, email } = await shop.aPerson()
    const [viewer, number] = [customer(userId), aNumber()]
    const code = await codeFor(viewer, number, `${number.slice(0, 6)} ${number.slice(6)}`)
    expect(await textsTo(number)).toEqual([
      expect.stringMatching(/^Argyle: \d{6} is your verification code\./),
    ])
    expect(await shop.mailTo(email)).toEqual([])
    expect(await phoneOf(viewer)).toBeNull()
    for (const table of ['phone_code', 'occasion', 'notification'])
      expect(await shop.sql(`SELECT 1 FROM ${table} t WHERE t::text ~* $1`, alone(code))).toEqual([])
    const phone = { number, verifiedAt: shop.now().toISOString(), stoppedAt: null }
    expect(await verify(viewer, code)).toEqual({ phone, userErrors: [] })
    expect(await phoneOf(viewer)).toEqual(phone)
  })

  test('has a code that counts once', async () => {
    const { userId } = await shop.aPerson()
    const [viewer, number] = [customer(userId), aNumber()]
    const code = await codeFor(viewer, number)
    const answers = await shop.manyAtOnce(3, () => verify(viewer, code))
    expect(answers.filter(({ phone }) => phone !== null)).toHaveLength(1)
  })

  test('has a code for ten minutes', async () => {
    const { userId } = await shop.aPerson()
    const viewer = customer(userId)
    const code = await codeFor(viewer, aNumber())
    shop.pass(599_999)
    await shop.runTimer('forget-phone-codes')
    expect(await shop.sql('SELECT 1 FROM phone_code WHERE user_id = $1', userId)).toHaveLength(1)
    shop.pass(1)
    expect(await verify(viewer, code)).toMatchObject({ phone: null, userErrors: [{ path: ['code'] }] })
    await shop.runTimer('forget-phone-codes')
    expect(await shop.sql('SELECT 1 FROM phone_code WHERE user_id = $1', userId)).toEqual([])
    expect(await shop.sql('SELECT 1 FROM throttle')).not.toEqual([])
    shop.pass(24 * 3_600_000)
    await shop.runTimer('forget-throttles')
    expect(await shop.sql('SELECT 1 FROM throttle')).toEqual([])
  })

  test('has five tries, also where they come at once', async () => {
    const { userId } = await shop.aPerson()
    const viewer = customer(userId)
    const code = await codeFor(viewer, aNumber())
    const answers = await shop.manyAtOnce(5, () => verify(viewer, another(code)))
    const messages = answers.map(({ userErrors }) => userErrors[0].message as string)
    const left = messages.map((message) => /(\d) attempts/.exec(message)?.[1])
    expect(left.toSorted().join(' ')).toBe('0 1 2 3 4')
    expect(await verify(viewer, code)).toMatchObject({
      phone: null,
      userErrors: [{ message: expect.stringContaining('request another') }],
    })
    // Another code has five tries again.
    const next = await codeFor(viewer, aNumber())
    expect((await verify(viewer, another(next))).userErrors[0].message).toContain('; 4 attempts')
    expect(await verify(viewer, next)).toMatchObject({ userErrors: [] })
  })

  test('is proved by a code of the account that asked, and by the last one', async () => {
    const { userId } = await shop.aPerson()
    const [viewer, number] = [customer(userId), aNumber()]
    const first = await codeFor(viewer, number)
    shop.pass(599_999)
    const second = await codeFor(viewer, number)
    shop.pass(599_999)
    expect(await verify(customer(newId('usr')), second)).toMatchObject({ phone: null })
    if (first !== second) expect(await verify(viewer, first)).toMatchObject({ phone: null })
    expect(await verify(viewer, second)).toMatchObject({ phone: { number } })
  })

  test.each([
    ['0151 12345678', '0151 12345678'],
    ['+49', '+49'],
    ['+4901512345678901', 'country code'],
    ['+8801712345678', '+49'],
    ['x'.repeat(41), 'at most 40 characters'],
  ])('%s is refused', async (number, echoed) => {
    const { data } = await request(customer(newId('usr')), number)
    expect(data.requestPhoneVerification).toMatchObject({
      isAccepted: false,
      userErrors: [{ path: ['number'], message: expect.stringContaining(echoed) }],
    })
  })

  test.each(['12345', '1234567', 'abcdef', '٠١٢٣٤٥'])('a code %s is refused', async (code) => {
    expect(await verify(customer(newId('usr')), code)).toMatchObject({
      phone: null,
      userErrors: [{ path: ['code'], message: expect.stringContaining('six digits') }],
    })
  })

  test('is for accounts', async () => {
    const asked: [string, object][] = [
      [REQUEST, { number: '+4915112345678' }],
      [VERIFY, { code: '123456' }],
      ['mutation { removePhone { isRemoved } }', {}],
    ]
    for (const [query, input] of asked) {
      const { errors } = await shop.execute(query, { input }, anonymous)
      expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    }
  })

  test('gets nothing more once it is removed, also of what waited', async () => {
    shop.pass(24 * 3_600_000)
    const { userId, viewer, number } = await aReader()
    // Another account has the number as well.
    await aReader(number)
    await deliver(userId)
    const before = await textsTo(number)
    const unsent = { status: 'SUPPRESSED', lastError: 'the message is no longer needed' }
    const sendsAgain = async () => {
      await shop.sql(
        `UPDATE notification SET status = 'QUEUED' WHERE user_id = $1 AND channel = 'SMS' AND kind = 'ORDER_DELIVERED'`,
        userId,
      )
      shop.pass(3_600_000)
      await shop.work()
      return (await rowsOf(userId, 'ORDER_DELIVERED')).filter(({ channel }) => channel === 'SMS')
    }
    // The account has another number since.
    const next = aNumber()
    shop.pass(1_000)
    const phone = { number: next, verifiedAt: shop.now().toISOString() }
    expect(await verify(viewer, await codeFor(viewer, next))).toMatchObject({ phone })
    expect(await sendsAgain()).toMatchObject([unsent])
    await shop.execute('mutation { removePhone { isRemoved } }', {}, viewer)
    expect(await sendsAgain()).toMatchObject([unsent])
    expect([await textsTo(number), (await textsTo(next)).length]).toEqual([before, 1])
  })

  test('that was stopped is forgotten with its account', async () => {
    shop.pass(24 * 3_600_000)
    const { userId, number } = await aReader()
    await shop.sql(
      `INSERT INTO stopped_address (address, reason, since) VALUES ($1, 'STOP', now()) RETURNING 1`,
      number,
    )
    await shop.deliverSample('users.account.deleted', { userId }, { sequence: 9 })
    expect(await shop.sql('SELECT 1 FROM stopped_address WHERE address = $1', number)).toEqual([])
  })

  test('is removed with all that waits for it, and erased with its account', async () => {
    shop.pass(24 * 3_600_000)
    const [first, other] = [await aReader(), await aReader()]
    const [waiting, code] = [aNumber(), await codeFor(first.viewer, aNumber())]
    const theirs = await codeFor(other.viewer, waiting)
    const remove = () => shop.execute('mutation { removePhone { isRemoved } }', {}, first.viewer)
    for (let time = 0; time < 2; time++)
      expect((await remove()).data.removePhone).toEqual({ isRemoved: true })
    expect(await verify(first.viewer, code)).toMatchObject({ phone: null, userErrors: [{ path: ['code'] }] })
    expect(await phoneOf(first.viewer)).toBeNull()
    // Another account keeps its number, and the code that it waits for.
    expect(await phoneOf(other.viewer)).toMatchObject({ number: other.number })
    await aReader()
    expect(await verify(other.viewer, theirs)).toMatchObject({ phone: { number: waiting } })
    const second = await aReader()
    await request(second.viewer, aNumber())
    await shop.deliverSample('users.account.deleted', { userId: second.userId }, { sequence: 9 })
    for (const table of ['phone', 'phone_code', 'notification'])
      expect(await shop.sql(`SELECT 1 FROM ${table} WHERE user_id = $1`, second.userId)).toEqual([])
  })
})

describe('a text message', () => {
  test('gets one message about a delivered parcel, however often the event arrives; of other kinds if they are turned on', async () => {
    shop.pass(24 * 3_600_000)
    const { userId, viewer, number } = await aReader()
    const orderId = await shop.anOrder({ customerId: userId, countryCode: 'GB' })
    const shipment = { orderId, shipmentId: newId('shp') }
    for (let time = 0; time < 3; time++) await shop.deliverSample('shipping.shipment.delivered', shipment)
    await shop.deliverSample('shipping.shipment.dispatched', shipment)
    await shop.work()
    expect((await textsTo(number)).slice(1)).toEqual([
      'Argyle: 3 pairs of your order A-7K2M-9QX3 were delivered. https://shop.example/orders/A-7K2M-9QX3',
    ])
    const choices = [
      { kind: 'ORDER_SHIPPED', channel: 'SMS', isEnabled: true },
      { kind: 'ORDER_DELIVERED', channel: 'SMS', isEnabled: false },
    ]
    const update = `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { userErrors { __typename } } }`
    await shop.execute(update, { input: { expectedVersion: 1, choices } }, viewer)
    await deliver(userId)
    await shop.deliverSample('shipping.shipment.dispatched', { ...shipment, shipmentId: newId('shp') })
    await shop.work()
    expect((await textsTo(number)).slice(2)).toEqual([expect.stringContaining('left our warehouse')])
  })

  test('that is refused permanently is FAILED, and is added to the list, unless it has a code', async () => {
    const { userId, viewer } = await aReader()
    await shop.sql(`UPDATE phone SET number = '+15005550001' WHERE user_id = $1 RETURNING 1`, userId)
    await deliver(userId)
    expect(await rowsOf(userId, 'ORDER_DELIVERED')).toMatchObject([
      { channel: 'EMAIL', status: 'SENT' },
      { channel: 'IN_APP', status: 'SENT' },
      { channel: 'SMS', status: 'FAILED', lastError: 'the sink answered 400' },
    ])
    expect(await phoneOf(viewer)).toMatchObject({ stoppedAt: null })
    // Sent again, it goes to the number that the account has now.
    const next = aNumber()
    await shop.sql('UPDATE phone SET number = $2 WHERE user_id = $1 RETURNING 1', userId, next)
    const [failed] = await shop.sql<{ id: string }>(
      `SELECT id FROM notification WHERE user_id = $1 AND kind = 'ORDER_DELIVERED' AND channel = 'SMS'`,
      userId,
    )
    const again = `mutation { retryNotification(input: { id: "${failed?.id}" }) { userErrors { __typename } } }`
    await shop.execute(again, {}, staff('support:read', 'support:write'))
    await shop.work()
    expect(await textsTo(next)).toEqual([expect.stringContaining('were delivered')])
    await shop.sql(`DELETE FROM notification WHERE user_id = $1 RETURNING 1`, userId)
    await request(viewer, '+15005550001')
    await shop.work()
    expect(await rowsOf(userId, 'PHONE_VERIFICATION')).toMatchObject([{ channel: 'SMS', status: 'FAILED' }])
  })

  test('is not sent to a number that takes nothing, until it is verified again', async () => {
    shop.pass(24 * 3_600_000)
    const { userId, viewer, number } = await aReader()
    await shop.sql(
      `INSERT INTO stopped_address (address, reason, since) VALUES ($1, '21610 unsubscribed', $2) RETURNING 1`,
      number,
      shop.now(),
    )
    expect(await phoneOf(viewer)).toMatchObject({ stoppedAt: shop.now().toISOString() })
    await deliver(userId)
    expect(await rowsOf(userId, 'ORDER_DELIVERED')).toMatchObject([
      { channel: 'EMAIL', status: 'SENT' },
      { channel: 'IN_APP', status: 'SENT' },
      { channel: 'SMS', status: 'SUPPRESSED', lastError: '21610 unsubscribed' },
    ])
    await verify(viewer, await codeFor(viewer, number))
    expect(await phoneOf(viewer)).toMatchObject({ stoppedAt: null })
  })

  test('is not sent to an account without a number', async () => {
    const { userId } = await shop.aPerson()
    await deliver(userId)
    expect((await rowsOf(userId, 'ORDER_DELIVERED')).map(({ channel }) => channel)).toEqual([
      'EMAIL',
      'IN_APP',
    ])
  })
})

test('a number that took no more messages stays so while another account has it', async () => {
  const number = aNumber()
  const [first, second] = [await aReader(number), await aReader(number)]
  await shop.sql('INSERT INTO stopped_address VALUES ($1, $2, $3) RETURNING 1', number, 'full', shop.now())
  const isStopped = async () =>
    (await shop.sql('SELECT 1 FROM stopped_address WHERE address = $1', number)).length === 1
  await shop.deliverSample('users.account.deleted', { userId: first.userId }, { sequence: 9 })
  expect(await isStopped()).toBe(true)
  await shop.deliverSample('users.account.deleted', { userId: second.userId }, { sequence: 9 })
  expect(await isStopped()).toBe(false)
})

test('a deleted account takes nothing of another with it', async () => {
  const aPerson = async () => {
    const reader = await aReader()
    const { userId, email, viewer, number } = reader
    const change = `mutation { updateNotificationPreferences(input: { expectedVersion: 1, choices: [
      { kind: ORDER_SHIPPED, channel: SMS, isEnabled: true } { kind: ORDER_SHIPPED, channel: EMAIL, isEnabled: false }] })
      { preferences { version } userErrors { __typename } } }`
    expect((await shop.execute(change, {}, viewer)).data.updateNotificationPreferences.userErrors).toEqual([])
    await deliver(userId)
    const orderId = await shop.anOrder({ customerId: null, email })
    await shop.deliverSample('orders.order.claimed', { orderId, customerId: userId })
    for (const address of [number, email])
      await shop.sql(
        'INSERT INTO stopped_address VALUES ($1, $2, $3) RETURNING 1',
        address,
        'full',
        shop.now(),
      )
    await request(viewer, aNumber())
    await shop.preferences.unsubscribe(email, 'ORDER_SHIPPED')
    await shop.deliverSample('support.ticket.answered', {
      customerId: null,
      email,
      text: `Dear ${email}`,
      messageId: newId('msg'),
    })
    return reader
  }
  const erase = async ({ userId }: { userId: string }) => {
    await shop.deliverSample('users.account.deleted', { userId }, { sequence: 9 })
    // The occasion of the last e-mail to the person has the address for some days.
    const farewell = 'DELETE FROM occasion WHERE id = $1 RETURNING 1'
    expect(await shop.sql(farewell, `ACCOUNT_DELETED ${userId}`)).toHaveLength(1)
  }
  await expectOthersKept(shop, aPerson, erase, ({ number, email }) => [number, email])
})
