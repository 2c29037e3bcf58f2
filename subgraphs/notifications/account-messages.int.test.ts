import { newId } from '@argyle/kit/ids'
import { seal } from '@argyle/kit/sealed'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LINK_KEY, type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const messagesTo = (userId: string) =>
  shop.sql<{ channel: string; status: string }>(
    'SELECT channel, status FROM notification WHERE user_id = $1 ORDER BY created_at, channel',
    userId,
  )

describe('a link of an account', () => {
  const link = (userId: string, email: string, more: object = {}) => ({
    linkId: newId('lnk'),
    userId,
    email,
    sealedToken: Buffer.from(seal(LINK_KEY, Buffer.from('the-token'))).toString('base64url'),
    expiresAt: new Date(shop.now().getTime() + 60_000).toISOString(),
    ...more,
  })

  test.each([
    ['RESET_PASSWORD', 'reset-password', 'A new password for Argyle'],
    ['VERIFY_EMAIL', 'verify-email', 'Is this your e-mail address?'],
    ['CHANGE_EMAIL', 'change-email', 'Is this your new e-mail address?'],
    ['UNDO_EMAIL_CHANGE', 'undo-email-change', 'Your e-mail address was changed'],
  ])('%s is sent to its address with the token, and shown nowhere else', async (purpose, path, subject) => {
    const { userId } = await shop.aPerson()
    const email = `${newId('usr').slice(4)}@argyle.example`
    await shop.deliverSample('users.link.made', link(userId, email, { purpose }))
    await shop.work()
    const [mail, ...more] = await shop.mailTo(email)
    expect([mail?.subject, more]).toEqual([subject, []])
    expect(mail?.text).toContain(`https://shop.example/account/${path}#token=the-token`)
    expect(mail?.html).toContain(`https://shop.example/account/${path}#token=the-token`)
    expect((await messagesTo(userId)).map(({ channel }) => channel)).toEqual(['EMAIL'])
    const rows = await shop.sql<{ row: string }>(
      'SELECT n::text AS row FROM notification n WHERE user_id = $1',
      userId,
    )
    expect(rows.filter(({ row }) => /the-token|\{token\}/.test(row))).toEqual([])
  })

  test('to a replaced address that was never verified is an e-mail about the change, without a name', async () => {
    const { userId } = await shop.aPerson()
    const email = `${newId('usr').slice(4)}@argyle.example`
    const changeId = newId('emc')
    for (let time = 0; time < 2; time++)
      await shop.deliverSample('users.email.replaced', { userId, changeId, email }, { id: newId('evt') })
    await shop.work()
    const [mail, ...more] = await shop.mailTo(email)
    expect([mail?.subject, more]).toEqual(['Your e-mail address was changed', []])
    expect(mail?.text).toContain(
      'The e-mail address of an account that was opened with this address was changed.',
    )
    expect(mail?.text).not.toMatch(/token|undo|Ada/)
    expect((await messagesTo(userId)).map(({ channel }) => channel)).toEqual(['EMAIL'])
  })

  test('that cannot be opened has failed, and holds up no other', async () => {
    const [broken, whole] = [await shop.aPerson(), await shop.aPerson()]
    const purposes = ['RESET_PASSWORD', 'VERIFY_EMAIL', 'CHANGE_EMAIL', 'UNDO_EMAIL_CHANGE']
    for (const purpose of purposes) {
      const data = link(broken.userId, broken.email, { sealedToken: 'bm9uc2Vuc2U', purpose })
      await shop.deliverSample('users.link.made', data)
    }
    await shop.deliverSample('users.link.made', link(whole.userId, whole.email))
    await shop.work()
    // The list of the account has none of them.
    expect(await messagesTo(broken.userId)).toEqual(
      purposes.map(() => ({ channel: 'EMAIL', status: 'FAILED' })),
    )
    expect(await shop.mailTo(whole.email)).toHaveLength(1)
  })

  test('that is too old is sent to nobody', async () => {
    const { userId, email } = await shop.aPerson()
    await shop.deliverSample('users.link.made', link(userId, email, { expiresAt: shop.now().toISOString() }))
    await shop.work()
    expect(await shop.mailTo(email)).toEqual([])
  })

  test('the owner is notified of a sign-in from a new place, once however often the event arrives', async () => {
    const { userId, email } = await shop.aPerson()
    for (let time = 0; time < 2; time++) await shop.deliverSample('users.sign_in.noticed', { userId, email })
    await shop.work()
    const sent = await shop.mailTo(email)
    expect(sent).toMatchObject([{ subject: 'A new sign-in to your account' }])
    expect(sent[0]?.text).toContain('21 November 2026')
  })

  test('the owner is notified of a changed password', async () => {
    const { userId, email } = await shop.aPerson()
    await shop.deliverSample('users.password.changed', { userId, email, changeId: newId('pwc') })
    await shop.work()
    expect(await shop.mailTo(email)).toMatchObject([{ subject: 'Your password was changed' }])
  })
})
