import { newId } from '@argyle/kit/ids'
import type { PastEvent } from '@argyle/kit/republish'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { type OpenNotifications, openNotifications, sampleOf } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
beforeEach(() => shop.sql('DELETE FROM outbox_message'))
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const UPDATE = `mutation ($input: UpdateNotificationPreferencesInput!) {
  updateNotificationPreferences(input: $input) { preferences { version allowsOpenTracking } userErrors { __typename } } }`

/** Changes the consent of an account. */
async function agree(userId: string, isEnabled: boolean, more: object = {}, expectedVersion = 1) {
  const input = { expectedVersion, choices: [{ kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled }], ...more }
  const { data, errors } = await shop.execute(UPDATE, { input }, customer(userId))
  expect([errors, data.updateNotificationPreferences.userErrors]).toEqual([[], []])
}

const [sampleRecipient] = sampleOf('support', 'support.campaign.messaged').data.recipients as object[]

/** Delivers the events of a campaign to these users. Resolves to the ids of their messages. */
async function send(userIds: readonly string[], but: object = {}, id = newId('evt')) {
  const recipients = userIds.map((userId) => ({ ...sampleRecipient, messageId: newId('cms'), userId }))
  const expiresAt = new Date(shop.now().getTime() + 86_400_000).toISOString()
  const data = { expiresAt, recipients, ...but }
  await shop.deliverSample('support.campaign.messaged', data, { id })
  await shop.deliverSample('support.campaign.messaged', data)
  await shop.work()
  return recipients.map(({ messageId }) => messageId)
}

type PublishedEvent = { type: string; subject: string; sequence: number; data: object }
const published = async (type: string): Promise<PublishedEvent[]> =>
  (await shop.outbox()).filter((row) => row.type === `notifications.${type}`) as PublishedEvent[]

describe('a campaign', () => {
  test('goes to an address that its account has verified, in the name of nobody else', async () => {
    const { userId, email } = await shop.aPerson({ isVerified: false })
    const input = { expectedVersion: 1, choices: [{ kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled: true }] }
    const ask = `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { userErrors { ... on UserError { message path } } } }`
    const { data } = await shop.execute(ask, { input }, customer(userId))
    expect(data.updateNotificationPreferences.userErrors).toEqual([
      {
        message:
          'isEnabled is true for CAMPAIGN by EMAIL: allowed is false until the account has verified its e-mail address',
        path: ['choices', '0', 'isEnabled'],
      },
    ])
    // A consent of the time before this rule.
    await shop.sql(`INSERT INTO opt_in VALUES ($1, 'CAMPAIGN', 'EMAIL', $2) RETURNING 1`, userId, shop.now())
    await send([userId])
    expect(await shop.mailTo(email)).toEqual([])
    expect((await published('campaign_message.settled')).map(({ data: of }) => of)).toMatchObject([
      { outcome: 'SUPPRESSED' },
    ])
    await shop.deliver('users.email.verified', { userId, email }, { subject: userId, sequence: 3 })
    await send([userId])
    expect(await shop.mailTo(email)).toHaveLength(1)
  })

  test('does not go to the address that the account had while its e-mail waited', async () => {
    const { userId, email } = await shop.aPerson({ email: 'later2@argyle.example' })
    await agree(userId, true)
    await shop.deliverSample('support.campaign.messaged', {
      expiresAt: new Date(shop.now().getTime() + 86_400_000).toISOString(),
      recipients: [{ ...sampleRecipient, messageId: newId('cms'), userId }],
    })
    await shop.occasions.planDue()
    const contact = { userId, email: 'newer@argyle.example', displayName: 'Ada' }
    for (const type of ['users.contact.changed', 'users.email.verified'])
      await shop.deliver(type, contact, { subject: userId, sequence: 3 })
    // The address is another account's since.
    await shop.aPerson({ email })
    await shop.work()
    expect([await shop.mailTo(email), await shop.mailTo(contact.email)]).toEqual([[], []])
  })

  test('does not reach whoever withdraws the consent while its e-mail waits', async () => {
    const { userId, email } = await shop.aPerson({ email: 'later@argyle.example' })
    await agree(userId, true)
    await send([userId])
    const statusOf = () =>
      shop.sql(
        `SELECT status, last_error AS "lastError", content FROM notification WHERE user_id = $1 AND kind = 'CAMPAIGN'`,
        userId,
      )
    expect(await statusOf()).toMatchObject([{ status: 'QUEUED' }])
    // Neither another kind by e-mail nor a campaign by another channel is this consent.
    const choices = [
      { kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled: false },
      { kind: 'CAMPAIGN', channel: 'SMS', isEnabled: true },
      { kind: 'ORDER_SHIPPED', channel: 'SMS', isEnabled: true },
    ]
    await agree(userId, false, { choices }, 2)
    await shop.sql(`INSERT INTO opt_in VALUES ($1, 'WELCOME', 'EMAIL', $2) RETURNING 1`, userId, shop.now())
    shop.pass(3_600_000)
    await shop.work()
    const lastError = 'the message is no longer needed'
    expect(await statusOf()).toEqual([{ status: 'SUPPRESSED', lastError, content: null }])
    expect(await shop.mailTo(email)).toEqual([])
    expect((await published('campaign_message.settled')).map(({ data }) => data)).toMatchObject([
      { outcome: 'SUPPRESSED' },
    ])
  })

  test('is not sent again by staff once it has failed: its results are settled', async () => {
    const { userId } = await shop.aPerson({ email: 'refused@argyle.example' })
    await agree(userId, true)
    await send([userId])
    const [row] = await shop.sql<{ id: string; status: string }>(
      `SELECT id, status FROM notification WHERE user_id = $1 AND kind = 'CAMPAIGN'`,
      userId,
    )
    expect(row?.status).toBe('FAILED')
    const retry = `mutation ($input: RetryNotificationInput!) {
      retryNotification(input: $input) { userErrors { ... on UserError { message } } } }`
    const { data } = await shop.execute(
      retry,
      { input: { id: row?.id } },
      staff('support:read', 'support:write'),
    )
    expect(data.retryNotification.userErrors).toMatchObject([
      { message: expect.stringContaining('is of a campaign') },
    ])
    // The address takes e-mails of other tests.
    await shop.sql('DELETE FROM stopped_address RETURNING 1')
  })

  test('goes once to whoever has agreed, in the language given, and to nobody else', async () => {
    const [ada, bo] = [await shop.aPerson({ displayName: 'Ada' }), await shop.aPerson()]
    await agree(ada.userId, true)
    const [toAda, toBo] = await send([ada.userId, bo.userId], { language: 'de' })
    const [mail, ...more] = await shop.mailTo(ada.email)
    expect(more).toEqual([])
    expect(mail).toMatchObject({ subject: 'Warm feet, Ada' })
    expect(mail?.text).toContain('Guten Tag')
    expect(mail?.text).toContain('Ihr Code: WARM-K7Q2M9XA')
    expect(mail?.text).toContain('See warm socks: https://shop.example/c/Zq3xT1rD8a5m0cQe2YvB7w')
    expect(mail?.html).not.toContain('<img')
    expect(await shop.mailTo(bo.email)).toEqual([])
    const at = shop.now().toISOString()
    expect(
      (await published('campaign_message.settled')).map(({ subject, sequence, data }) => [
        subject,
        sequence,
        data,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [toAda, 1, { messageId: toAda, outcome: 'SENT', at }],
        [toBo, 1, { messageId: toBo, outcome: 'SUPPRESSED', at }],
      ]),
    )
    const list = await shop.sql(
      `SELECT channel FROM notification WHERE user_id = $1 AND kind = 'CAMPAIGN'`,
      ada.userId,
    )
    expect(list).toEqual([{ channel: 'EMAIL' }])
  })

  test('keeps its text no longer than it is needed', async () => {
    const { userId } = await shop.aPerson()
    await send([userId])
    expect(await shop.sql(`SELECT data FROM occasion WHERE user_id = $1`, userId)).toEqual([{ data: {} }])
    const stored = await shop.sql('SELECT status, content FROM notification WHERE user_id = $1', userId)
    expect(stored).toEqual([{ status: 'SUPPRESSED', content: null }])
  })

  test('keeps its text while it waits for its person to become known', async () => {
    const userId = newId('usr')
    const email = 'unknown-yet@argyle.example'
    await send([userId])
    for (const type of ['users.contact.changed', 'users.email.verified'])
      await shop.deliver(type, { userId, email, displayName: 'Ada' }, { subject: userId, sequence: 2 })
    await agree(userId, true)
    shop.pass(3_600_000)
    await shop.work()
    const mails = await shop.mailTo(email)
    expect(mails.filter(({ text }) => text.includes('WARM-K7Q2M9XA'))).toHaveLength(1)
  })

  test('records its opening only if the person allows it', async () => {
    const [ada, bo] = [await shop.aPerson(), await shop.aPerson()]
    await agree(ada.userId, true, { allowsOpenTracking: true })
    await agree(bo.userId, true)
    await send([ada.userId, bo.userId])
    const [mail] = await shop.mailTo(ada.email)
    expect(mail?.html).toContain('<img src="https://shop.example/c/Zq3xT1rD8a5m0cQe2YvB7w.gif"')
    const [without] = await shop.mailTo(bo.email)
    expect([without?.html.includes('Warm feet'), without?.html.includes('<img')]).toEqual([true, false])
  })

  test('waits for the end of quiet hours, but not beyond its own end', async () => {
    const ada = await shop.aPerson()
    const hour = (after: number) =>
      new Date(shop.now().getTime() + after * 3_600_000).toISOString().slice(11, 16)
    await agree(ada.userId, true, { quietHours: { from: hour(-1), until: hour(2), timeZone: 'UTC' } })
    const expiresAt = new Date(shop.now().getTime() + 3_600_000).toISOString()
    const [messageId] = await send([ada.userId], { expiresAt })
    expect(await shop.mailTo(ada.email)).toEqual([])
    shop.pass(2 * 3_600_000)
    await shop.work()
    expect(await shop.mailTo(ada.email)).toEqual([])
    expect(await published('campaign_message.settled')).toMatchObject([
      { subject: messageId, data: { outcome: 'SUPPRESSED' } },
    ])
  })

  test('to a deleted account, or one that comes too late, is reported as suppressed', async () => {
    const [ada, eve, bo] = [await shop.aPerson(), await shop.aPerson(), await shop.aPerson()]
    for (const { userId } of [ada, eve])
      await shop.deliverSample('users.account.deleted', { userId }, { sequence: 9 })
    await agree(bo.userId, true)
    const ids = [
      ...(await send([ada.userId, eve.userId])),
      ...(await send([bo.userId], { expiresAt: shop.now().toISOString() })),
    ]
    const settled = await published('campaign_message.settled')
    expect(settled.map(({ subject }) => subject).toSorted()).toEqual(ids.toSorted())
    expect(settled.every(({ data }) => (data as { outcome: string }).outcome === 'SUPPRESSED')).toBe(true)
  })

  test('that is refused by the server, or comes back later, has failed', async () => {
    const refused = await shop.aPerson({ email: 'refused@argyle.example' })
    const late = await shop.aPerson()
    for (const { userId } of [refused, late]) await agree(userId, true)
    const [first, second] = await send([refused.userId, late.userId])
    const [row] = await shop.sql<{ id: string }>(
      'SELECT id FROM notification WHERE user_id = $1',
      late.userId,
    )
    const report = {
      type: 'failed',
      notificationId: row?.id ?? '',
      status: '5.1.1',
      stopsAddress: true,
    } as const
    for (let count = 0; count < 2; count++) await shop.addresses.heed(report)
    const settled = (await published('campaign_message.settled')).map(({ subject, sequence, data }) => [
      subject,
      sequence,
      (data as { outcome: string }).outcome,
    ])
    expect(settled).toHaveLength(3)
    expect(settled).toEqual(
      expect.arrayContaining([
        [first, 2, 'FAILED'],
        [second, 1, 'SENT'],
        [second, 2, 'FAILED'],
      ]),
    )
    // The list of the account shows only messages about the account.
    expect(
      await shop.sql(`SELECT 1 FROM notification WHERE user_id = $1 AND channel = 'IN_APP'`, late.userId),
    ).toEqual([])
  })

  test('in a replay is sent to nobody', async () => {
    const ada = await shop.aPerson()
    await agree(ada.userId, true)
    const sample = sampleOf('support', 'support.campaign.messaged')
    const data = { ...sample.data, recipients: [{ ...sampleRecipient, userId: ada.userId }] }
    const past = { ...sample, id: newId('evt'), replayed: true, data }
    await shop.deliver('notifications.replay', { messages: [past] })
    await shop.work()
    expect(
      await shop.sql(`SELECT 1 FROM occasion WHERE id LIKE 'CAMPAIGN %' AND user_id = $1`, ada.userId),
    ).toEqual([])
  })
})

describe('a consent', () => {
  test('is not given for an address that has replaced the verified one and is not verified itself', async () => {
    const { userId } = await shop.aPerson()
    const contact = { userId, email: 'replacement@argyle.example', displayName: 'Ada' }
    await shop.deliver('users.contact.changed', contact, { subject: userId, sequence: 3 })
    const input = { expectedVersion: 1, choices: [{ kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled: true }] }
    const { data } = await shop.execute(UPDATE, { input }, customer(userId))
    expect(data.updateNotificationPreferences).toEqual({
      preferences: null,
      userErrors: [{ __typename: 'ValidationError' }],
    })
  })

  test('is published when it changes, and not when it does not', async () => {
    const { userId } = await shop.aPerson()
    await agree(userId, true)
    await agree(userId, true, {}, 2)
    await agree(userId, false, {}, 3)
    expect(
      (await published('consent.changed')).map(({ subject, sequence, data }) => [subject, sequence, data]),
    ).toEqual([
      [userId, 2, { userId, acceptsCampaigns: true }],
      [userId, 4, { userId, acceptsCampaigns: false }],
    ])
    const sample = sampleOf('notifications', 'notifications.consent.changed')
    expect(Object.keys((await published('consent.changed'))[0]?.data ?? {})).toEqual(Object.keys(sample.data))
  })

  test.each(['CAMPAIGN', null] as const)('is withdrawn by a link that turns off %s, once', async (kind) => {
    const { userId } = await shop.aPerson()
    const texts = ['ORDER_SHIPPED', 'CAMPAIGN'].map((of) => ({ kind: of, channel: 'SMS', isEnabled: true }))
    await agree(userId, true, {
      choices: [{ kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled: true }, ...texts],
    })
    for (let count = 0; count < 2; count++) await shop.preferences.unsubscribe(userId, kind)
    const changes = (await published('consent.changed')).map(({ data }) => data)
    expect(changes).toEqual([
      { userId, acceptsCampaigns: true },
      { userId, acceptsCampaigns: false },
    ])
    // Text messages stay as they were chosen.
    const { chosen } = await shop.preferences.of(userId)
    expect(chosen.filter((one) => one.isEnabled)).toEqual(expect.arrayContaining(texts))
    expect(chosen.filter((one) => one.isEnabled)).toHaveLength(2)
  })

  test('keeps its time while other choices change', async () => {
    const { userId } = await shop.aPerson()
    await agree(userId, true)
    await shop.preferences.unsubscribe(userId, 'ORDER_SHIPPED')
    expect(await published('consent.changed')).toHaveLength(1)
    const since = () => shop.sql('SELECT since FROM opt_in WHERE recipient = $1', userId)
    const before = await since()
    shop.pass(60_000)
    await agree(userId, true, { allowsOpenTracking: true }, 3)
    expect(await since()).toEqual(before)
  })

  test('is republished only to support, and erased with the account', async () => {
    const [{ userId }, former] = [await shop.aPerson(), await shop.aPerson()]
    const since = shop.now()
    await agree(userId, true)
    await agree(former.userId, true)
    const choices = [
      { kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled: false },
      { kind: 'CAMPAIGN', channel: 'SMS', isEnabled: true },
    ]
    await agree(former.userId, false, { choices }, 2)
    await shop.sql(
      `INSERT INTO opt_in VALUES ($1, 'WELCOME', 'EMAIL', $2) RETURNING 1`,
      former.userId,
      shop.now(),
    )
    const [consents] = history
    const all = async (recipient: string) => {
      const read: PastEvent[] = []
      for (let after: string | null = null; ; after = read.at(-1)?.cursor ?? null) {
        const page: readonly PastEvent[] =
          (await consents?.({ prisma: shop.prisma }, { after, limit: 2, since: null, recipient })) ?? []
        expect(page.length).toBeLessThanOrEqual(2)
        if (page.length === 0) break
        read.push(...page)
      }
      const cursors = read.map(({ cursor }) => cursor)
      expect(cursors).toEqual([...new Set(cursors)].sort())
      return read.filter(({ cursor }) => cursor === userId || cursor === former.userId)
    }
    const told = (id: string, sequence: number, acceptsCampaigns: boolean, time: Date) => ({
      event: { subject: id, sequence, data: { userId: id, acceptsCampaigns } },
      time,
    })
    const [first, second] = [told(userId, 2, true, since), told(former.userId, 3, false, new Date(0))]
    expect(await all('support')).toMatchObject(userId < former.userId ? [first, second] : [second, first])
    expect(await all('search')).toEqual([])
    await shop.deliverSample('users.account.deleted', { userId }, { sequence: 9 })
    expect(await shop.sql('SELECT 1 FROM opt_in WHERE recipient = $1', userId)).toEqual([])
    expect(await all('support')).toMatchObject([second])
  })
})
