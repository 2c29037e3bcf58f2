import { randomBytes } from 'node:crypto'
import type { PrismaClient } from './generated/prisma/client.ts'

/** The purpose of a secret key. */
export type KeyName = 'guest' | 'invoice'

/**
 * Returns the shop's own keys. Each is created once, by the first replica that needs it, and stored in the
 * table `secret_key`.
 */
export function secretKeys(prisma: Pick<PrismaClient, '$queryRaw' | '$executeRaw'>) {
  const known = new Map<KeyName, Buffer>()
  return async (name: KeyName): Promise<Buffer> => {
    const before = known.get(name)
    if (before) return before
    await prisma.$executeRaw`
      INSERT INTO secret_key (name, secret) VALUES (${name}, ${randomBytes(32).toString('base64url')})
      ON CONFLICT (name) DO NOTHING`
    const [row] = await prisma.$queryRaw<
      { secret: string }[]
    >`SELECT secret FROM secret_key WHERE name = ${name}`
    const key = Buffer.from(row?.secret ?? '', 'base64url')
    known.set(name, key)
    return key
  }
}

export type SecretKeys = ReturnType<typeof secretKeys>
