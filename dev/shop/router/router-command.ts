import path from 'node:path'
import { readSupergraphYaml } from '../../../router/supergraph/supergraph-yaml.ts'
import { ShopFailure } from '../start/failure.ts'
import { readSecrets, secretsFile } from '../subgraphs/secrets.ts'
import { TOKEN_PARTIES } from '../subgraphs/subgraph-settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

export type RouterCommand = {
  /** Options of the router itself. */
  readonly args: readonly string[]
  readonly env: Environment
  /** The text to print before the router starts; null: none. */
  readonly notice: string | null
}

const DATA = '--data'
const HELP =
  "npm run router -- [--data FOLDER] [the router's options, below]\n\n  --data FOLDER  the data folder of the running shop whose keys the router takes (default: .data)\n"

/**
 * The command of `npm run router`: a router beside a running shop, whose subgraphs require tokens with keys
 * from the data folder. The keys are used only for the shop's own supergraph.yaml, never for other graphs.
 * @throws ShopFailure if the data folder's secrets are damaged, or `--data` has no value
 */
export function routerCommand(given: readonly string[], env: Environment, repository: string): RouterCommand {
  const { args, dataDir } = withoutData(given)
  if (args.includes('--help')) return { args, env, notice: HELP }
  const isChosen = env.INTERNAL_TOKEN_MASTER_KEY !== undefined || env.JWKS_URL !== undefined
  if (isChosen || !servesShop(args, env, repository)) return { args, env, notice: null }
  const secrets = readSecrets(dataDir)
  if (secrets === null) {
    const notice = `There is no ${secretsFile(dataDir)}, so the shop's subgraphs will refuse this router: npm start makes it, ${DATA} names another folder, and INTERNAL_TOKEN_MASTER_KEY gives the key itself.`
    return { args, env, notice }
  }
  const keys = {
    INTERNAL_TOKEN_MASTER_KEY: secrets.internalTokenMasterKey,
    JWKS_URL: keySetUrl(repository),
    ACCESS_TOKEN_ISSUER: TOKEN_PARTIES.issuer,
    ACCESS_TOKEN_AUDIENCE: TOKEN_PARTIES.audience,
  }
  return { args, env: { ...env, ...keys }, notice: `The keys are those of ${secretsFile(dataDir)}.` }
}

function withoutData(given: readonly string[]): { args: string[]; dataDir: string } {
  const at = given.findIndex(isData)
  if (at < 0) return { args: [...given], dataDir: '.data' }
  const [first = '', next] = given.slice(at)
  const isInline = first !== DATA
  const dataDir = isInline ? first.slice(DATA.length + 1) : next
  if (!dataDir) throw new ShopFailure(`${DATA} needs a folder: the one that npm start was given`)
  const args = given.toSpliced(at, isInline ? 1 : 2)
  if (args.some(isData)) throw new ShopFailure(`${DATA} is given more than once`)
  return { args, dataDir }
}

const isData = (arg: string) => arg === DATA || arg.startsWith(`${DATA}=`)

/** Whether the supergraph is the shop's own. */
function servesShop(args: readonly string[], env: Environment, repository: string): boolean {
  const inline = args.find((arg) => arg.startsWith('--supergraph='))?.slice('--supergraph='.length)
  const at = args.indexOf('--supergraph')
  const file = inline ?? (at < 0 ? env.SUPERGRAPH : args[at + 1]) ?? 'supergraph.yaml'
  return path.resolve(file) === path.join(repository, 'supergraph.yaml')
}

/** The URL of the users subgraph's key set, beside its GraphQL endpoint. */
function keySetUrl(repository: string): string {
  const { subgraphs } = readSupergraphYaml(path.join(repository, 'supergraph.yaml'), () => '')
  const users = subgraphs.find(({ name }) => name === 'users')
  if (!users)
    throw new ShopFailure('supergraph.yaml has no subgraph users, whose key set verifies access tokens')
  return new URL('/.well-known/jwks.json', users.url).href
}
