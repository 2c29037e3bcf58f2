// Tested in refresh.int.test.ts: a store is its transactions.

import type { Clock } from '@argyle/kit/clock'
import { newId } from '@argyle/kit/ids'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { hashOfToken, newRefreshToken, sealSuccessor, unsealSuccessor } from './refresh-token.ts'
import { judgeRefresh, lastUsed, newSession, SESSION_MS, type Session } from './session.ts'

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

/** Sessions and their refresh tokens. */
export function sessionStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** Starts a session of this account. */
    async start(userId: string): Promise<Granted> {
      const session = newSession(newId('ses'), userId, clock())
      const refreshToken = newRefreshToken()
      const token = { hash: hashOfToken(refreshToken), issuedAt: session.createdAt }
      await prisma.session.create({ data: { ...session, tokens: { create: token } } })
      return { session, refreshToken }
    },

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
      prisma.session.findMany({
        where: { userId: { in: [...userIds] }, endedAt: null, expiresAt: { gt: clock() } },
        orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
      }),

    /** Deletes sessions past their retention. */
    async forget(): Promise<void> {
      const before = new Date(clock().getTime() - KEPT_MS)
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
  if (verdict === 'REPEAT' && row.sealedSuccessor) {
    return { verdict, session, refreshToken: unsealSuccessor(token, row.sealedSuccessor) }
  }
  if (verdict === 'ROTATE') return { verdict, ...(await rotate(tx, session, token, now)) }
  if (verdict === 'OVER') return { verdict }
  await tx.session.updateMany({
    where: { id: session.id },
    data: { endedAt: now, endedBy: 'REFRESH_REPLAY' },
  })
  return { verdict: 'REPLAY', session }
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
