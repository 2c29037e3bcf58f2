import { systemClock } from '@argyle/kit/clock'
import { environment, keySetting, readSettings, serviceSettings } from '@argyle/kit/config'
import { openPrisma } from '@argyle/kit/database'
import { z } from 'zod'
import { PrismaClient } from './generated/prisma/client.ts'
import { signingKeyStore } from './signing-key/signing-key-store.ts'

// Rotates the signing keys now, from the service's own environment, while the service runs: `node rotate.ts`.
const settings = z.object({
  DATABASE_URL: serviceSettings.shape.DATABASE_URL,
  SIGNING_KEY_SECRET: keySetting,
})
const { DATABASE_URL, SIGNING_KEY_SECRET } = readSettings(settings, environment())
const prisma = openPrisma(PrismaClient, { url: DATABASE_URL, poolSize: 1 })
const keys = signingKeyStore(prisma, systemClock, SIGNING_KEY_SECRET)
await keys.rotate({ force: true })
const { kid } = await keys.signer()
console.log(`rotated: ${kid} signs from now on; replicas follow within a minute`)
await prisma.$disconnect()
