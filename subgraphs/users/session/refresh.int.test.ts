import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUsers, REFRESH, refreshTokenOf, type TestUsers, viewerOf } from '../testing/open-users.ts'
import { GRACE_MS, SESSION_MS } from './session.ts'

let users: TestUsers
let logged = ''
beforeAll(async () => {
  const write = (line: string) => {
    logged += line
  }
  users = await openUsers({ log: pino({ level: 'warn' }, { write }) })
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['refresh_token (', 'session ('])

const over = { session: null, userErrors: [{ __typename: 'InvalidCredentialsError', path: null }] }

/** Refreshes, and returns the new token. */
async function next(token: string): Promise<string> {
  const answer = await users.refresh(token)
  expect(answer.data.refreshSession.userErrors).toEqual([])
  return refreshTokenOf(answer) ?? ''
}

async function expectOver(token: string) {
  const answer = await users.refresh(token)
  expect(answer.data.refreshSession).toMatchObject(over)
  expect(answer.errors).toEqual([])
  // A browser deletes the cookie of the same path and attributes.
  const options = { httpOnly: true, sameSite: 'strict', path: '/graphql', secure: true, maxAge: 0 }
  expect(answer.cookies).toEqual([{ name: 'argyle_refresh', value: '', options }])
}

const familyOf = (userId: string) =>
  users.resources.prisma.session.findMany({ where: { userId }, include: { tokens: true } })

test('each use rotates the token within one session', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  const third = await next(second)
  expect(new Set([ada.refreshToken, second, third]).size).toBe(3)
  const [session, ...others] = await familyOf(ada.id)
  expect(others).toEqual([])
  expect(session?.tokens.filter(({ consumedAt }) => consumedAt === null)).toHaveLength(1)
  expect(session?.id).toBe(viewerOf(ada.accessToken).sessionId)
})

test('no token lies in the database', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  const tables = await users.resources.prisma.$queryRaw<{ row: string }[]>`
    SELECT t::text AS row FROM refresh_token t UNION ALL SELECT s::text FROM session s`
  const dump = tables.map(({ row }) => row).join('\n')
  for (const token of [ada.refreshToken, second]) {
    expect(dump).not.toContain(token)
    expect(dump).not.toContain(Buffer.from(token).toString('hex'))
    expect(dump).not.toContain(Buffer.from(token, 'base64url').toString('hex'))
  }
})

test('tabs that refresh at once all get the one successor', async () => {
  const ada = await users.signUp()
  const tokens = await users.manyAtOnce(6, () => next(ada.refreshToken))
  expect(new Set(tokens).size).toBe(1)
  const [session] = await familyOf(ada.id)
  expect(session?.tokens).toHaveLength(2)
})

test('a refresh that waits while its session is ended opens nothing', async () => {
  const ada = await users.signUp()
  const { sessionId: id } = viewerOf(ada.accessToken)
  const data = { endedAt: users.now(), endedBy: 'SIGN_OUT' } as const
  const waiting = await users.resources.prisma.$transaction(async (tx) => {
    await tx.session.updateMany({ where: { id }, data })
    const refresh = users.refresh(ada.refreshToken)
    await users.untilWaiting(1, [refresh])
    return [refresh]
  })
  const [answer] = await Promise.all(waiting)
  expect(answer?.data.refreshSession).toMatchObject(over)
})

test('within the grace a lost answer can be asked for again', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  users.pass(GRACE_MS)
  expect(await next(ada.refreshToken)).toBe(second)
  await next(second)
})

test('a copy used after the grace ends the whole family, the honest token included', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  users.pass(GRACE_MS + 1)
  await expectOver(ada.refreshToken)
  await expectOver(second)
  const [family] = await familyOf(ada.id)
  expect(family).toMatchObject({ endedBy: 'REFRESH_REPLAY' })
  // The operator is warned, without the token.
  const warnings = logged.split('\n').filter((line) => line.includes(family?.id ?? '?'))
  expect(warnings.map((line) => JSON.parse(line))).toMatchObject([
    { userId: ada.id, sessionId: family?.id, msg: 'a consumed refresh token was used again' },
  ])
  expect(logged).not.toContain(ada.refreshToken)
})

test('a consumed token is kept as long as it would have been good: a copy used weeks later ends the family', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  users.pass(SESSION_MS - 1_000)
  const third = await next(second)
  await users.runTimer('forget-sessions')
  await expectOver(ada.refreshToken)
  await expectOver(third)
  expect(await familyOf(ada.id)).toMatchObject([{ endedBy: 'REFRESH_REPLAY' }])
})

test('a consumed token goes once no session could have had it, though its own goes on', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  users.pass(SESSION_MS - 1_000)
  const third = await next(second)
  users.pass(1_001)
  await users.runTimer('forget-sessions')
  expect((await familyOf(ada.id))[0]?.tokens).toHaveLength(2)
  await next(third)
})

test('a session that has ended stays as it ended when all sessions of the account are ended', async () => {
  const ada = await users.signUp()
  await users.signIn(ada.email)
  await next(ada.refreshToken)
  users.pass(GRACE_MS + 1)
  await expectOver(ada.refreshToken)
  const ended = (await familyOf(ada.id)).find(({ endedBy }) => endedBy !== null)
  users.pass(1_000)
  await users.resources.sessions.end(ada.id, ended?.id ?? '')
  await users.resources.sessions.endAll(ada.id)
  const families = await familyOf(ada.id)
  expect(families.map(({ endedBy }) => endedBy).toSorted()).toEqual(['REFRESH_REPLAY', 'SIGN_OUT_EVERYWHERE'])
  expect(families).toContainEqual(ended)
})

test('a replay ends one session, not the others of the account', async () => {
  const ada = await users.signUp()
  const phone = refreshTokenOf(await users.signIn(ada.email)) ?? ''
  await next(ada.refreshToken)
  users.pass(GRACE_MS + 1)
  await expectOver(ada.refreshToken)
  await next(phone)
})

test('each use starts the 30 days anew; an unused session ends', async () => {
  const ada = await users.signUp()
  users.pass(SESSION_MS - 1_000)
  const second = await next(ada.refreshToken)
  users.pass(SESSION_MS - 1_000)
  const third = await next(second)
  users.pass(SESSION_MS)
  await expectOver(third)
})

test('a role that was taken is gone from the next access token', async () => {
  const ada = await users.signUp()
  await users.promote(ada.id)
  const answer = await users.refresh(ada.refreshToken)
  expect(viewerOf(answer.data.refreshSession.session.accessToken).scopes).toContain('users:write')
  await users.resources.prisma.account.updateMany({ where: { id: ada.id }, data: { roles: ['CUSTOMER'] } })
  const later = await users.refresh(refreshTokenOf(answer) ?? '')
  expect(viewerOf(later.data.refreshSession.session.accessToken).scopes).toEqual(new Set(['self']))
})

test.each([
  ['no cookie', {}],
  ['an empty cookie', { cookie: 'argyle_refresh=' }],
  ['a short token', { cookie: 'argyle_refresh=abc' }],
  ['an over-long token', { cookie: `argyle_refresh=${'a'.repeat(5_000)}` }],
  ['an unknown token', { cookie: `argyle_refresh=${'a'.repeat(43)}` }],
  ['a cookie of a like name', { cookie: `not_argyle_refresh=${'a'.repeat(43)}` }],
])('%s is no session', async (_, headers) => {
  const answer = await users.execute(REFRESH, {}, undefined, { headers })
  expect(answer.data.refreshSession).toMatchObject(over)
  expect(answer.errors).toEqual([])
})

test('a cookie whose name ends alike is not the cookie of the session', async () => {
  const { refreshToken } = await users.signUp()
  const headers = { cookie: `not_argyle_refresh=${refreshToken}` }
  expect((await users.execute(REFRESH, {}, undefined, { headers })).data.refreshSession).toMatchObject(over)
  await next(refreshToken)
})

const SIGN_OUT = 'mutation ($everywhere: Boolean) { signOut(everywhere: $everywhere) { ok } }'

test('signing out ends this session only', async () => {
  const ada = await users.signUp()
  const phone = refreshTokenOf(await users.signIn(ada.email)) ?? ''
  const answer = await users.execute(SIGN_OUT, {}, ada.viewer)
  expect(answer).toMatchObject({ data: { signOut: { ok: true } }, cookies: [{ value: '' }] })
  await expectOver(ada.refreshToken)
  await next(phone)
  const families = await familyOf(ada.id)
  expect(families.map(({ endedBy, endedAt }) => [endedBy, endedAt])).toEqual(
    expect.arrayContaining([
      ['SIGN_OUT', users.now()],
      [null, null],
    ]),
  )
  // Signing out of an ended session is not an error.
  expect((await users.execute(SIGN_OUT, {}, ada.viewer)).data).toEqual({ signOut: { ok: true } })
})

test('signing out everywhere ends all sessions of this account, and no other’s', async () => {
  const [ada, bob] = [await users.signUp(), await users.signUp()]
  const phone = refreshTokenOf(await users.signIn(ada.email)) ?? ''
  await users.execute(SIGN_OUT, { everywhere: true }, ada.viewer)
  await expectOver(ada.refreshToken)
  await expectOver(phone)
  await next(bob.refreshToken)
})

test('nobody ends somebody else’s session', async () => {
  const [ada, eve] = [await users.signUp(), await users.signUp()]
  const forged = { ...viewerOf(eve.accessToken), sessionId: viewerOf(ada.accessToken).sessionId }
  await users.execute(SIGN_OUT, {}, forged)
  await next(ada.refreshToken)
})

test('the owner sees the sessions that last, and which one is in use', async () => {
  const ada = await users.signUp()
  const opened = users.now().toISOString()
  users.pass(1_000)
  const phone = viewerOf((await users.signIn(ada.email)).data.signIn.session.accessToken)
  const { data } = await users.execute('{ me { sessions { id current } } }', {}, ada.viewer)
  expect(data.me.sessions).toEqual([
    { id: phone.sessionId, current: false },
    { id: viewerOf(ada.accessToken).sessionId, current: true },
  ])
  // The one that was used last comes first.
  const later = users.now().toISOString()
  users.pass(1_000)
  await users.refresh(ada.refreshToken)
  const again = await users.execute('{ me { sessions { current createdAt lastUsedAt } } }', {}, ada.viewer)
  expect(again.data.me.sessions).toEqual([
    { current: true, createdAt: opened, lastUsedAt: users.now().toISOString() },
    { current: false, createdAt: later, lastUsedAt: later },
  ])
  await users.execute(SIGN_OUT, {}, phone)
  const left = await users.execute('{ me { sessions { current } } }', {}, ada.viewer)
  expect(left.data.me.sessions).toEqual([{ current: true }])
})

test('a session whose time is over is not among those that last', async () => {
  const ada = await users.signUp()
  users.pass(SESSION_MS - 1_000)
  await users.signIn(ada.email)
  const count = async () => {
    const { data } = await users.execute('{ me { sessions { id } } }', {}, ada.viewer)
    return data.me.sessions.length
  }
  expect(await count()).toBe(2)
  users.pass(1_000)
  expect(await count()).toBe(1)
})

test('sessions that ended long ago are deleted, others stay', async () => {
  const ada = await users.signUp()
  const second = await next(ada.refreshToken)
  users.pass(SESSION_MS * 2 + 1)
  const bob = await users.signUp()
  const [eve, kim] = [await users.signUp(), await users.signUp()]
  for (const { id } of [eve, kim]) await users.resources.sessions.endAll(id)
  // A token that another replica has locked is left to it.
  const lock =
    'SELECT 1 FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE s.user_id = $1 FOR UPDATE OF t'
  await users.whileLocked(lock, [eve.id], () => users.runTimer('forget-sessions'))
  expect((await familyOf(eve.id)).flatMap(({ tokens }) => tokens)).toHaveLength(1)
  expect((await familyOf(kim.id)).flatMap(({ tokens }) => tokens)).toEqual([])
  expect(await familyOf(ada.id)).toEqual([])
  await expectOver(second)
  await next(bob.refreshToken)
})
