import { randomUUID } from 'node:crypto'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GRACE_MS } from '../session/session.ts'
import { openUsers, PASSWORD, REFRESH, SIGN_UP, type TestUsers, withCookie } from '../testing/open-users.ts'
import {
  PER_ACCOUNT,
  PER_ACCOUNT_AND_ADDRESS,
  PER_ADDRESS,
  passwordBuckets,
  REFRESHES_PER_ADDRESS,
  SIGN_UPS_PER_ADDRESS,
} from './throttle.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

const limited = (seconds: number) => ({
  data: { signIn: null },
  errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: seconds } }],
})

/** Tries a wrong password; true if it was checked, false if it was refused unchecked. */
async function guess(email: string, clientAddress: string | null = null): Promise<boolean> {
  const { data } = await users.signIn(email, 'not-my-password', clientAddress)
  return data.signIn !== null
}

async function fill(email: string) {
  for (let tries = 0; tries < PER_ACCOUNT_AND_ADDRESS.burst; tries++) expect(await guess(email)).toBe(true)
}

test('after ten wrong passwords even the right one waits, a minute a try', async () => {
  const { email } = await users.signUp()
  await fill(email)
  expect(await users.signIn(email)).toMatchObject(limited(60))
  users.pass(59_000)
  expect(await users.signIn(email)).toMatchObject(limited(1))
  users.pass(1_000)
  expect((await users.signIn(email)).data.signIn.userErrors).toEqual([])
})

test('the right password makes earlier slips forgotten', async () => {
  const { email } = await users.signUp()
  for (let tries = 1; tries < PER_ACCOUNT_AND_ADDRESS.burst; tries++) await guess(email)
  expect((await users.signIn(email)).data.signIn.userErrors).toEqual([])
  await fill(email)
})

test('an address without an account is throttled alike', async () => {
  await fill('nobody@argyle.example')
  expect(await users.signIn('nobody@argyle.example')).toMatchObject(limited(60))
})

test('guesses at once all count', async () => {
  const { email } = await users.signUp()
  const tried = await users.manyAtOnce(25, () => guess(email))
  expect(tried.filter(Boolean)).toHaveLength(PER_ACCOUNT_AND_ADDRESS.burst)
})

test('one client address cannot try many accounts; another address still may', async () => {
  const { throttle } = users.resources
  for (let tries = 0; tries < PER_ADDRESS.burst; tries++)
    await throttle.take('sign-in:203.0.113.9', PER_ADDRESS)
  expect(await users.signIn('a@argyle.example', 'x', '203.0.113.9')).toMatchObject(limited(6))
  expect(await guess('a@argyle.example', '203.0.113.10')).toBe(true)
  users.pass(PER_ADDRESS.everyMs)
  expect(await guess('a@argyle.example', '203.0.113.9')).toBe(true)
})

test('who signs in rightly uses nothing of the address up', async () => {
  const { email } = await users.signUp()
  const { throttle } = users.resources
  for (let tries = 1; tries < PER_ADDRESS.burst; tries++)
    await throttle.take('sign-in:198.51.100.1', PER_ADDRESS)
  for (let times = 0; times < 3; times++) {
    const { data } = await users.signIn(email, undefined, '198.51.100.1')
    expect(data.signIn.userErrors).toEqual([])
  }
})

test('wrong passwords from one address do not keep the owner out at another', async () => {
  const { email } = await users.signUp()
  for (let tries = 0; tries < PER_ACCOUNT_AND_ADDRESS.burst; tries++) await guess(email, '203.0.113.66')
  expect(await users.signIn(email, undefined, '203.0.113.66')).toMatchObject(limited(60))
  expect((await users.signIn(email, undefined, '203.0.113.67')).data.signIn.userErrors).toEqual([])
})

test('wrong passwords from many addresses are bounded for one account', async () => {
  const { email } = await users.signUp()
  const { own, shared } = passwordBuckets(email, null)
  for (let tries = 0; tries < PER_ACCOUNT.burst; tries++) {
    await users.resources.throttle.take(shared[0]?.key ?? '', PER_ACCOUNT)
  }
  expect(await users.signIn(email, undefined, '203.0.113.70')).toMatchObject(limited(60))
  users.pass(PER_ACCOUNT.everyMs)
  expect((await users.signIn(email, undefined, '203.0.113.71')).data.signIn.userErrors).toEqual([])
  expect(own.allowance.burst).toBeLessThan(PER_ACCOUNT.burst)
})

test('each alias of one operation is an attempt', async () => {
  const { email } = await users.signUp()
  const fields = Array.from({ length: 30 }, (_, index) => `a${index}: signIn(input: $input) { __typename }`)
  const { data, errors } = await users.execute(
    `mutation Many($input: SignInInput!) { ${fields.join(' ')} }`,
    { input: { email, password: 'not-my-password' } },
    undefined,
    { clientAddress: '203.0.113.80' },
  )
  expect(Object.values(data).filter(Boolean)).toHaveLength(PER_ACCOUNT_AND_ADDRESS.burst)
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(Array(20).fill('RATE_LIMITED'))
})

test.each([
  ['changePassword', 'password: "a pair of odd socks"'],
  ['requestEmailChange', 'email: "new@argyle.example"'],
  ['deleteAccount', ''],
])('the current password of %s is tried as at a sign-in from the same address', async (field, rest) => {
  const { email, viewer } = await users.signUp()
  const input = `{ currentPassword: "not-my-password" ${rest} }`
  const give = (clientAddress: string) => {
    const mutation = `mutation { ${field}(input: ${input}) { userErrors { __typename } } }`
    return users.execute(mutation, {}, viewer, { clientAddress })
  }
  const { burst } = PER_ACCOUNT_AND_ADDRESS
  for (let tries = 1; tries < burst; tries++) await guess(email, '203.0.113.95')
  const wrong = { errors: [], data: { [field]: { userErrors: [{ __typename: 'InvalidCredentialsError' }] } } }
  expect(await give('203.0.113.95')).toMatchObject(wrong)
  expect((await give('203.0.113.95')).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
  expect(await give('203.0.113.96')).toMatchObject(wrong)
})

test('accounts that one address opens are bounded; another address still may', async () => {
  const signUp = (clientAddress: string, email = `${randomUUID()}@argyle.example`) => {
    const account = { idempotencyKey: randomUUID(), email }
    const input = { ...account, password: PASSWORD, displayName: 'Ada' }
    return users.execute(SIGN_UP, { input }, undefined, { clientAddress })
  }
  const { throttle } = users.resources
  const { email } = await users.signUp()
  for (let made = 2; made < SIGN_UPS_PER_ADDRESS.burst; made++)
    await throttle.take('sign-up:203.0.113.97', SIGN_UPS_PER_ADDRESS)
  expect((await signUp('203.0.113.97')).data.signUp.userErrors).toEqual([])
  // A refused one counts too: it tells whether an address has an account.
  const taken = [{ __typename: 'EmailTakenError' }]
  expect((await signUp('203.0.113.97', email)).data.signUp.userErrors).toMatchObject(taken)
  expect((await signUp('203.0.113.97')).errors).toMatchObject([
    { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 30 } },
  ])
  expect((await signUp('203.0.113.98')).data.signUp.userErrors).toEqual([])
})

test('refresh tokens that open nothing are bounded for one address; a right one counts for nothing', async () => {
  const { refreshToken } = await users.signUp()
  const refresh = (token: string) =>
    users.execute(REFRESH, {}, undefined, { ...withCookie(token), clientAddress: '203.0.113.90' })
  const wrong = 'A'.repeat(43)
  for (let tries = 1; tries < REFRESHES_PER_ADDRESS.burst; tries++) await refresh(wrong)
  const { data } = await refresh(refreshToken)
  expect(data.refreshSession.userErrors).toEqual([])
  await refresh(wrong)
  expect((await refresh(wrong)).errors).toMatchObject([
    { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 6 } },
  ])
})

test('a copy of a refresh token that was used counts as one that opens nothing', async () => {
  const { refreshToken } = await users.signUp()
  await users.refresh(refreshToken)
  users.pass(GRACE_MS + 1)
  const { throttle } = users.resources
  for (let tries = 1; tries < REFRESHES_PER_ADDRESS.burst; tries++)
    await throttle.take('refresh:203.0.113.91', REFRESHES_PER_ADDRESS)
  const refresh = () =>
    users.execute(REFRESH, {}, undefined, { ...withCookie(refreshToken), clientAddress: '203.0.113.91' })
  expect((await refresh()).data.refreshSession.session).toBeNull()
  expect((await refresh()).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
})
