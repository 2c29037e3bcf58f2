import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept, expectOthersKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from '../history.ts'
import { ADD, anAddress } from '../testing/address-book.ts'
import { openUsers, PASSWORD, type SignedUp, type TestUsers, withCookie } from '../testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['link_request ('])

const DELETE = `mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) {
  deletedUserId userErrors { __typename ... on UserError { message } } } }`

async function remove(viewer: Viewer, currentPassword = PASSWORD) {
  const { data, errors } = await users.execute(DELETE, { input: { currentPassword } }, viewer)
  expect(errors).toEqual([])
  return data.deleteAccount
}

const published = async ({ id }: SignedUp) => {
  const rows = await users.outbox()
  return rows.filter(({ type, subject }) => type === 'users.account.deleted' && subject === id)
}

test('a deleted account is gone with its sessions, addresses and links; its event has only its id and the time', async () => {
  const ada = await users.signUp()
  const addressIds: string[] = []
  for (let count = 0; count < 2; count++) {
    const { data } = await users.execute(ADD, { input: anAddress() }, ada.viewer)
    addressIds.push(data.addAddress.address.id)
  }
  await users.resources.links.request('VERIFY_EMAIL', ada.email)
  await users.resources.links.makeDue()
  await users.resources.links.request('RESET_PASSWORD', ada.email)
  const change = { id: newId('lnk'), purpose: 'CHANGE_EMAIL', email: 'new@argyle.example', userId: ada.id }
  await users.resources.prisma.linkRequest.createMany({ data: [{ ...change, requestedAt: users.now() }] })
  expect(await remove(ada.viewer)).toEqual({ deletedUserId: ada.id, userErrors: [] })
  expect((await users.signIn(ada.email)).data.signIn.session).toBeNull()
  expect((await users.refresh(ada.refreshToken)).data.refreshSession.session).toBeNull()
  for (const table of ['account', 'credential', 'address', 'session', 'link_token', 'link_request']) {
    const rows = await users.resources.prisma.$queryRawUnsafe<unknown[]>(
      `SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%'`,
      ada.id,
      ada.email,
    )
    expect([table, rows]).toEqual([table, []])
  }
  const file = new URL('../event-samples/users.account.deleted.json', import.meta.url)
  const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const [event, ...more] = await published(ada)
  expect(more).toEqual([])
  expect(event).toMatchObject({ sequence: 2, data: { userId: ada.id, deletedAt: users.now().toISOString() } })
  expect(Object.keys(event?.data as object).sort()).toEqual(Object.keys(sample.data as object).sort())
  for (const id of addressIds) {
    const messages = (await users.outbox()).filter(({ subject }) => subject === id)
    expect(messages.map(({ type }) => type)).toEqual(['users.address.saved', 'users.address.removed'])
  }
})

test('another account keeps its sessions, addresses, links and history', async () => {
  const aPerson = async () => {
    const ada = await users.signUp()
    await users.execute(ADD, { input: anAddress() }, ada.viewer)
    await users.signIn(ada.email, PASSWORD, '198.51.100.7')
    await users.resources.links.request('RESET_PASSWORD', ada.email)
    return ada
  }
  await expectOthersKept(users, aPerson, ({ viewer }) => remove(viewer))
})

test('the cookie goes, and what an access token still opens for minutes finds no account', async () => {
  const ada = await users.signUp()
  const answer = await users.execute(
    DELETE,
    { input: { currentPassword: PASSWORD } },
    ada.viewer,
    withCookie(ada.refreshToken),
  )
  expect(answer.cookies).toMatchObject([{ name: 'argyle_refresh', value: '', options: { maxAge: 0 } }])
  expect((await users.execute('{ me { id } }', {}, ada.viewer)).data.me).toBeNull()
  const added = await users.execute(ADD, { input: anAddress() }, ada.viewer)
  expect(added.data.addAddress.userErrors).toMatchObject([{ message: expect.stringContaining(ada.id) }])
  expect(await remove(ada.viewer)).toMatchObject({ userErrors: [{ __typename: 'InvalidCredentialsError' }] })
  expect(await published(ada)).toHaveLength(1)
})

test('the address is free for another account, which is another person', async () => {
  const ada = await users.signUp()
  await users.resources.links.request('RESET_PASSWORD', ada.email)
  await remove(ada.viewer)
  const again = await users.signUp(ada.email)
  expect(again.id).not.toBe(ada.id)
  // Nor does a link that the first one requested come to the second.
  expect(await users.linksTo(ada.email)).toEqual([])
  expect(await remove(ada.viewer)).toMatchObject({ deletedUserId: null })
  expect((await users.signIn(ada.email)).data.signIn.session).not.toBeNull()
})

test('it needs the password, without which the cookie stays, and an account', async () => {
  const ada = await users.signUp()
  const input = { currentPassword: 'not my password' }
  expect(await users.execute(DELETE, { input }, ada.viewer)).toMatchObject({
    data: {
      deleteAccount: { deletedUserId: null, userErrors: [{ __typename: 'InvalidCredentialsError' }] },
    },
    cookies: [],
  })
  const { errors } = await users.execute(DELETE, { input: { currentPassword: PASSWORD } }, anonymous)
  expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  expect(await published(ada)).toEqual([])
})

test('of several requests at once one deletes, and of the administrators one stays', async () => {
  const ada = await users.signUp()
  await users.manyAtOnce(3, () => remove(ada.viewer))
  expect(await published(ada)).toHaveLength(1)
  const admins = [await users.signUp(), await users.signUp()]
  for (const { id } of admins) await users.promote(id)
  const answers = await users.atOnce(
    admins.map(
      ({ viewer }) =>
        () =>
          remove(viewer),
    ),
  )
  expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([
    { __typename: 'LastAdministratorError' },
  ])
})

test('the history has deletions for everybody, and addresses only for notifications', async () => {
  const [ada, bob] = [await users.signUp(), await users.signUp()]
  await remove(ada.viewer)
  const page = { after: null, limit: 1_000, since: null, recipient: 'reviews' }
  const parts = await Promise.all(history.map((part) => part(users.resources, page)))
  const events = parts.flat().map(({ event }) => event)
  expect(events.filter(({ type }) => type !== 'users.account.deleted')).toEqual([])
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'users.account.deleted', subject: ada.id, sequence: 2 }),
  )
  expect(events.filter(({ subject }) => subject === bob.id)).toEqual([])
  const later = { ...page, since: new Date(users.now().getTime() + 1) }
  const young = await Promise.all(history.map((part) => part(users.resources, later)))
  expect(young.flat()).toEqual([])
})

test('the history has names, staff and e-mail addresses for support', async () => {
  const [ada, boss] = [await users.signUp(), await users.signUp()]
  await users.promote(boss.id)
  const page = { after: null, limit: 1_000, since: null, recipient: 'support' }
  const parts = await Promise.all(history.map((part) => part(users.resources, page)))
  const published = (id: string) =>
    parts.flat().flatMap(({ event }) => (event.subject === id ? [event.type] : []))
  expect([published(ada.id), published(boss.id)]).toEqual([
    ['users.contact.changed', 'users.profile.updated'],
    ['users.contact.changed', 'users.profile.updated', 'users.roles.changed'],
  ])
})

test('the history has revoked roles: a restored copy may still have them', async () => {
  const [boss, gone, former] = [await users.signUp(), await users.signUp(), await users.signUp()]
  const admin = await users.promote(boss.id)
  await users.promote((await users.signUp()).id)
  for (const { id } of [gone, former])
    for (const [mutation, expectedVersion] of [
      ['grantRole', 1],
      ['revokeRole', 2],
    ])
      await users.execute(
        `mutation { ${mutation}(input: { userId: "${id}", expectedVersion: ${expectedVersion}, role: SUPPORT }) { user { id } } }`,
        {},
        admin,
      )
  await remove(gone.viewer)
  // An account a page: one that is deleted takes the place of no other.
  const roles = []
  for (const part of history) {
    let after: string | null = null
    do {
      const rows = await part(users.resources, { after, limit: 1, since: null, recipient: 'support' })
      roles.push(...rows.flatMap(({ event }) => (event.type === 'users.roles.changed' ? [event] : [])))
      after = rows.at(-1)?.cursor ?? null
    } while (after)
  }
  expect(roles).toContainEqual(
    expect.objectContaining({
      subject: former.id,
      sequence: 3,
      data: { userId: former.id, roles: ['CUSTOMER'] },
    }),
  )
})
