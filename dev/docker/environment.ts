import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { subgraphKey } from '../../router/security/internal-token.ts'
import { foldersWith, root } from '../repository.ts'
import { helpLines, parseOptions } from '../shop/start/option-table.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { writeServiceSupergraph } from './supergraph.ts'

const MASTER_KEY = 'INTERNAL_TOKEN_MASTER_KEY'
const MASTER_KEY_BYTES = 32

const newPassword = () => randomBytes(24).toString('hex')
const newKey = () => randomBytes(32).toString('base64url')

/**
 * Secrets beyond those of every subgraph, by subgraph: its own, and those of the external server that it
 * calls.
 */
const SECRETS_OF: Readonly<Record<string, () => Record<string, string>>> = {
  users: () => ({ SIGNING_KEY_SECRET: newKey(), LINK_KEY: newKey() }),
  payments: () => ({
    SANDBOX_GATEWAY_DATABASE_PASSWORD: newPassword(),
    SANDBOX_GATEWAY_KEY: newPassword(),
    SANDBOX_WEBHOOK_SECRET: newPassword(),
  }),
  // LINK_KEY is one secret of two subgraphs: either adds it to an .env without it.
  notifications: () => ({ LINK_KEY: newKey(), VAPID_PRIVATE_KEY: newKey() }),
  shipping: () => ({
    QUOTE_KEY_SECRET: newKey(),
    CARRIER_API_KEY: newKey(),
    CARRIER_WEBHOOK_SECRET: newKey(),
    CARRIER_DATABASE_PASSWORD: newPassword(),
  }),
}

/** The secrets of one subgraph by variable name. Its token key is derived from the router's master key. */
function secretsOfSubgraph(name: string, masterKey: Buffer): Record<string, string> {
  const prefix = name.toUpperCase()
  return {
    [`${prefix}_DATABASE_PASSWORD`]: newPassword(),
    [`${prefix}_INTERNAL_TOKEN_KEY`]: subgraphKey(masterKey, name).toString('base64url'),
    ...SECRETS_OF[name]?.(),
  }
}

/** New values for every secret in docker-compose.yml. */
export function newSecrets(names = SUBGRAPH_NAMES): Record<string, string> {
  const masterKey = randomBytes(MASTER_KEY_BYTES)
  return {
    [MASTER_KEY]: masterKey.toString('base64url'),
    POSTGRES_PASSWORD: newPassword(),
    ...Object.assign({}, ...names.map((name) => secretsOfSubgraph(name, masterKey))),
  }
}

function linesOf(secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** The secrets of a subgraph that the text of an .env lacks, with new values. @throws Error if its master key is missing or damaged */
function missingSecrets(env: string, name: string): Record<string, string> {
  const [, text = ''] = new RegExp(`^${MASTER_KEY}=(.*)$`, 'm').exec(env) ?? []
  const masterKey = Buffer.from(text.trim(), 'base64url')
  if (masterKey.length !== MASTER_KEY_BYTES)
    throw new Error(`.env has no ${MASTER_KEY} of ${MASTER_KEY_BYTES} bytes in base64url`)
  const all = Object.entries(secretsOfSubgraph(name, masterKey))
  return Object.fromEntries(all.filter(([variable]) => !new RegExp(`^${variable}=`, 'm').test(env)))
}

/**
 * Adds the secrets of one subgraph that the text of an existing .env lacks, and keeps the rest.
 * @throws Error if it lacks none, or the master key is missing or damaged
 */
export function withSubgraph(env: string, name: string): string {
  const missing = missingSecrets(env, name)
  if (Object.keys(missing).length === 0)
    throw new Error(`.env already contains every secret of ${name}: nothing was changed`)
  return `${env}${env === '' || env.endsWith('\n') ? '' : '\n'}${linesOf(missing)}`
}

/** The reason why an existing .env is not written anew, with the command for each subgraph whose secrets it lacks. */
export function refusal(env: string, names = SUBGRAPH_NAMES): string {
  const lacking = names.flatMap((name) => {
    const missing = Object.keys(missingSecrets(env, name))
    return missing.length === 0
      ? []
      : [`it lacks ${missing.join(' and ')}: npm run docker:env -- --add ${name}`]
  })
  const advice =
    lacking.length > 0
      ? lacking
      : ['it contains the secrets of every subgraph; remove it to create new secrets for new data']
  return ['.env is there already:', ...advice].join('\n')
}

/** @throws Error if .env exists, since the data was created with its secrets */
export function makeEnvironment(file: string): void {
  try {
    writeFileSync(file, linesOf(newSecrets()), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new Error(refusal(readEnvironment(file)))
  }
  console.log(`wrote .env and ${writeServiceSupergraph()}: now docker compose up --build`)
}

function addSubgraph(file: string, name: string): void {
  const known = foldersWith('subgraphs', 'schema.graphql')
  if (!known.includes(name))
    throw new Error(`there is no subgraph ${JSON.stringify(name)}: there are ${known.join(', ')}`)
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, withSubgraph(readEnvironment(file), name), { mode: 0o600 })
  renameSync(draft, file)
  console.log(`added the secrets of ${name} to .env: now docker compose up --build --detach ${name}`)
}

function readEnvironment(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error('there is no .env yet: create it with npm run docker:env')
    throw error
  }
}

const OPTIONS = {
  add: { type: 'string', value: 'NAME', meaning: 'add the secrets of a subgraph that .env lacks' },
  help: { type: 'boolean', meaning: 'this text' },
} as const

const HELP = [
  'npm run docker:env -- [options]',
  '',
  'Writes .env for docker compose.',
  '',
  ...helpLines(OPTIONS),
].join('\n')

/** `npm run docker:env [-- --add NAME]`: writes .env for docker compose, or adds the secrets of a subgraph that it lacks. */
if (import.meta.main) {
  try {
    const { values } = parseOptions(process.argv.slice(2), OPTIONS)
    const file = path.join(root, '.env')
    if (values.help) console.log(HELP)
    else if (values.add === undefined) makeEnvironment(file)
    else addSubgraph(file, values.add)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
