import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { withCopies } from '@argyle/kit/testing/copies'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { users as definition } from '../subgraph.ts'
import { openUsers, type TestUsers } from '../testing/open-users.ts'
import type { Role } from './role.ts'

const copies = withCopies(definition, ['reviews'])
let users: TestUsers
beforeAll(async () => {
  users = await openUsers({ definition: copies.definition })
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['account ('])

const change = (field: string, type: string, selection: string) => /* GraphQL */ `
  mutation Change($input: ${type}!) {
    ${field}(input: $input) {
      ${selection}
      userErrors { __typename ... on UserError { message path } ... on VersionConflictError { currentVersion } }
    }
  }`
const RENAME = change('updateProfile', 'UpdateProfileInput', 'user { id displayName version }')
const GRANT = change('grantRole', 'GrantRoleInput', 'user { roles version }')
const REVOKE = change('revokeRole', 'RevokeRoleInput', 'user { roles version }')

const run = (operation: string, input: object, viewer: Viewer) => users.execute(operation, { input }, viewer)
const accountOf = (id: string) => users.resources.prisma.account.findFirst({ where: { id } })

test('a new name is answered once reviews has it', async () => {
  const { viewer } = await users.signUp()
  for (const [expectedVersion, displayName] of [
    [1, 'Ada L.'],
    [2, 'Ada M.'],
  ])
    expect(await copies.waits(() => run(RENAME, { expectedVersion, displayName }, viewer))).toBe(1)
})

test('a new name is stored and published once, with the fields of the sample', async () => {
  const { id, viewer } = await users.signUp()
  const createdAt = users.now()
  users.pass(1_000)
  const { data } = await run(RENAME, { expectedVersion: 1, displayName: ' Ada L. ' }, viewer)
  expect(data.updateProfile).toEqual({ user: { id, displayName: 'Ada L.', version: 2 }, userErrors: [] })
  expect(await users.resources.accounts.byIds([id])).toMatchObject([{ createdAt, updatedAt: users.now() }])
  const { data: read } = await users.execute('{ me { createdAt } }', {}, viewer)
  expect(read.me).toEqual({ createdAt: createdAt.toISOString() })
  const same = { expectedVersion: 2, displayName: 'Ada L.' }
  expect(await copies.waits(() => run(RENAME, same, viewer))).toBe(0)
  for (const type of ['users.profile.updated', 'users.contact.changed']) {
    const published = (await users.outbox()).filter((row) => row.subject === id && row.type === type)
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2])
    const file = new URL(`../event-samples/${type}.json`, import.meta.url)
    const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    expect(published[1]).toMatchObject({ type: sample.type, data: { userId: id, displayName: 'Ada L.' } })
    expect(Object.keys(published[1]?.data as object).sort()).toEqual(
      Object.keys(sample.data as object).sort(),
    )
  }
})

test('of two changes to one version one wins', async () => {
  const { id, viewer } = await users.signUp()
  const answers = await users.atOnce(
    ['Ann', 'Bea'].map((displayName) => () => run(RENAME, { expectedVersion: 1, displayName }, viewer)),
  )
  const conflicts = answers.flatMap(({ data }) => data.updateProfile.userErrors)
  expect(conflicts).toMatchObject([{ __typename: 'VersionConflictError', currentVersion: 2 }])
  expect((await accountOf(id))?.version).toBe(2)
})

test('an administrator grants and revokes roles, and each change leaves a trace', async () => {
  const [boss, ada] = [await users.signUp(), await users.signUp()]
  const admin = await users.promote(boss.id)
  const granted = await run(GRANT, { userId: ada.id, expectedVersion: 1, role: 'SUPPORT' }, admin)
  expect(granted.data.grantRole).toEqual({
    user: { roles: ['CUSTOMER', 'SUPPORT'], version: 2 },
    userErrors: [],
  })
  const revoked = await run(REVOKE, { userId: ada.id, expectedVersion: 2, role: 'SUPPORT' }, admin)
  expect(revoked.data.revokeRole).toEqual({ user: { roles: ['CUSTOMER'], version: 3 }, userErrors: [] })
  const query = `query ($of: ID) { usersAudit(subjectId: $of) { edges { node { action actorId before after } } } }`
  const { data } = await users.execute(query, { of: ada.id }, staff('audit:read'))
  const [customer, supporter] = ['{"roles": ["CUSTOMER"]}', '{"roles": ["CUSTOMER", "SUPPORT"]}']
  expect(data.usersAudit.edges.map(({ node }: { node: unknown }) => node)).toEqual([
    { action: 'revokeRole', actorId: boss.id, before: supporter, after: customer },
    { action: 'grantRole', actorId: boss.id, before: customer, after: supporter },
  ])
  const published = (await users.outbox()).filter(({ type }) => type === 'users.roles.changed')
  expect(published).toMatchObject([
    { subject: ada.id, sequence: 2, data: { userId: ada.id, roles: ['CUSTOMER', 'SUPPORT'] } },
    { subject: ada.id, sequence: 3, data: { userId: ada.id, roles: ['CUSTOMER'] } },
  ])
})

/** A change of the roles of a new account by a new administrator. */
async function roleChange(before: Role[], after: Role[]) {
  const [boss, ada] = [await users.signUp(), await users.signUp()]
  await users.resources.prisma.account.updateMany({ where: { id: ada.id }, data: { roles: before } })
  const entries = [{ subjectId: ada.id, before: { roles: before }, after: { roles: after } }]
  const input = { userId: ada.id, expectedVersion: 1, role: 'SUPPORT' }
  return { viewer: await users.promote(boss.id), input, entries }
}
testAuditedMutations(
  new URL('../schema.graphql', import.meta.url),
  () => users,
  (name, input, viewer) => run({ grantRole: GRANT, revokeRole: REVOKE }[name], input, viewer),
  {
    grantRole: () => roleChange(['CUSTOMER'], ['CUSTOMER', 'SUPPORT']),
    revokeRole: () => roleChange(['CUSTOMER', 'SUPPORT'], ['CUSTOMER']),
  },
)

test.each([
  ['nobody', { kind: 'anonymous' }, 'UNAUTHENTICATED'],
  [
    'a customer',
    { kind: 'user', id: newId('usr'), sessionId: newId('ses'), scopes: new Set(['self']) },
    'FORBIDDEN',
  ],
  [
    'staff without users:write',
    { kind: 'user', id: newId('usr'), sessionId: newId('ses'), scopes: new Set(['self', 'users:read']) },
    'FORBIDDEN',
  ],
] as const)('%s changes no role', async (_, viewer, code) => {
  const ada = await users.signUp()
  for (const operation of [GRANT, REVOKE]) {
    const answer = await run(operation, { userId: ada.id, expectedVersion: 1, role: 'ADMIN' }, viewer)
    expect(answer.errors).toMatchObject([{ extensions: { code } }])
  }
  expect(await accountOf(ada.id)).toMatchObject({ roles: ['CUSTOMER'], version: 1 })
})

test.each(['roles', 'role', 'scopes', 'version', 'id'])(
  'no input of a customer’s own takes “%s”',
  async (field) => {
    const { id, viewer } = await users.signUp()
    const forged = { expectedVersion: 1, displayName: 'Eve', [field]: ['ADMIN'] }
    const answer = await run(RENAME, forged, viewer)
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(await accountOf(id)).toMatchObject({ roles: ['CUSTOMER'], displayName: 'Ada' })
  },
)

test('administrators who revoke each other at once leave one', async () => {
  const { account } = users.resources.prisma
  await account.updateMany({ where: { roles: { has: 'ADMIN' } }, data: { roles: ['CUSTOMER'] } })
  const [one, two] = [await users.signUp(), await users.signUp()]
  const [first, second] = [await users.promote(one.id), await users.promote(two.id)]
  const answers = await users.atOnce([
    () => run(REVOKE, { userId: two.id, expectedVersion: 1, role: 'ADMIN' }, first),
    () => run(REVOKE, { userId: one.id, expectedVersion: 1, role: 'ADMIN' }, second),
  ])
  const refused = answers.flatMap(({ data }) => data.revokeRole.userErrors)
  expect(refused).toMatchObject([{ __typename: 'LastAdministratorError', path: ['userId'] }])
  expect(await account.count({ where: { roles: { has: 'ADMIN' } } })).toBe(1)
})

test('staff page through all accounts, newest first, each once', async () => {
  users.pass(60_000)
  const newest = [await users.signUp(), await users.signUp(), await users.signUp()].map(({ id }) => id)
  users.pass(1)
  const last = (await users.signUp()).id
  // A table that is known to be small is read as it lies: the order is that of the statement alone.
  await users.resources.prisma.$executeRaw`ANALYZE account`
  const staff: Viewer = { kind: 'user', id: newId('usr'), sessionId: '', scopes: new Set(['users:read']) }
  const PAGE = `query ($first: Int, $after: String) {
    users(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } totalCount } }`
  const seen: string[] = []
  let after: string | null = null
  let total = 0
  do {
    const { data } = await users.execute(PAGE, { first: 2, after }, staff)
    seen.push(...data.users.edges.map(({ node }: { node: { id: string } }) => node.id))
    after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null
    total = data.users.totalCount
  } while (after)
  expect(seen.slice(0, 4)).toEqual([last, ...newest.toSorted().reverse()])
  expect(seen).toHaveLength(total)
  expect(new Set(seen).size).toBe(total)
})
