import type { Clock } from '@argyle/kit/clock'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { newKey, openPrivateKey } from './key-pair.ts'
import { KEY_CACHE_MS, type PublishedKey, planRotation } from './signing-key.ts'

export type SigningKeyStore = ReturnType<typeof signingKeyStore>

export type Signer = { readonly kid: string; readonly privateKey: ReturnType<typeof openPrivateKey> }

/** An arbitrary advisory lock number, the same in every replica. */
const ROTATION_LOCK = 4_001

/**
 * The keys that sign access tokens, shared by all replicas through the database.
 * @param secret SIGNING_KEY_SECRET, 32 bytes.
 */
export function signingKeyStore(prisma: PrismaClient, clock: Clock, secret: Uint8Array) {
  let known: { signer: Promise<Signer>; until: number } | null = null

  async function rotate({ force = false } = {}): Promise<void> {
    await prisma.$transaction((tx) => applyRotation(tx, { now: clock(), secret, force }))
    known = null
  }

  async function readSigner(): Promise<Signer> {
    const current = () => prisma.signingKey.findFirst({ where: { status: 'CURRENT' } })
    let row = await current()
    if (!row) {
      await rotate()
      row = await current()
    }
    if (!row) throw new Error('there is no signing key')
    return { kid: row.kid, privateKey: openPrivateKey(secret, row.kid, row.sealedPrivateKey) }
  }

  return {
    /**
     * Rotates the keys if that is due, creates the first ones, deletes unneeded ones. One replica does it;
     * the others wait and find it done.
     */
    rotate,

    /** The current signing key; read again after a minute, or if reading failed. */
    async signer(): Promise<Signer> {
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

    /** The public keys that verifiers need: next, current, and recently retired ones. Every replica lists them in one order, the newest first. */
    async published(): Promise<PublishedKey[]> {
      const rows = await prisma.signingKey.findMany({
        orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }],
        select: { publicJwk: true },
      })
      // Written by newKey.
      return rows.map((row) => row.publicJwk as PublishedKey)
    },
  }
}

type Rotation = { now: Date; secret: Uint8Array; force: boolean }

async function applyRotation(tx: Prisma.TransactionClient, { now, secret, force }: Rotation): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ROTATION_LOCK})`
  const plan = planRotation(await tx.signingKey.findMany(), now, force)
  if (plan.remove.length > 0) await tx.signingKey.deleteMany({ where: { kid: { in: [...plan.remove] } } })
  if (plan.retire) {
    await tx.signingKey.updateMany({
      where: { kid: plan.retire },
      data: { status: 'RETIRED', retiredAt: now },
    })
  }
  if (plan.activate) {
    await tx.signingKey.updateMany({
      where: { kid: plan.activate },
      data: { status: 'CURRENT', activatedAt: now },
    })
  }
  for (const status of plan.make) {
    const activatedAt = status === 'CURRENT' ? now : null
    await tx.signingKey.createMany({
      data: { ...(await newKey(secret)), status, createdAt: now, activatedAt },
    })
  }
}
