import { parseArgs } from 'node:util'
import { SIZES } from '../seed/plan.ts'
import { portOf, sizeOf, speedOf } from '../shop/start/command-line.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { DEFAULT_PORTS } from '../shop/start/start-shop.ts'
import type { Contents } from '../shop/subgraphs/databases.ts'

const MOST_INSTANCES = 8
export const DEFAULT_GATEWAY_PORT = 4051

const OPTIONS = {
  instances: {
    type: 'string',
    value: 'N',
    meaning: `processes of each subgraph, 1 to ${MOST_INSTANCES} (default: 1)`,
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
  private: { type: 'boolean', value: '', meaning: 'private servers in the data folder, whatever else runs' },
  data: {
    type: 'string',
    value: 'FOLDER',
    meaning: 'where secrets and logs are kept (default: .data/stack)',
  },
  size: {
    type: 'string',
    value: 'SIZE',
    meaning: `the seed data of new databases: ${SIZES.join(', ')} or none (default: demo)`,
  },
  speed: {
    type: 'string',
    value: 'N',
    meaning: 'how many times faster than life parcels and payments move, 1 to 3600 (default: 1)',
  },
  fresh: { type: 'boolean', value: '', meaning: 'throw away the databases and the messages, and begin anew' },
  help: { type: 'boolean', value: '', meaning: 'this text' },
} as const

export const HELP = [
  'npm run stack -- [options]',
  '',
  'Runs every subgraph as processes of its own, the sandbox gateway, the simulated carrier and two router workers, on',
  'PostgreSQL and NATS JetStream.',
  '',
  ...Object.entries(OPTIONS).map(
    ([name, { value, meaning }]) => `  ${`--${name} ${value}`.padEnd(20)}${meaning}`,
  ),
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
  const values = parse(args)
  if (values.help) return null
  if (values.private && (values.postgres ?? values.nats))
    throw new ShopFailure('--private goes without --postgres and --nats')
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

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : ['The options are not right']
    const names = Object.keys(OPTIONS).map((name) => `--${name}`)
    throw new ShopFailure(`${sentence}: there are ${names.join(', ')}`)
  }
}

/** @throws ShopFailure unless the text is a number of instances */
export function instancesOf(text: string | undefined): number {
  if (text === undefined) return 1
  const count = Number(text)
  if (!/^\d$/.test(text) || count < 1 || count > MOST_INSTANCES)
    throw new ShopFailure(
      `--instances ${JSON.stringify(text)} is no number of processes: allowed is a whole number from 1 to ${MOST_INSTANCES}`,
    )
  return count
}

function urlOf(option: string, text: string | undefined, scheme: RegExp, form: string): string | undefined {
  if (text === undefined) return undefined
  if (URL.canParse(text) && scheme.test(new URL(text).protocol)) return text
  throw new ShopFailure(`--${option} ${JSON.stringify(text)} is no such URL: allowed is ${form}`)
}
