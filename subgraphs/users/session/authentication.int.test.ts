import { randomUUID } from 'node:crypto'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../credential/password-hash.ts'
import { openUsers, PASSWORD, refreshTokenOf, SIGN_UP, type TestUsers } from '../testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

const newInput = () => ({
  idempotencyKey: randomUUID(),
  email: `${randomUUID()}@argyle.example`,
  password: PASSWORD,
  displayName: 'Ada',
})
const signUp = (input: object) => users.execute(SIGN_UP, { input })
const accountsOf = (email: string) => users.resources.prisma.account.findMany({ where: { email } })

test('signing up creates a customer, opens a session and publishes the account', async () => {
  const ada = await users.signUp('  Ada@Argyle.Example ', 'Ada')
  expect(await accountsOf('ada@argyle.example')).toMatchObject([
    { id: ada.id, roles: ['CUSTOMER'], version: 1 },
  ])
  const profileUpdated = { type: 'users.profile.updated', subject: ada.id, sequence: 1 }
  expect(await users.outbox()).toContainEqual(expect.objectContaining(profileUpdated))
  const [credential] = await users.resources.prisma.credential.findMany({ where: { userId: ada.id } })
  expect(credential?.passwordHash).toMatch(/^\$argon2id\$/)
})

test('the access token is what the router verifies: EdDSA, at+jwt, 10 minutes, scopes of the role', async () => {
  const { accessToken, id, email, viewer } = await users.signUp()
  const jwks = createLocalJWKSet({ keys: await users.resources.keys.published() })
  const { payload, protectedHeader } = await jwtVerify(accessToken, jwks, {
    algorithms: ['EdDSA'],
    typ: 'at+jwt',
    issuer: 'https://argyle.example',
    audience: 'argyle',
    currentDate: users.now(),
  })
  expect(protectedHeader.kid).toBe(decodeProtectedHeader(accessToken).kid)
  expect(payload).toMatchObject({ sub: id, scope: 'self', sid: viewer.kind === 'user' && viewer.sessionId })
  // The clock of the test is a quarter of a second past the full one.
  expect(payload.iat).toBe(Math.floor(users.now().getTime() / 1_000))
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
  // A client knows the end without reading the token. The clock has stood still.
  const { data } = await users.signIn(email)
  const end = new Date((payload.exp ?? 0) * 1_000).toISOString()
  expect(data.signIn.session.accessTokenExpiresAt).toBe(end)
})

test('the refresh token travels in a cookie that scripts and other sites cannot use', async () => {
  const { cookies, data } = await signUp(newInput())
  const options = { httpOnly: true, sameSite: 'strict', path: '/graphql', secure: true, maxAge: 2_592_000 }
  expect(cookies).toEqual([{ name: 'argyle_refresh', value: expect.stringMatching(/^[\w-]{43}$/), options }])
  expect(JSON.stringify(data)).not.toContain(cookies[0]?.value)
})

test('an address has one account, however it is written', async () => {
  const input = newInput()
  await signUp(input)
  const again = await signUp({ ...newInput(), email: input.email.toUpperCase() })
  expect(again.data.signUp).toMatchObject({
    session: null,
    userErrors: [
      {
        __typename: 'EmailTakenError',
        message: expect.stringContaining(`"${input.email}"`),
        path: ['email'],
      },
    ],
  })
  expect(again.cookies).toEqual([])
})

test('of many who sign up with one address at once, one gets the account', async () => {
  const email = `${randomUUID()}@argyle.example`
  const answers = await users.manyAtOnce(3, () => signUp({ ...newInput(), email }))
  const outcomes = answers.map(({ data }) => data.signUp.userErrors[0]?.__typename ?? 'signed up')
  expect(outcomes.toSorted()).toEqual(['EmailTakenError', 'EmailTakenError', 'signed up'])
  expect(await accountsOf(email)).toHaveLength(1)
})

test('the same request again, even at once, makes no second account and opens a session of the first', async () => {
  const input = newInput()
  const answers = [...(await users.manyAtOnce(2, () => signUp(input))), await signUp(input)]
  const ids = answers.map(({ data }) => data.signUp.session.user.id)
  expect(new Set(ids).size).toBe(1)
  expect(new Set(answers.map(refreshTokenOf)).size).toBe(3)
  expect((await users.outbox()).filter(({ subject }) => subject === ids[0])).toHaveLength(2)
})

test.each([
  ['another name', { displayName: 'Eve' }],
  ['another address', { email: `${randomUUID()}@argyle.example` }],
  ['another password', { password: 'somebody-elses-guess' }],
])('a key that was used is refused with %s', async (_, other) => {
  const input = newInput()
  await signUp(input)
  const { data, cookies } = await signUp({ ...input, ...other })
  const error = { __typename: 'IdempotencyKeyReusedError', path: ['idempotencyKey'] }
  expect(data.signUp).toMatchObject({ session: null, userErrors: [error] })
  expect(cookies).toEqual([])
})

test('a refused sign-up leaves its key free', async () => {
  const [taken, input] = [newInput(), newInput()]
  await signUp(taken)
  const refused = await signUp({ ...input, email: taken.email })
  expect(refused.data.signUp.userErrors).toMatchObject([{ __typename: 'EmailTakenError' }])
  expect((await signUp(input)).data.signUp.userErrors).toEqual([])
})

test('an unknown address and a wrong password get the same answer', async () => {
  const { email } = await users.signUp()
  const wrong = await users.signIn(email, 'not-my-password')
  const unknown = await users.signIn('nobody@argyle.example')
  expect(wrong.data.signIn.userErrors).toMatchObject([{ __typename: 'InvalidCredentialsError' }])
  expect(unknown.data).toEqual(wrong.data)
  expect([wrong.cookies, unknown.cookies]).toEqual([[], []])
})

test('a password that is longer than any is refused before it is checked', async () => {
  const { email } = await users.signUp()
  const [wrong, refused] = [
    await users.signIn(email, 'p'.repeat(256)),
    await users.signIn(email, 'p'.repeat(257)),
  ]
  expect(wrong.data.signIn.userErrors).toMatchObject([{ __typename: 'InvalidCredentialsError' }])
  expect(refused.data.signIn.userErrors).toMatchObject([
    { __typename: 'ValidationError', message: expect.stringMatching(/^password has 257 characters: /) },
  ])
})

test('the right password opens a session of its own', async () => {
  const ada = await users.signUp()
  const { data, cookies } = await users.signIn(ada.email.toUpperCase())
  expect(data.signIn).toMatchObject({ session: { user: { id: ada.id } }, userErrors: [] })
  expect(cookies[0]?.value).not.toBe(ada.refreshToken)
})

test('a hash of an older cost is made anew at sign-in', async () => {
  const { id, email } = await users.signUp()
  const { credential } = users.resources.prisma
  const cheap = await hashPassword(PASSWORD, { memory: 64, passes: 1, parallelism: 1 })
  await credential.updateMany({ where: { userId: id }, data: { passwordHash: cheap } })
  await users.signIn(email, 'not-my-password')
  expect((await credential.findFirst({ where: { userId: id } }))?.passwordHash).toBe(cheap)
  users.pass(1_000)
  await users.signIn(email)
  expect(await credential.findFirst({ where: { userId: id } })).toMatchObject({
    passwordHash: expect.stringMatching(/\$m=19456,t=2,p=1\$/),
    changedAt: users.now(),
  })
  // A slower request that read the older one replaces nothing.
  const another = await hashPassword('a pair of odd socks')
  expect(await users.resources.accounts.rehash(id, cheap, another)).toBe(false)
  expect((await users.signIn(email)).data.signIn.userErrors).toEqual([])
})
