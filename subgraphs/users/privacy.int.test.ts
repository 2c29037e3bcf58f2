import { randomUUID } from 'node:crypto'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from './account/role.ts'
import { scopesOf } from './account/role.ts'
import { ADD, anAddress } from './testing/address-book.ts'
import { openUsers, PASSWORD, type SignedUp, type TestUsers, withCookie } from './testing/open-users.ts'

let users: TestUsers
let ada: SignedUp
beforeAll(async () => {
  users = await openUsers()
  ada = await users.signUp()
  await users.execute(ADD, { input: anAddress() }, ada.viewer)
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['refresh_token ('])

const SELECTION =
  'id displayName email isEmailVerified addresses { city } roles sessions { id current } createdAt version'
type PrivateField = 'email' | 'isEmailVerified' | 'addresses' | 'createdAt' | 'version'
type Field = 'id' | 'displayName' | 'roles' | 'sessions' | PrivateField
const PUBLIC: Field[] = ['id', 'displayName']
const PRIVATE: Field[] = [...PUBLIC, 'email', 'isEmailVerified', 'addresses', 'createdAt', 'version']

const roleOf = (role: Role): Viewer => {
  const scopes = new Set<string>(scopesOf(['CUSTOMER', role]))
  return { kind: 'user', id: newId('usr'), sessionId: newId('ses'), scopes }
}

/** Viewers, and the fields of Ada's account that they may read. */
const READERS: readonly [string, () => Viewer, readonly Field[]][] = [
  ['a guest', () => anonymous, PUBLIC],
  ['another customer', () => roleOf('CUSTOMER'), PUBLIC],
  ['the owner', () => ada.viewer, [...PRIVATE, 'sessions']],
  ['support', () => roleOf('SUPPORT'), [...PRIVATE, 'roles']],
  ['the warehouse', () => roleOf('WAREHOUSE'), PUBLIC],
  ['a merchandiser', () => roleOf('MERCHANDISER'), PUBLIC],
  ['an administrator', () => roleOf('ADMIN'), [...PRIVATE, 'roles']],
]

type Found = {
  user: Record<Field, unknown> | null
  errors: readonly { path?: unknown; extensions?: { code?: unknown } }[]
}

/** The paths to Ada's account: as an entity, or through a root field. */
const PATHS: readonly [string, (viewer: Viewer) => Promise<Found>][] = [
  [
    '_entities, as from review.author and order.customer',
    async (viewer) => {
      const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { ${SELECTION} } } }`
      const { data, errors } = await users.execute(
        query,
        { of: [{ __typename: 'User', id: ada.id }] },
        viewer,
      )
      return { user: data._entities[0], errors }
    },
  ],
  [
    'user(id:)',
    async (viewer) => {
      const query = `query ($id: ID!) { user(id: $id) { ${SELECTION} } }`
      const { data, errors } = await users.execute(query, { id: ada.id }, viewer)
      return { user: data.user, errors }
    },
  ],
  [
    'users',
    async (viewer) => {
      const { data, errors } = await users.execute(
        `{ users(first: 1) { edges { node { ${SELECTION} } } } }`,
        {},
        viewer,
      )
      return { user: data.users?.edges[0].node ?? null, errors }
    },
  ],
  [
    'me',
    async (viewer) => {
      const { data, errors } = await users.execute(`{ me { ${SELECTION} } }`, {}, viewer)
      return { user: data.me, errors }
    },
  ],
]

function readable({ user }: Found): string[] {
  return Object.entries(user ?? {}).flatMap(([field, value]) => (value === null ? [] : [field]))
}

describe.each(PATHS)('through %s', (_, ask) => {
  test.each(READERS)(
    '%s reads what the description promises, and no more',
    async (_name, viewerOf, fields) => {
      const found = await ask(viewerOf())
      if (found.user !== null) {
        expect(found.user.id).toBe(ada.id)
        expect(readable(found).sort()).toEqual(fields.toSorted())
      }
      const codes = found.errors.map(({ extensions }) => extensions?.code)
      expect(codes.filter((code) => code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN')).toEqual([])
    },
  )
})

const USER_ERRORS = 'userErrors { __typename }'

/**
 * After a sign-in, by a guest or another user, the answer is visible to the account that has just signed in.
 */
const SIGN_INS: readonly [
  string,
  () => Promise<{ user: Record<Field, unknown>; errors: readonly unknown[] }>,
][] = [
  [
    'signIn',
    async () => {
      const mutation = `mutation ($input: SignInInput!) { signIn(input: $input) { session { user { ${SELECTION} } } ${USER_ERRORS} } }`
      const { data, errors } = await users.execute(mutation, {
        input: { email: ada.email, password: PASSWORD },
      })
      return { user: data.signIn.session.user, errors }
    },
  ],
  [
    'signIn of a customer who is somebody else',
    async () => {
      const mutation = `mutation ($input: SignInInput!) { signIn(input: $input) { session { user { ${SELECTION} } } ${USER_ERRORS} } }`
      const input = { email: ada.email, password: PASSWORD }
      const { data, errors } = await users.execute(mutation, { input }, roleOf('CUSTOMER'))
      return { user: data.signIn.session.user, errors }
    },
  ],
  [
    'refreshSession',
    async () => {
      const mutation = `mutation { refreshSession { session { user { ${SELECTION} } } ${USER_ERRORS} } }`
      const { data, errors } = await users.execute(mutation, {}, anonymous, withCookie(ada.refreshToken))
      return { user: data.refreshSession.session.user, errors }
    },
  ],
]

test.each(SIGN_INS)('through %s the account reads itself', async (_, ask) => {
  const { user, errors } = await ask()
  expect(readable({ user, errors: [] }).sort()).toEqual([...PRIVATE, 'sessions'].toSorted())
  expect(user.sessions).toContainEqual({ id: expect.any(String), current: true })
  expect(errors).toMatchObject([
    { path: expect.arrayContaining(['roles']), extensions: { code: 'FORBIDDEN' } },
  ])
})

test('through signUp the account reads itself, which is the first of its sessions', async () => {
  const mutation = `mutation ($input: SignUpInput!) { signUp(input: $input) { session { user { email version sessions { current } } } } }`
  const email = `${randomUUID()}@argyle.example`
  const input = { idempotencyKey: randomUUID(), email, password: PASSWORD, displayName: 'Bo' }
  const { data, errors } = await users.execute(mutation, { input })
  expect(errors).toEqual([])
  expect(data.signUp.session.user).toEqual({ email, version: 1, sessions: [{ current: true }] })
})

test('after a sign-in and a refresh staff read what their scopes allow', async () => {
  const { id, email, refreshToken } = await users.signUp()
  await users.promote(id)
  const mutation = `mutation ($input: SignInInput!) {
    signIn(input: $input) { session { user { roles } } } refreshSession { session { user { roles } } } }`
  const input = { email, password: PASSWORD }
  const { data, errors } = await users.execute(mutation, { input }, anonymous, withCookie(refreshToken))
  expect(errors).toEqual([])
  const session = { user: { roles: ['CUSTOMER', 'ADMIN'] } }
  expect(data).toEqual({ signIn: { session }, refreshSession: { session } })
})

test('two sign-ins of one operation read each its own account', async () => {
  const bo = await users.signUp()
  const mutation = `mutation ($a: SignInInput!, $b: SignInInput!) {
    a: signIn(input: $a) { session { accessToken user { email sessions { current } } } }
    b: signIn(input: $b) { session { accessToken user { email sessions { current } } } } }`
  const input = ({ email }: SignedUp) => ({ email, password: PASSWORD })
  const readers: Record<string, string> = {}
  const nameReader = (responseName: string, accessToken: string) => {
    readers[responseName] = accessToken
  }
  const variables = { a: input(ada), b: input(bo) }
  const { data } = await users.execute(mutation, variables, anonymous, { nameReader })
  // The router reads each part of the answer in the name of its own account.
  expect(readers).toEqual({ a: data.a.session.accessToken, b: data.b.session.accessToken })
  expect([data.a.session.user.email, data.b.session.user.email]).toEqual([ada.email, bo.email])
  const current = (name: 'a' | 'b') => {
    const { sessions } = data[name].session.user
    return sessions.filter((session: { current: boolean }) => session.current).length
  }
  expect([current('a'), current('b')]).toEqual([1, 1])
})

test('who signs in does not become the reader of the rest of the operation', async () => {
  const mutation = `mutation ($input: SignInInput!) { signIn(input: $input) { session { user { id } } }
    updateProfile(input: { expectedVersion: 1, displayName: "Eve" }) { user { displayName } } }`
  const { data, errors } = await users.execute(mutation, { input: { email: ada.email, password: PASSWORD } })
  expect(data.updateProfile).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
})

test('payloads that show another account show it to the administrator who changed it', async () => {
  const admin = await users.signUp()
  const viewer = await users.promote(admin.id)
  const bo = await users.signUp()
  const mutation = `mutation ($input: GrantRoleInput!) { grantRole(input: $input) { user { ${SELECTION} } } }`
  const input = { userId: bo.id, expectedVersion: 1, role: 'SUPPORT' }
  const { data, errors } = await users.execute(mutation, { input }, viewer)
  expect(errors).toEqual([])
  expect(readable({ user: data.grantRole.user, errors: [] }).sort()).toEqual([...PRIVATE, 'roles'].toSorted())
})
