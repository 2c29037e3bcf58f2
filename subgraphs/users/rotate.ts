import { systemClock } from '@argyle/kit/clock'
import { keySetting } from '@argyle/kit/config'
import { CommandRefused, commandSettings, runCommand } from './command.ts'
import { signingKeyStore } from './signing-key/signing-key-store.ts'

const HELP = `npm run rotate-keys

Rotates the keys that sign access tokens now: the next key signs, and the one before stays in the key set as long as its tokens are valid.

DATABASE_URL and SIGNING_KEY_SECRET are those of users, as for the service itself.`

await runCommand({
  settings: commandSettings.extend({ SIGNING_KEY_SECRET: keySetting }),
  help: HELP,
  failure: 'the signing keys were not rotated',
  async run(prisma, { SIGNING_KEY_SECRET }, words) {
    if (words.length > 0) throw new CommandRefused(`unexpected arguments: ${words.join(' ')}`)
    const keys = signingKeyStore(prisma, systemClock, SIGNING_KEY_SECRET)
    await keys.rotate({ force: true })
    const { kid } = await keys.signer()
    return `rotated: ${kid} signs from now on; every replica follows within a minute`
  },
})
