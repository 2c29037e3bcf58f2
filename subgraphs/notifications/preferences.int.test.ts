import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const FIELDS =
  'version allowsOpenTracking quietHours { from until timeZone } choices { kind channel isEnabled isRequired }'
const READ = `{ notificationPreferences { ${FIELDS} } }`
const UPDATE = `mutation ($input: UpdateNotificationPreferencesInput!) {
  updateNotificationPreferences(input: $input) { preferences { ${FIELDS} } userErrors {
    __typename ... on UserError { message path } ... on VersionConflictError { currentVersion } } } }`

async function update(viewer: Viewer, input: object) {
  const { data, errors } = await shop.execute(UPDATE, { input: { expectedVersion: 1, ...input } }, viewer)
  expect(errors).toEqual([])
  return data.updateNotificationPreferences
}
const read = async (viewer: Viewer) => (await shop.execute(READ, {}, viewer)).data.notificationPreferences
const off = (kind: string, channel = 'EMAIL') => ({ kind, channel, isEnabled: false })
const rowsOf = (userId: string) =>
  shop.sql(
    `SELECT kind, channel, status, last_error AS "lastError" FROM notification WHERE user_id = $1 ORDER BY created_at, channel`,
    userId,
  )

/** A person, with a parcel that leaves. */
async function aParcel({ userId }: { userId: string }) {
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
}

describe('preferences', () => {
  test('are those of everybody, until they are changed; then they are kept with their version', async () => {
    const [viewer, other] = [customer(newId('usr')), customer(newId('usr'))]
    expect(await read(viewer)).toMatchObject({ version: 1, quietHours: null })
    // Quiet hours may begin or end at midnight.
    const beginning = { from: '00:00', until: '06:00', timeZone: 'UTC' }
    const early = await update(other, { choices: [off('ORDER_DELIVERED')], quietHours: beginning })
    expect([early.preferences.quietHours, await read(other)]).toEqual([beginning, early.preferences])
    const ending = { from: '20:00', until: '00:00', timeZone: 'UTC' }
    const others = await update(other, { expectedVersion: 2, quietHours: ending })
    expect(others.preferences.quietHours).toEqual(ending)
    const quietHours = { from: '22:00', until: '07:05', timeZone: 'Europe/Berlin' }
    const answer = await update(viewer, {
      choices: [off('ORDER_SHIPPED'), off('WELCOME', 'IN_APP')],
      quietHours,
      allowsOpenTracking: true,
    })
    const saved = { version: 2, quietHours, allowsOpenTracking: true }
    expect(answer).toMatchObject({ preferences: saved, userErrors: [] })
    const kept = await read(viewer)
    expect(kept).toEqual(answer.preferences)
    const turnedOff = kept.choices.filter(
      ({ kind, channel, isEnabled }: { kind: string; channel: string; isEnabled: boolean }) =>
        !isEnabled && channel !== 'SMS' && kind !== 'CAMPAIGN',
    )
    expect(turnedOff).toEqual([
      { ...off('WELCOME', 'IN_APP'), isRequired: false },
      { ...off('ORDER_SHIPPED'), isRequired: false },
    ])
    expect(await update(viewer, { quietHours: null })).toMatchObject({
      preferences: null,
      userErrors: [{ __typename: 'VersionConflictError', currentVersion: 2 }],
    })
    const on = { kind: 'WELCOME', channel: 'IN_APP', isEnabled: true }
    await update(viewer, { expectedVersion: 2, quietHours: null, allowsOpenTracking: false, choices: [on] })
    const without = { version: 3, quietHours: null, allowsOpenTracking: false }
    const choices = kept.choices.map((choice: { kind: string; channel: string }) =>
      choice.kind === on.kind && choice.channel === on.channel ? { ...choice, ...on } : choice,
    )
    expect(await read(viewer)).toEqual({ ...kept, ...without, choices })
    expect(await read(other)).toEqual(others.preferences)
    expect(await read(customer(newId('usr')))).toMatchObject({ version: 1, quietHours: null })
  })

  test('are the viewer’s own', async () => {
    for (const query of [READ, UPDATE]) {
      const { errors } = await shop.execute(query, { input: { expectedVersion: 1 } }, anonymous)
      expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    }
  })

  test('of two changes at once one wins', async () => {
    const viewer = customer(newId('usr'))
    const answers = await shop.manyAtOnce(3, () => update(viewer, { choices: [off('WELCOME')] }))
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1)
    const later = { expectedVersion: 2, choices: [off('ORDER_SHIPPED')] }
    const changes = await shop.manyAtOnce(3, () => update(viewer, later))
    expect(changes.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1)
  })

  test('of two changes that wait for a third one wins, by the version that this one leaves', async () => {
    const userId = newId('usr')
    await update(customer(userId), { choices: [off('WELCOME')] })
    const third = 'UPDATE person_setting SET version = 3 WHERE user_id = $1 RETURNING 1'
    const works = await shop.whileLocked(third, [userId], async () => {
      const both = [0, 1].map(() => update(customer(userId), { expectedVersion: 3, quietHours: null }))
      await shop.untilWaiting(2, both)
      return { both }
    })
    const errors = (await Promise.all(works.both)).flatMap(({ userErrors }) => userErrors)
    expect(errors).toMatchObject([{ __typename: 'VersionConflictError', currentVersion: 4 }])
  })

  test('a change and clicks on links at once wait for each other, and all count', async () => {
    const userId = newId('usr')
    const viewer = customer(userId)
    const click = (kind: 'WELCOME' | 'ORDER_SHIPPED') => () =>
      shop.preferences.unsubscribe(userId, kind).then(() => null)
    const works = [
      () => update(viewer, { choices: [off('ORDER_SHIPPED')] }),
      ...[click('WELCOME'), click('ORDER_SHIPPED'), click('WELCOME'), click('ORDER_SHIPPED')],
    ]
    await shop.atOnce(works)
    const { version, choices } = await read(viewer)
    const turnedOff = choices.filter(
      ({ kind, channel, isEnabled }: { kind: string; channel: string; isEnabled: boolean }) =>
        !isEnabled && channel !== 'SMS' && kind !== 'CAMPAIGN',
    )
    expect(turnedOff.map(({ kind }: { kind: string }) => kind)).toEqual(['WELCOME', 'ORDER_SHIPPED'])
    expect(version).toBeGreaterThanOrEqual(3)
    expect(version).toBeLessThanOrEqual(4)
  })

  test.each([
    [{ choices: [off('PASSWORD_RESET')] }, ['choices', '0', 'isEnabled'], 'PASSWORD_RESET'],
    [{ choices: [off('PHONE_VERIFICATION', 'SMS')] }, ['choices', '0', 'isEnabled'], 'PHONE_VERIFICATION'],
    [{ choices: Array.from({ length: 101 }, () => off('WELCOME')) }, ['choices'], '100'],
    [{ quietHours: { from: '24:00', until: '07:00', timeZone: 'UTC' } }, ['quietHours', 'from'], '24:00'],
    [{ quietHours: { from: '7:00', until: '07:00', timeZone: 'UTC' } }, ['quietHours', 'from'], '7:00'],
    [
      { quietHours: { from: '07:00', until: '07:00', timeZone: 'UTC' } },
      ['quietHours', 'until'],
      'another time',
    ],
    [
      { quietHours: { from: '22:00', until: '07:00', timeZone: 'Mars/Olympus' } },
      ['quietHours', 'timeZone'],
      'Mars',
    ],
    [
      { quietHours: { from: '22:00', until: '07:00', timeZone: 'x'.repeat(65) } },
      ['quietHours', 'timeZone'],
      'xxx',
    ],
    [{ expectedVersion: 0 }, ['expectedVersion'], '0'],
  ])('%j is refused', async (input, path, echoed) => {
    const viewer = customer(newId('usr'))
    const { preferences, userErrors } = await update(viewer, input)
    expect([preferences, userErrors[0]]).toEqual([
      null,
      { __typename: 'ValidationError', path, message: expect.stringContaining(echoed) },
    ])
    expect(await read(viewer)).toMatchObject({ version: 1, quietHours: null })
  })
})

describe('a message', () => {
  test('that is turned off by e-mail is in the list, and support sees why no e-mail came', async () => {
    const ada = await shop.aPerson()
    await update(customer(ada.userId), { choices: [off('ORDER_SHIPPED')] })
    await aParcel(ada)
    await shop.work()
    expect(await shop.mailTo(ada.email)).toEqual([])
    expect(await rowsOf(ada.userId)).toEqual([
      {
        kind: 'ORDER_SHIPPED',
        channel: 'EMAIL',
        status: 'SUPPRESSED',
        lastError: 'the recipient has turned it off',
      },
      { kind: 'ORDER_SHIPPED', channel: 'IN_APP', status: 'SENT', lastError: null },
    ])
  })

  test('that is turned off in the list comes by e-mail alone, and is published to nobody', async () => {
    const ada = await shop.aPerson()
    await update(customer(ada.userId), { choices: [off('ORDER_SHIPPED', 'IN_APP')] })
    await aParcel(ada)
    await shop.work()
    expect(await shop.mailTo(ada.email)).toHaveLength(1)
    expect(await rowsOf(ada.userId)).toMatchObject([{ channel: 'EMAIL', status: 'SENT' }])
    const published = (await shop.outbox()).filter(
      ({ data }) => (data as { userId: string }).userId === ada.userId,
    )
    expect(published).toEqual([])
  })

  test('waits for the end of quiet hours, unless it protects the account', async () => {
    const ada = await shop.aPerson()
    const shown = (ms: number) => new Date(shop.now().getTime() + ms).toISOString().slice(11, 16)
    const quietHours = { from: shown(0), until: shown(3_600_000), timeZone: 'UTC' }
    await update(customer(ada.userId), { quietHours })
    await aParcel(ada)
    await shop.deliverSample('users.password.changed', { ...ada, changeId: newId('pwc') })
    await shop.work()
    expect((await shop.mailTo(ada.email)).map(({ subject }) => subject)).toEqual([
      'Your password was changed',
    ])
    shop.pass(3_600_000)
    await shop.work()
    expect(await shop.mailTo(ada.email)).toHaveLength(2)
  })

  test('however many there are, the wishes cost as many statements', async () => {
    const cost = async (count: number) => {
      for (let made = 0; made < count; made++) await aParcel(await shop.aPerson())
      return shop.sqlCount(() => shop.occasions.planDue())
    }
    await shop.work()
    // The in-app notifications are published one by one.
    const [two, twenty] = [await cost(2), await cost(20)]
    expect(twenty).toBe(two)
  })
})
