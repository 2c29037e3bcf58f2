import { randomUUID } from 'node:crypto'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { hashedBucket } from '@argyle/kit/throttle'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SIGN_UPS_PER_EMAIL, SIGN_UPS_PER_EMAIL_IN_ALL } from '../credential/throttle.ts'
import {
  openUsers,
  PASSWORD,
  refreshTokenOf,
  SIGN_UP,
  type TestUsers,
  viewerOf,
} from '../testing/open-users.ts'
import {
  GRACE_MS,
  MAX_ENDED_SESSIONS,
  MAX_SESSIONS,
  MAX_SUCCESSORS,
  MAX_TOKENS,
  SESSION_MS,
} from './session.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

/** Refreshes; null where the session is over. */
const next = async (token: string) => refreshTokenOf(await users.refresh(token)) || null
const countOf = (userId: string, endedAt: null | { not: null }) =>
  users.resources.prisma.session.count({ where: { userId, endedAt } })

test('a further session ends the one that was used longest ago', async () => {
  const ada = await users.signUp()
  const { sessions: store, accounts } = users.resources
  const hash = (await accounts.passwordHashOf(ada.id)) ?? ''
  for (let made = 1; made < MAX_SESSIONS; made++) {
    users.pass(1)
    await store.start(ada.id, hash)
  }
  users.pass(1)
  const used = await next(ada.refreshToken)
  const sessions = async (): Promise<unknown[]> =>
    (await users.execute('{ me { sessions { id } } }', {}, ada.viewer)).data.me.sessions
  expect(await sessions()).toHaveLength(MAX_SESSIONS)
  users.pass(1)
  const last = refreshTokenOf(await users.signIn(ada.email)) ?? ''
  expect(await sessions()).toHaveLength(MAX_SESSIONS)
  expect(await countOf(ada.id, null)).toBe(MAX_SESSIONS)
  expect([await next(used ?? ''), await next(last)]).not.toContain(null)
})

test('sign-ins at once keep the bound together', async () => {
  const ada = await users.signUp()
  const { sessions, accounts } = users.resources
  const hash = (await accounts.passwordHashOf(ada.id)) ?? ''
  await users.manyAtOnce(MAX_SESSIONS + 5, () => sessions.start(ada.id, hash))
  expect(await countOf(ada.id, null)).toBe(MAX_SESSIONS)
})

test('the list is bounded where more sessions are active, as after an upgrade', async () => {
  const [ada, bob] = [await users.signUp(), await users.signUp()]
  await users.resources.prisma.$executeRawUnsafe(
    `INSERT INTO session (id, user_id, created_at, last_used_at, expires_at)
     SELECT 'ses_old_' || n, $1, $2::timestamptz, $2::timestamptz, $2::timestamptz + interval '1 day' FROM generate_series(1, 50) AS n`,
    ada.id,
    users.now(),
  )
  // All were used at one instant: their ids decide.
  await users.resources.prisma.$executeRaw`ANALYZE session`
  const active = await users.resources.sessions.activeOf([ada.id, bob.id])
  const all = await users.resources.prisma.session.findMany({ where: { userId: ada.id } })
  const newest = all
    .map(({ id }) => id)
    .toSorted()
    .reverse()
    .slice(0, MAX_SESSIONS)
  expect(active.filter(({ userId }) => userId === ada.id).map(({ id }) => id)).toEqual(newest)
  expect(active.filter(({ userId }) => userId === bob.id)).toMatchObject([{ endedAt: null }])
})

test('ended sessions do not pile up', async () => {
  const ada = await users.signUp()
  await users.resources.prisma.$executeRawUnsafe(
    `INSERT INTO session (id, user_id, created_at, last_used_at, expires_at, ended_at, ended_by)
     SELECT 'ses_ended_' || n, $1, $2::timestamptz, $2::timestamptz, $2::timestamptz + interval '1 day', $2::timestamptz, 'SIGN_OUT'
       FROM generate_series(1, ${MAX_ENDED_SESSIONS} + 1) AS n`,
    ada.id,
    users.now(),
  )
  await users.signIn(ada.email)
  expect(await countOf(ada.id, { not: null })).toBe(MAX_ENDED_SESSIONS)
  expect(await countOf(ada.id, null)).toBe(2)
})

test('a session ends once it has used as many refresh tokens as are kept', async () => {
  const ada = await users.signUp()
  const [session] = await users.resources.prisma.session.findMany({ where: { userId: ada.id } })
  await users.resources.prisma.$executeRawUnsafe(
    `INSERT INTO refresh_token (hash, session_id, issued_at, consumed_at, sealed_successor)
     SELECT sha256(('old ' || n)::bytea), $1, $2::timestamptz, $2::timestamptz, '' FROM generate_series(1, ${MAX_TOKENS} - 2) AS n`,
    session?.id,
    users.now(),
  )
  const last = await next(ada.refreshToken)
  expect(last).not.toBeNull()
  expect(await next(last ?? '')).toBeNull()
  expect(await users.resources.prisma.refreshToken.count({ where: { sessionId: session?.id ?? '' } })).toBe(0)
})

test('tokens of sessions that are over are deleted, and are answered as before', async () => {
  const [ended, expired, active] = [await users.signUp(), await users.signUp(), await users.signUp()]
  const countOfTokens = ({ id }: { id: string }) =>
    users.resources.prisma.refreshToken.count({ where: { session: { userId: id } } })
  await users.resources.sessions.endAll(ended.id)
  const where = { userId: expired.id }
  await users.resources.prisma.session.updateMany({
    where,
    data: { expiresAt: new Date(users.now().getTime() + 1) },
  })
  const [session] = await users.resources.prisma.session.findMany({ where: { userId: ended.id } })
  // More than one statement deletes.
  await users.resources.prisma.$executeRawUnsafe(
    `INSERT INTO refresh_token (hash, session_id, issued_at, consumed_at, sealed_successor)
     SELECT sha256(('ended ' || n)::bytea), $1, $2::timestamptz, $2::timestamptz, '' FROM generate_series(1, 2000) AS n`,
    session?.id,
    users.now(),
  )
  users.pass(1)
  const last = await next(active.refreshToken)
  await users.runTimer('forget-sessions')
  expect(await Promise.all([ended, expired, active].map(countOfTokens))).toEqual([0, 0, 2])
  // The sessions themselves stay for 30 days.
  users.pass(1)
  await users.runTimer('forget-sessions')
  expect(await users.resources.prisma.session.count({ where })).toBe(1)
  expect(await next(ended.refreshToken)).toBeNull()
  expect(await next(last ?? '')).not.toBeNull()
})

test('a late tab within the grace gets the valid token, however often others have refreshed meanwhile', async () => {
  const ada = await users.signUp()
  let newest = ada.refreshToken
  for (let time = 0; time < MAX_SUCCESSORS; time++) newest = (await next(newest)) ?? ''
  expect(await next(ada.refreshToken)).toBe(newest)
  users.pass(GRACE_MS + 1)
  const after = await next(newest)
  expect(after).not.toBeNull()
  expect(await next(after ?? '')).not.toBeNull()
})

test('more uses than are followed open nothing, and end nothing', async () => {
  const ada = await users.signUp()
  let newest = ada.refreshToken
  for (let time = 0; time <= MAX_SUCCESSORS; time++) newest = (await next(newest)) ?? ''
  expect(await next(ada.refreshToken)).toBeNull()
  expect(await next(newest)).not.toBeNull()
})

test('an address gets three accounts from a network, then one in eight hours: it may be somebody else’s', async () => {
  const email = 'inbox@argyle.example'
  const DELETE = `mutation { deleteAccount(input: { currentPassword: "${PASSWORD}" }) { deletedUserId } }`
  const signUp = (clientAddress: string | null = null) => {
    const input = { idempotencyKey: randomUUID(), email, password: PASSWORD, displayName: 'Ada' }
    return users.execute(SIGN_UP, { input }, anonymous, { clientAddress })
  }
  for (let made = 0; made < SIGN_UPS_PER_EMAIL.burst; made++) {
    const { viewer } = await users.signUp(email)
    // A sign-up that makes no account does not count.
    expect((await signUp()).data.signUp.userErrors).toMatchObject([{ __typename: 'EmailTakenError' }])
    await users.execute(DELETE, {}, viewer)
  }
  expect((await signUp()).errors[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterSeconds: SIGN_UPS_PER_EMAIL.everyMs / 1_000,
  })
  // Its owner signs up from another network all the same.
  const { data, errors } = await signUp('198.51.100.7')
  expect(errors).toEqual([])
  await users.execute(DELETE, {}, viewerOf(data.signUp.session.accessToken))
  // The attempts of all networks together: three, the owner's, and those to come.
  const { throttle } = users.resources
  for (let made = SIGN_UPS_PER_EMAIL.burst + 1; made < SIGN_UPS_PER_EMAIL_IN_ALL.burst; made++)
    await throttle.take(hashedBucket('sign-up', email), SIGN_UPS_PER_EMAIL_IN_ALL)
  expect((await signUp('203.0.113.7')).errors[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterSeconds: SIGN_UPS_PER_EMAIL_IN_ALL.everyMs / 1_000,
  })
})

test('a sign-up that makes no account, since its key is of another, counts for no new account of its address', async () => {
  const email = `${randomUUID()}@argyle.example`
  const input = { idempotencyKey: randomUUID(), email: `${randomUUID()}@argyle.example`, displayName: 'Ada' }
  const signUp = (other: object) =>
    users.execute(SIGN_UP, { input: { ...input, password: PASSWORD, ...other } })
  await signUp({})
  for (let tries = 0; tries < SIGN_UPS_PER_EMAIL.burst; tries++)
    expect((await signUp({ email })).data.signUp.userErrors).toMatchObject([
      { __typename: 'IdempotencyKeyReusedError' },
    ])
  expect((await signUp({ email, idempotencyKey: randomUUID() })).data.signUp.userErrors).toEqual([])
  // The bucket of all networks holds that one account alone.
  const where = { key: hashedBucket('sign-up', email) }
  const emptyAt = new Date(users.now().getTime() + SIGN_UPS_PER_EMAIL_IN_ALL.everyMs)
  expect(await users.resources.prisma.throttle.findMany({ where })).toMatchObject([{ emptyAt }])
})

test('the new session stays, though a replica whose clock is ahead opened all others', async () => {
  const ada = await users.signUp()
  const ahead = new Date(users.now().getTime() + 1_000)
  const { prisma } = users.resources
  await prisma.session.createMany({
    data: Array.from({ length: MAX_SESSIONS }, () => ({
      ...{ id: newId('ses'), userId: ada.id, createdAt: ahead, lastUsedAt: ahead },
      expiresAt: new Date(ahead.getTime() + SESSION_MS),
    })),
  })
  const last = refreshTokenOf(await users.signIn(ada.email)) ?? ''
  expect(await next(last)).not.toBeNull()
  expect(await countOf(ada.id, null)).toBe(MAX_SESSIONS)
})
