import { randomUUID } from 'node:crypto'
import { encodeCursor } from '@argyle/kit/connection'
import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import type { OperationResult } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADD, anAddress } from './testing/address-book.ts'
import {
  HALF,
  INPUT_TYPES,
  LONG,
  type Mutation,
  NUL,
  REFUSED,
  titled,
  WRONG_TYPE,
} from './testing/bad-values.ts'
import { openUsers, PASSWORD, type SignedUp, type TestUsers } from './testing/open-users.ts'

let users: TestUsers
let ada: SignedUp
let admin: Viewer
let addressId: string
beforeAll(async () => {
  users = await openUsers()
  ada = await users.signUp()
  admin = await users.promote((await users.signUp()).id)
  const { data } = await users.execute(ADD, { input: anAddress() }, ada.viewer)
  addressId = data.addAddress.address.id
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

/** A valid input of each mutation, as a function: ids are known only when the tests run. */
const GOOD: Record<Mutation, () => object> = {
  signUp: () => ({
    idempotencyKey: randomUUID(),
    email: `${randomUUID()}@argyle.example`,
    password: PASSWORD,
    displayName: 'Eve',
  }),
  signIn: () => ({ email: ada.email, password: PASSWORD }),
  updateProfile: () => ({ expectedVersion: 1, displayName: 'Eve' }),
  addAddress: () => anAddress(),
  updateAddress: () => ({ addressId, expectedVersion: 1, city: 'York' }),
  removeAddress: () => ({ addressId, expectedVersion: 1 }),
  grantRole: () => ({ userId: ada.id, expectedVersion: 1, role: 'SUPPORT' }),
  revokeRole: () => ({ userId: ada.id, expectedVersion: 1, role: 'SUPPORT' }),
}

function send(mutation: Mutation, over: object): Promise<OperationResult> {
  const query = `mutation ($input: ${INPUT_TYPES[mutation]}!) {
    ${mutation}(input: $input) { userErrors { __typename ... on UserError { message path } } } }`
  const viewer = mutation.endsWith('Role') ? admin : ada.viewer
  return users.execute(query, { input: { ...GOOD[mutation](), ...over } }, viewer)
}

/**
 * All rows that a refused request must not change. Throttle rows may change, and a key pair may be created.
 */
async function everything(): Promise<string> {
  const { prisma } = users.resources
  const rows = await Promise.all([
    prisma.account.findMany({ orderBy: { id: 'asc' } }),
    prisma.credential.findMany({ orderBy: { userId: 'asc' } }),
    prisma.address.findMany({ orderBy: { id: 'asc' } }),
    prisma.session.findMany({ orderBy: { id: 'asc' } }),
    prisma.auditEntry.findMany({ orderBy: { id: 'asc' } }),
    prisma.idempotencyRecord.count(),
    prisma.outboxMessage.count(),
  ])
  return JSON.stringify(rows)
}

/** How a message shows a value: possibly trimmed, cut, lower or upper case. */
const shown = (value: unknown) =>
  typeof value === 'string' ? value.trim().slice(0, 40).toLowerCase() : String(value)

test.each(titled(REFUSED))('$mutation refuses $field $shown', async ({ mutation, field, value }) => {
  const before = await everything()
  const { data, errors } = await send(mutation, { [field]: value })
  expect(errors).toEqual([])
  const [error, ...others] = data[mutation].userErrors
  expect(others).toEqual([])
  expect(error).toMatchObject({ __typename: 'ValidationError', path: [field] })
  if (value !== NUL && value !== HALF) expect(error.message.toLowerCase()).toContain(shown(value))
  expect(error.message.length).toBeLessThan(400)
  expect(await everything()).toBe(before)
})

test.each([
  ['stale', 'updateProfile'],
  ['stale', 'updateAddress'],
  ['stale', 'removeAddress'],
  ['stale', 'grantRole'],
  ['stale', 'revokeRole'],
] as const)('a %s version is refused by %s', async (_, mutation) => {
  const before = await everything()
  const { data, errors } = await send(mutation, { expectedVersion: 2_147_483_647 })
  expect(errors).toEqual([])
  expect(data[mutation].userErrors).toMatchObject([
    { __typename: 'VersionConflictError', path: ['expectedVersion'] },
  ])
  expect(data[mutation].userErrors[0].message).toContain('2147483647')
  expect(await everything()).toBe(before)
})

test.each([
  ['signUp', ''],
  ['signUp', 'elevenchars'],
  ['signUp', 'p'.repeat(129)],
  ['signUp', HALF.repeat(20)],
  ['signUp', LONG.repeat(20)],
  ['signIn', ''],
  ['signIn', LONG.repeat(20)],
] as const)('%s refuses password %# without repeating it', async (mutation, password) => {
  const before = await everything()
  const { data, errors } = await send(mutation, { password })
  expect(errors).toEqual([])
  const [error] = data[mutation].userErrors
  expect(error).toMatchObject({ __typename: 'ValidationError', path: ['password'] })
  if (password) expect(error.message).not.toContain(password.slice(0, 11))
  else expect(error.message).toMatch(/^password has 0 characters: /)
  expect(await everything()).toBe(before)
})

test.each([NUL, HALF, 'ω'.repeat(200), '🧦'.repeat(128)])(
  'a wrong password of odd signs is only wrong, %#',
  async (password) => {
    const { data, errors } = await send('signIn', { password })
    expect(errors).toEqual([])
    expect(data.signIn.userErrors).toMatchObject([{ __typename: 'InvalidCredentialsError' }])
    await users.signIn(ada.email)
  },
)

test.each(titled(WRONG_TYPE))('$mutation takes no $field $shown', async ({ mutation, field, value }) => {
  const before = await everything()
  const { errors } = await send(mutation, { [field]: value })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(await everything()).toBe(before)
})

test.each(Object.entries(INPUT_TYPES))(
  '%s takes no missing input, and none of nothing',
  async (mutation, type) => {
    for (const variables of [{}, { input: null }, { input: {} }, { input: [] }, { input: 'x' }]) {
      const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { __typename } } }`
      const { errors } = await users.execute(query, variables, admin)
      expect(errors.length).toBeGreaterThan(0)
      for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  },
)

const USERS = 'query ($first: Int, $after: String) { users(first: $first, after: $after) { totalCount } }'
const time = '2026-11-21T09:00:00.000Z'

test.each([
  [{ first: 0 }, '0'],
  [{ first: -1 }, '-1'],
  [{ first: 101 }, '101'],
  [{ first: 2_147_483_648 }, '2147483648'],
  [{ first: 1.5 }, '1.5'],
  [{ first: 'ten' }, 'ten'],
  [{ after: '' }, '""'],
  [{ after: 'not a cursor' }, 'not a cursor'],
  [{ after: NUL }, 'after'],
  [{ after: LONG }, 'aaaa'],
  [{ after: encodeCursor('oldest', [time, newId('usr')]) }, 'after'],
  [{ after: encodeCursor('newest', [time]) }, time],
  [{ after: encodeCursor('newest', [time, 7]) }, '7'],
  [{ after: encodeCursor('newest', [time, NUL]) }, 'after'],
  [{ after: encodeCursor('newest', [7, newId('usr')]) }, '7'],
  [{ after: encodeCursor('newest', ['yesterday', newId('usr')]) }, 'yesterday'],
  [{ after: encodeCursor('newest', [time, newId('usr'), 'more']) }, 'more'],
  [{ after: encodeCursor('newest', ['+275760-09-13T00:00:00.000Z', newId('usr')]) }, '+275760'],
  [{ after: encodeCursor('newest', ['-271821-04-20T00:00:00.000Z', newId('usr')]) }, '-271821'],
])('users takes no bad page %#', async (variables, echoed) => {
  const { errors } = await users.execute(USERS, variables, admin)
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(errors[0]?.message).toContain(echoed)
})

test.each(['', 'x', NUL, LONG, newId('prd'), 'usr_1'])('user takes no bad id %#', async (id) => {
  const { errors } = await users.execute('query ($id: ID!) { user(id: $id) { id } }', { id }, admin)
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
})

test('signOut takes no other type', async () => {
  const query = 'mutation ($e: Boolean) { signOut(everywhere: $e) { ok } }'
  const { errors } = await users.execute(query, { e: 'all' }, ada.viewer)
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
})
