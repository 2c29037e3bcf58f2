import { systemClock } from '@argyle/kit/clock'
import { BadSettings, environment, keySetting, readSettings, serviceSettings } from '@argyle/kit/config'
import { openPrisma } from '@argyle/kit/database'
import { z } from 'zod'
import { PrismaClient } from './generated/prisma/client.ts'
import { signingKeyStore } from './signing-key/signing-key-store.ts'

const settings = z.object({
  DATABASE_URL: serviceSettings.shape.DATABASE_URL,
  SIGNING_KEY_SECRET: keySetting,
})

/** Rotates the signing keys now, from the service's own environment, while the service runs. */
async function rotate(): Promise<void> {
  const { DATABASE_URL, SIGNING_KEY_SECRET } = readSettings(settings, environment())
  const prisma = openPrisma(PrismaClient, { url: DATABASE_URL, poolSize: 1 })
  try {
    const keys = signingKeyStore(prisma, systemClock, SIGNING_KEY_SECRET)
    await keys.rotate({ force: true })
    const { kid } = await keys.signer()
    console.log(`rotated: ${kid} signs from now on; every replica follows within a minute`)
  } finally {
    await prisma.$disconnect()
  }
}

try {
  await rotate()
} catch (error) {
  console.error('the signing keys were not rotated:', error instanceof BadSettings ? error.message : error)
  process.exitCode = 1
}
