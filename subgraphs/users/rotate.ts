import { systemClock } from '@argyle/kit/clock'
import { keySetting } from '@argyle/kit/config'
import { commandSettings, runCommand } from './command.ts'
import { signingKeyStore } from './signing-key/signing-key-store.ts'

// Rotates the signing keys now.
const settings = commandSettings.extend({ SIGNING_KEY_SECRET: keySetting })

await runCommand(settings, 'the signing keys were not rotated', async (prisma, { SIGNING_KEY_SECRET }) => {
  const keys = signingKeyStore(prisma, systemClock, SIGNING_KEY_SECRET)
  await keys.rotate({ force: true })
  const { kid } = await keys.signer()
  return `rotated: ${kid} signs from now on; every replica follows within a minute`
})
