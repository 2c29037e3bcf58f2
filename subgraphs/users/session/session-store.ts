// Tested in refresh.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import { newId } from '@argyle/kit/ids'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { lockProved } from '../recovery/account-rows.ts'
import { hashOfToken, newRefreshToken, sealSuccessor, unsealSuccessor } from './refresh-token.ts'
import {
  judgeRefresh,
  lastUsed,
  MAX_ENDED_SESSIONS,
  MAX_SESSIONS,
  MAX_SUCCESSORS,
  MAX_TOKENS,
  newSession,
  SESSION_MS,
  type Session,
} from './session.ts'

export type SessionStore = ReturnType<typeof sessionStore>

/** A session with its valid refresh token. */
export type Granted = { readonly session: Session; readonly refreshToken: string }

export type Refreshed =
  | ({ readonly verdict: 'ROTATE' | 'REPEAT' } & Granted)
  | { readonly verdict: 'OVER' }
  | { readonly verdict: 'REPLAY'; readonly session: Session }

/**
 * Retention of ended sessions: as long as their tokens would have been valid, so that a late replay is
 * detected.
 */
const KEPT_MS = SESSION_MS

// Old sessions are deleted, so that neither sessions nor their tokens accumulate. The new one stays.
const MAKE_ROOM = `
DELETE FROM session WHERE id IN (
  SELECT id FROM (
    SELECT id, is_active, row_number() OVER (PARTITION BY is_active ORDER BY id = $3 DESC, last_used_at DESC, id DESC) AS place
      FROM (SELECT id, last_used_at, ended_at IS NULL AND expires_at > $2::timestamptz AS is_active
              FROM session WHERE user_id = $1) AS own) AS placed
   WHERE place > CASE WHEN is_active THEN ${MAX_SESSIONS} ELSE ${MAX_ENDED_SESSIONS} END)`
const ACTIVE = `
SELECT s.* FROM unnest($1::text[]) AS asked (user_id), LATERAL (
  SELECT id, user_id AS "userId", created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
         ended_at AS "endedAt", ended_by AS "endedBy"
    FROM session WHERE user_id = asked.user_id AND ended_at IS NULL AND expires_at > $2::timestamptz
   ORDER BY last_used_at DESC, id DESC LIMIT ${MAX_SESSIONS}) AS s`
/** Tokens that one statement deletes. */
const TOKENS_AT_ONCE = 1_000
const FORGET_TOKENS = `
DELETE FROM refresh_token WHERE hash = ANY (ARRAY(
  SELECT t.hash FROM session s JOIN refresh_token t ON t.session_id = s.id
   WHERE s.ended_at IS NOT NULL OR s.expires_at <= $1::timestamptz LIMIT ${TOKENS_AT_ONCE} FOR UPDATE OF t SKIP LOCKED))`
const COUNT_TOKENS = `
SELECT count(*)::int AS count FROM (SELECT 1 FROM refresh_token WHERE session_id = $1 LIMIT ${MAX_TOKENS}) AS kept`

/** Sessions and their refresh tokens. */
export function sessionStore(prisma: PrismaClient, clock: Clock) {
  return {
    /**
     * Starts a session of an account; null if the account's password is no longer the one that was checked.
     */
    start: (userId: string, passwordHash: string): Promise<Granted | null> =>
      prisma.$transaction(async (tx) => {
        if (!(await lockProved(tx, userId, passwordHash))) return null
        const session = newSession(newId('ses'), userId, clock())
        const refreshToken = newRefreshToken()
        const token = { hash: hashOfToken(refreshToken), issuedAt: session.createdAt }
        await tx.session.create({ data: { ...session, tokens: { create: token } } })
        await tx.$executeRawUnsafe(MAKE_ROOM, userId, clock(), session.id)
        return { session, refreshToken }
      }),

    /**
     * Uses a refresh token. Concurrent uses of a token are serialised, so that each sees the effect of the
     * previous one.
     */
    refresh: (token: string): Promise<Refreshed> => prisma.$transaction((tx) => refresh(tx, token, clock())),

    /** Ends one session of this account; an ended one stays as it is. */
    async end(userId: string, id: string): Promise<void> {
      await prisma.session.updateMany({
        where: { id, userId, endedAt: null },
        data: { endedAt: clock(), endedBy: 'SIGN_OUT' },
      })
    },

    /** Ends all sessions of this account. */
    async endAll(userId: string): Promise<void> {
      await prisma.session.updateMany({
        where: { userId, endedAt: null },
        data: { endedAt: clock(), endedBy: 'SIGN_OUT_EVERYWHERE' },
      })
    },

    /** The active sessions of these accounts, last used first. */
    activeOf: (userIds: readonly string[]): Promise<Session[]> =>
      prisma.$queryRawUnsafe<Session[]>(ACTIVE, userIds, clock()),

    /**
     * Deletes sessions past their retention, and the tokens of ended ones. A token without a row gets the
     * same answer.
     */
    async forget(): Promise<void> {
      const before = new Date(clock().getTime() - KEPT_MS)
      while ((await prisma.$executeRawUnsafe(FORGET_TOKENS, clock())) === TOKENS_AT_ONCE);
      await prisma.refreshToken.deleteMany({ where: { consumedAt: { lt: before } } })
      await prisma.session.deleteMany({ where: { expiresAt: { lt: before } } })
    },
  }
}

async function refresh(tx: Prisma.TransactionClient, token: string, now: Date): Promise<Refreshed> {
  const hash = hashOfToken(token)
  await tx.$executeRaw`
    SELECT 1 FROM session s JOIN refresh_token t ON t.session_id = s.id WHERE t.hash = ${hash} FOR UPDATE OF s, t`
  const [row] = await tx.refreshToken.findMany({ where: { hash }, include: { session: true } })
  if (!row) return { verdict: 'OVER' }
  const { session } = row
  const verdict = judgeRefresh(session, row, now)
  if (verdict === 'REPEAT') {
    const refreshToken = await successorOf(tx, token)
    return refreshToken === null ? { verdict: 'OVER' } : { verdict, session, refreshToken }
  }
  if (verdict === 'ROTATE') {
    const [kept] = await tx.$queryRawUnsafe<{ count: number }[]>(COUNT_TOKENS, session.id)
    if ((kept?.count ?? 0) < MAX_TOKENS) return { verdict, ...(await rotate(tx, session, token, now)) }
    await tx.session.deleteMany({ where: { id: session.id } })
    return { verdict: 'OVER' }
  }
  if (verdict === 'OVER') return { verdict }
  await tx.session.updateMany({
    where: { id: session.id },
    data: { endedAt: now, endedBy: 'REFRESH_REPLAY' },
  })
  return { verdict: 'REPLAY', session }
}

/** The valid token after a consumed one, whose successors may be consumed too; null if too many are. */
async function successorOf(tx: Prisma.TransactionClient, first: string): Promise<string | null> {
  let token = first
  for (let place = 0; place <= MAX_SUCCESSORS; place++) {
    const row = await tx.refreshToken.findFirst({ where: { hash: hashOfToken(token) } })
    if (!row) return null
    if (row.consumedAt === null) return token
    if (!row.sealedSuccessor) return null
    token = unsealSuccessor(token, row.sealedSuccessor)
  }
  return null
}

async function rotate(
  tx: Prisma.TransactionClient,
  session: Session,
  token: string,
  now: Date,
): Promise<Granted> {
  const refreshToken = newRefreshToken()
  const sealedSuccessor = sealSuccessor(token, refreshToken)
  await tx.refreshToken.updateMany({
    where: { hash: hashOfToken(token) },
    data: { consumedAt: now, sealedSuccessor },
  })
  await tx.refreshToken.createMany({
    data: { hash: hashOfToken(refreshToken), sessionId: session.id, issuedAt: now },
  })
  const used = lastUsed(session, now)
  await tx.session.updateMany({ where: { id: session.id }, data: used })
  return { session: { ...session, ...used }, refreshToken }
}
