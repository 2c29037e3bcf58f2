import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from './history.ts'
import { ADD, anAddress, UPDATE } from './testing/address-book.ts'
import { tokenOf } from './testing/links.ts'
import { openUsers, PASSWORD, type SignedUp, type TestUsers } from './testing/open-users.ts'

let users: TestUsers
let ada: SignedUp
let boss: SignedUp
let addressId: string
beforeAll(async () => {
  users = await openUsers()
  ada = await users.signUp()
  boss = await users.signUp()
  const { data } = await users.execute(ADD, { input: anAddress() }, ada.viewer)
  addressId = data.addAddress.address.id
})
afterAll(() => users.close())

/** The account's version. */
const versionOf = async ({ viewer }: SignedUp) =>
  (await users.execute('{ me { version } }', {}, viewer)).data.me.version

async function run(query: string, input: object, viewer = ada.viewer) {
  const { data, errors } = await users.execute(query, { input }, viewer)
  expect([errors, Object.values(data)]).toMatchObject([[], [{ userErrors: [] }]])
}

const MUTATIONS = {
  rename:
    'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { __typename } } }',
  grant: 'mutation ($input: GrantRoleInput!) { grantRole(input: $input) { userErrors { __typename } } }',
  revoke: 'mutation ($input: RevokeRoleInput!) { revokeRole(input: $input) { userErrors { __typename } } }',
  verify: 'mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { userErrors { __typename } } }',
  ask: 'mutation ($input: RequestEmailChangeInput!) { requestEmailChange(input: $input) { userErrors { __typename } } }',
  confirm:
    'mutation ($input: ConfirmEmailChangeInput!) { confirmEmailChange(input: $input) { userErrors { __typename } } }',
}

/** The token of the newest link to an address. */
const newest = async (email: string) => tokenOf((await users.linksTo(email)).at(-1))

/** Each change with the types that it publishes. */
const CHANGES: [string, () => Promise<unknown>, ...string[]][] = [
  [
    'a new name',
    async () => run(MUTATIONS.rename, { expectedVersion: await versionOf(ada), displayName: 'Ada L.' }),
    ...['users.contact.changed', 'users.profile.updated'],
  ],
  [
    'a role that is granted',
    async () => {
      const input = { userId: ada.id, expectedVersion: await versionOf(ada), role: 'SUPPORT' }
      await run(MUTATIONS.grant, input, await users.promote(boss.id))
    },
    'users.roles.changed',
  ],
  [
    'a role that is revoked',
    async () => {
      const input = { userId: ada.id, expectedVersion: await versionOf(ada), role: 'SUPPORT' }
      await run(MUTATIONS.revoke, input, await users.promote(boss.id))
    },
    'users.roles.changed',
  ],
  [
    'an address that is verified',
    async () => {
      await users.execute('mutation { requestEmailVerification { isAccepted } }', {}, ada.viewer)
      await run(MUTATIONS.verify, { token: await newest(ada.email) })
    },
    'users.email.verified',
  ],
  [
    'another e-mail address',
    async () => {
      const email = 'another@argyle.example'
      await run(MUTATIONS.ask, { email, currentPassword: PASSWORD })
      await run(MUTATIONS.confirm, { token: await newest(email) })
    },
    ...['users.contact.changed', 'users.email.verified'],
  ],
  [
    'an address of the book',
    () => run(UPDATE, { addressId, expectedVersion: 1, city: 'York' }),
    'users.address.saved',
  ],
]

test.each(CHANGES)(
  '%s is in the history since its own time, with the values as published',
  async (_, change, ...types) => {
    users.pass(1_000)
    const before = new Set((await users.outbox()).map(({ id }) => id))
    await change()
    const news = (await users.outbox()).filter(({ id, type }) => !before.has(id) && types.includes(type))
    expect(news.map(({ type }) => type).toSorted()).toEqual(types)
    const pages = ['support', 'orders'].flatMap((recipient) =>
      history.map((part) =>
        part(users.resources, { after: null, limit: 1_000, since: users.now(), recipient }),
      ),
    )
    const replayed = (await Promise.all(pages)).flat().map(({ event }) => event)
    for (const { type, subject, sequence, data } of news)
      expect(replayed).toContainEqual({ type, subject, sequence, data })
  },
)

test.each(['SUPPORT', 'WAREHOUSE', 'MERCHANDISER', 'ANALYST', 'MARKETER', 'ADMIN'] as const)(
  'an account with the role %s is in the history of staff',
  async (role) => {
    const { id } = await users.signUp()
    const { account } = users.resources.prisma
    await account.updateMany({ where: { id }, data: { roles: ['CUSTOMER', role] } })
    const page = { after: null, limit: 1_000, since: null, recipient: 'notifications' }
    const events = (await Promise.all(history.map((part) => part(users.resources, page)))).flat()
    expect(events.map(({ event }) => event)).toContainEqual({
      ...{ type: 'users.roles.changed', subject: id, sequence: 1 },
      data: { userId: id, roles: ['CUSTOMER', role] },
    })
  },
)

test('a role that was revoked before the time takes no place in the page of those revoked since', async () => {
  const admin = await users.promote(boss.id)
  const revokeFrom = async (whom: SignedUp) => {
    const input = { userId: whom.id, role: 'SUPPORT' }
    await run(MUTATIONS.grant, { ...input, expectedVersion: await versionOf(whom) }, admin)
    await run(MUTATIONS.revoke, { ...input, expectedVersion: await versionOf(whom) }, admin)
  }
  const bo = await users.signUp()
  await revokeFrom(ada)
  users.pass(1_000)
  await revokeFrom(bo)
  expect(ada.id < bo.id).toBe(true)
  const page = { after: null, limit: 1, since: users.now(), recipient: 'support' }
  const events = (await Promise.all(history.map((part) => part(users.resources, page)))).flat()
  const ofRoles = events.filter(({ event }) => event.type === 'users.roles.changed')
  expect(ofRoles.map(({ event }) => event.subject)).toEqual([bo.id])
})

test('an account of which two roles were revoked takes one place in the page', async () => {
  const admin = await users.promote(boss.id)
  const [cy, di] = [await users.signUp(), await users.signUp()]
  users.pass(1_000)
  for (const [whom, role] of [
    [cy, 'SUPPORT'],
    [cy, 'ANALYST'],
    [di, 'SUPPORT'],
  ] as const) {
    const input = { userId: whom.id, role }
    await run(MUTATIONS.grant, { ...input, expectedVersion: await versionOf(whom) }, admin)
    await run(MUTATIONS.revoke, { ...input, expectedVersion: await versionOf(whom) }, admin)
  }
  expect(cy.id < di.id).toBe(true)
  const page = { after: null, limit: 2, since: users.now(), recipient: 'support' }
  const events = (await Promise.all(history.map((part) => part(users.resources, page)))).flat()
  const ofRoles = events.filter(({ event }) => event.type === 'users.roles.changed')
  expect(ofRoles.map(({ event }) => event.subject)).toEqual([cy.id, di.id])
})
