import { createHmac, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { ShopFailure } from '../start/failure.ts'

const KEY_BYTES = 32

const key = z
  .string()
  .refine((text) => Buffer.from(text, 'base64url').length === KEY_BYTES, { error: '32 bytes in base64url' })

const format = z.object({
  /** Signs the router's tokens for subgraphs; each subgraph has a key derived from it. */
  internalTokenMasterKey: key,
  /** Encrypts the private keys with which users signs access tokens. */
  signingKeySecret: key,
})

/** The secrets of one data folder, each 32 bytes in base64url. */
export type Secrets = z.output<typeof format>

/**
 * Reads the data folder's secrets, or creates them. They belong to the data, which later starts must be able
 * to decrypt. The file is readable by its owner only.
 * @param fresh replaces existing secrets
 * @throws ShopFailure if the file exists but is damaged
 */
export function secretsOf(dataDir: string, fresh = false): Secrets {
  const file = secretsFile(dataDir)
  return (fresh ? null : readSecrets(dataDir)) ?? makeSecrets(file)
}

/** A key of 32 bytes for one purpose, derived from the master key of the data folder: the same at each start. */
export function derivedKey({ internalTokenMasterKey }: Secrets, purpose: string): Buffer {
  return createHmac('sha256', Buffer.from(internalTokenMasterKey, 'base64url')).update(purpose).digest()
}

/** The file with a data folder's secrets. */
export function secretsFile(dataDir: string): string {
  return path.join(dataDir, 'secrets.json')
}

/**
 * Reads the data folder's secrets; null if there are none yet.
 * @throws ShopFailure if the file exists but is damaged
 */
export function readSecrets(dataDir: string): Secrets | null {
  const file = secretsFile(dataDir)
  const text = readOrNull(file)
  if (text === null) return null
  const secrets = parse(text)
  if (!secrets)
    throw new ShopFailure(
      `${file} is damaged: put it back from a backup, or start with --fresh to make new secrets and new data`,
    )
  // A copy of the folder may have wider permissions.
  chmodSync(file, 0o600)
  return secrets
}

function makeSecrets(file: string): Secrets {
  const make = () => randomBytes(KEY_BYTES).toString('base64url')
  const secrets = { internalTokenMasterKey: make(), signingKeySecret: make() }
  mkdirSync(path.dirname(file), { recursive: true })
  // Written to another file and renamed: a process killed meanwhile leaves the whole file or none.
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return secrets
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function parse(text: string): Secrets | null {
  try {
    const result = format.safeParse(JSON.parse(text))
    return result.success ? result.data : null
  } catch {
    return null
  }
}
