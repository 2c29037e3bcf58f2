import type { Clock } from '@argyle/kit/clock'
import type { NewEvent } from '@argyle/kit/envelope'
import { appendEvents } from '@argyle/kit/outbox'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import type { QuoteSigner } from './quote.ts'
import {
  KEY_CACHE_MS,
  newKey,
  notAfterOf,
  openPrivateKey,
  planRotation,
  VERIFIES_AFTER_MS,
} from './quote-key.ts'

type Tx = Prisma.TransactionClient

/** Id of the advisory lock; an arbitrary number, equal in all replicas. */
const ROTATION_LOCK = 4_202

type Published = { id: string; publicKey: Uint8Array; notAfter: Date; version: number }

/** `shipping.quote_key.published`. Verifiers keep the newest message of each key. */
function published({ id: keyId, publicKey, notAfter, version }: Published): NewEvent {
  return {
    type: 'shipping.quote_key.published',
    subject: keyId,
    sequence: version,
    data: {
      keyId,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      notAfter: notAfter.toISOString(),
    },
  }
}

async function retire(tx: Tx, id: string, now: Date): Promise<NewEvent> {
  const notAfter = new Date(now.getTime() + VERIFIES_AFTER_MS)
  const data = { status: 'RETIRED', retiredAt: now, notAfter, version: { increment: 1 } } as const
  return published(await tx.quoteKey.update({ where: { id }, data }))
}

async function applyRotation(tx: Tx, now: Date, secret: Uint8Array): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ROTATION_LOCK})`
  const plan = planRotation(await tx.quoteKey.findMany(), now)
  const messages: NewEvent[] = []
  if (plan.remove.length > 0) await tx.quoteKey.deleteMany({ where: { id: { in: [...plan.remove] } } })
  if (plan.retire) messages.push(await retire(tx, plan.retire, now))
  if (plan.activate) {
    // The key may have waited for more than one rotation, so its time begins now.
    const data = {
      status: 'CURRENT',
      activatedAt: now,
      notAfter: notAfterOf(now),
      version: { increment: 1 },
    } as const
    messages.push(published(await tx.quoteKey.update({ where: { id: plan.activate }, data })))
  }
  for (const status of plan.make) {
    const activatedAt = status === 'CURRENT' ? now : null
    const data = { ...newKey(secret), status, createdAt: now, activatedAt, notAfter: notAfterOf(now) }
    messages.push(published(await tx.quoteKey.create({ data })))
  }
  await appendEvents(tx, messages)
}

/**
 * The signing keys of quotes, which replicas share through the database. @param secret QUOTE_KEY_SECRET, 32
 * bytes
 */
export function quoteKeyStore(prisma: PrismaClient, clock: Clock, secret: Uint8Array) {
  let known: { signer: Promise<QuoteSigner>; until: number } | null = null

  async function readSigner(): Promise<QuoteSigner> {
    const row = await prisma.quoteKey.findFirst({ where: { status: 'CURRENT' } })
    if (!row) throw new Error('there is no quote key')
    return { kid: row.id, privateKey: openPrivateKey(secret, row.id, row.sealedPrivateKey) }
  }

  return {
    /**
     * Creates the first keys, rotates them when due, and deletes expired ones. Replicas run it one at a time.
     */
    async rotate(): Promise<void> {
      await prisma.$transaction((tx) => applyRotation(tx, clock(), secret))
      known = null
    },

    /** The current signing key. It is read again after a minute, or after a failed read. */
    async signer(): Promise<QuoteSigner> {
      const now = clock().getTime()
      if (known && known.until > now) return known.signer
      const entry = { signer: readSigner(), until: now + KEY_CACHE_MS }
      known = entry
      try {
        return await entry.signer
      } catch (error) {
        if (known === entry) known = null
        throw error
      }
    },
  }
}

export type QuoteKeyStore = ReturnType<typeof quoteKeyStore>
