import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { subgraphKey } from '../../router/security/internal-token.ts'
import { root } from '../repository.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs.ts'

/** Every secret that docker-compose.yml asks for, new. Each subgraph's key is derived from the router's master key. */
export function newSecrets(): Record<string, string> {
  const master = randomBytes(32)
  const own = SUBGRAPH_NAMES.flatMap((name) => {
    const key = subgraphKey(master, name).toString('base64url')
    return [
      [`${name.toUpperCase()}_DATABASE_PASSWORD`, randomBytes(24).toString('hex')],
      [`${name.toUpperCase()}_INTERNAL_TOKEN_KEY`, key],
    ]
  })
  return {
    INTERNAL_TOKEN_MASTER_KEY: master.toString('base64url'),
    SIGNING_KEY_SECRET: randomBytes(32).toString('base64url'),
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
    ...Object.fromEntries(own),
  }
}

/** `npm run docker:env`: writes .env for docker compose. One that is there is kept: the data was made with its secrets. */
if (import.meta.main) {
  const file = path.join(root, '.env')
  const lines = Object.entries(newSecrets()).map(([name, value]) => `${name}=${value}\n`)
  try {
    writeFileSync(file, lines.join(''), { mode: 0o600, flag: 'wx' })
    console.log(`wrote ${file}: now docker compose up --build`)
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    console.error(exists ? `${file} is there already: remove it first to make new secrets` : error)
    process.exitCode = 1
  }
}
