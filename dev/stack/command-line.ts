import { portOf, SIZE_OPTION, SPEED_OPTION, sizeOf, speedOf } from '../shop/start/command-line.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { helpLines, parseOptions, wholeOption } from '../shop/start/option-table.ts'
import { DEFAULT_PORTS } from '../shop/start/start-shop.ts'
import type { Contents } from '../shop/subgraphs/databases.ts'

/** Maximum number of processes of each subgraph. */
export const MAX_INSTANCES = 8
export const DEFAULT_GATEWAY_PORT = 4051

const OPTIONS = {
  instances: {
    type: 'string',
    value: 'N',
    meaning: `processes of each subgraph, 1 to ${MAX_INSTANCES} (default: 1)`,
  },
  port: { type: 'string', value: 'N', meaning: `the router's port (default: ${DEFAULT_PORTS.router})` },
  'gateway-port': {
    type: 'string',
    value: 'N',
    meaning: `the sandbox gateway's port (default: ${DEFAULT_GATEWAY_PORT})`,
  },
  postgres: {
    type: 'string',
    value: 'URL',
    meaning:
      'a PostgreSQL server, by one of its databases (default: DATABASE_URL, else the one on port 5432, else a private one)',
  },
  nats: {
    type: 'string',
    value: 'URL',
    meaning:
      'a NATS server with JetStream (default: EVENT_BUS, else the one on port 4222, else a private nats-server)',
  },
  private: { type: 'boolean', meaning: 'use private servers in the data folder, even if others run' },
  data: {
    type: 'string',
    value: 'FOLDER',
    meaning: 'folder of secrets and logs (default: .data/stack)',
  },
  size: SIZE_OPTION,
  speed: SPEED_OPTION,
  fresh: { type: 'boolean', meaning: 'delete the databases and the messages first' },
  help: { type: 'boolean', meaning: 'this text' },
} as const

export const HELP = [
  'npm run stack -- [options]',
  '',
  'Runs every subgraph as processes of its own, the sandbox gateway, the simulated carrier and two router workers, on',
  'PostgreSQL and NATS JetStream.',
  '',
  ...helpLines(OPTIONS),
].join('\n')

export type StackCommand = {
  readonly instances: number
  readonly routerPort: number
  readonly gatewayPort: number
  /** Undefined: to be found. */
  readonly postgres: string | undefined
  readonly nats: string | undefined
  readonly isPrivate: boolean
  readonly dataDir: string
  readonly size: Contents['size']
  readonly speed: number
  readonly fresh: boolean
}

/**
 * Parses the options of `npm run stack`; null for help.
 * @throws ShopFailure with the bad option and what is allowed
 */
export function readCommandLine(args: readonly string[]): StackCommand | null {
  const { values } = parseOptions(args, OPTIONS)
  if (values.help) return null
  if (values.private && (values.postgres ?? values.nats))
    throw new ShopFailure('--private cannot be combined with --postgres or --nats')
  return {
    instances: instancesOf(values.instances),
    routerPort: portOf('port', values.port, DEFAULT_PORTS.router),
    gatewayPort: portOf('gateway-port', values['gateway-port'], DEFAULT_GATEWAY_PORT),
    postgres: urlOf('postgres', values.postgres, /^postgres(ql)?:$/, 'postgresql://user@host:port/database'),
    nats: urlOf('nats', values.nats, /^nats:$/, 'nats://host:port'),
    isPrivate: values.private ?? false,
    dataDir: values.data ?? '.data/stack',
    size: sizeOf(values.size),
    speed: speedOf(values.speed),
    fresh: values.fresh ?? false,
  }
}

/** @throws ShopFailure unless the text is a number of instances */
export function instancesOf(text: string | undefined): number {
  return wholeOption('instances', text, [1, MAX_INSTANCES], 1)
}

function urlOf(option: string, text: string | undefined, scheme: RegExp, form: string): string | undefined {
  if (text === undefined) return undefined
  if (URL.canParse(text) && scheme.test(new URL(text).protocol)) return text
  throw new ShopFailure(`--${option} is ${JSON.stringify(text)}: allowed is ${form}`)
}
