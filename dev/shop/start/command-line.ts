import { parseArgs } from 'node:util'
import { SIZES } from '../../seed/plan.ts'
import type { Contents } from '../subgraphs/databases.ts'
import { ShopFailure } from './failure.ts'
import { DEFAULT_HOST, DEFAULT_PORTS, type ShopOptions } from './start-shop.ts'

const OPTIONS = {
  port: { type: 'string', value: 'N', meaning: `the router's port (default: ${DEFAULT_PORTS.router})` },
  'subgraph-port-base': {
    type: 'string',
    value: 'N',
    meaning: `the first of the subgraphs’ ports, one for each (default: ${DEFAULT_PORTS.subgraphPortBase})`,
  },
  host: { type: 'string', value: 'ADDRESS', meaning: `where all servers listen (default: ${DEFAULT_HOST})` },
  data: { type: 'string', value: 'FOLDER', meaning: 'where data and secrets are kept (default: .data)' },
  size: {
    type: 'string',
    value: 'SIZE',
    meaning: `the seed data of new databases: ${SIZES.join(', ')} or none (default: demo)`,
  },
  cors: {
    type: 'string',
    multiple: true,
    value: 'ORIGIN',
    meaning: 'a browser client elsewhere that may sign in, such as http://localhost:5173; may be repeated',
  },
  watch: {
    type: 'boolean',
    value: '',
    meaning: 'start a subgraph anew when its code or schema changes (npm run dev does the same)',
  },
  speed: {
    type: 'string',
    value: 'N',
    meaning: 'how many times faster than life parcels and payments move, 1 to 3600 (default: 1)',
  },
  fresh: { type: 'boolean', value: '', meaning: 'throw away all data of the folder and begin anew' },
  help: { type: 'boolean', value: '', meaning: 'this text' },
} as const

export const HELP = [
  'npm start -- [options]',
  '',
  'Runs the whole shop on this machine: PostgreSQL, the subgraphs, the router.',
  '',
  ...Object.entries(OPTIONS).map(
    ([name, { value, meaning }]) => `  ${`--${name} ${value}`.padEnd(28)}${meaning}`,
  ),
].join('\n')

export type CommandLine = ShopOptions & {
  /** Whether changed code is reloaded while the shop runs. */
  readonly watch: boolean
}

/**
 * Parses the options of `npm start`; null for help.
 * @throws ShopFailure with the bad option and what is allowed
 */
export function readCommandLine(args: readonly string[]): CommandLine | null {
  const values = parse(args)
  if (values.help) return null
  return {
    dataDir: values.data ?? '.data',
    host: values.host ?? DEFAULT_HOST,
    ports: {
      router: portOf('port', values.port, DEFAULT_PORTS.router),
      subgraphPortBase: portOf(
        'subgraph-port-base',
        values['subgraph-port-base'],
        DEFAULT_PORTS.subgraphPortBase,
      ),
    },
    size: sizeOf(values.size),
    speed: speedOf(values.speed),
    fresh: values.fresh ?? false,
    corsOrigins: values.cors ?? [],
    watch: values.watch ?? false,
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

/** @throws ShopFailure unless the text is a port number; 0 is any free port. */
export function portOf(option: string, text: string | undefined, preset: number): number {
  if (text === undefined) return preset
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_530)
    throw new ShopFailure(
      `--${option} ${JSON.stringify(text)} is no port: allowed is a number from 0 to 65530`,
    )
  return port
}

const FASTEST = 3_600

export function speedOf(text: string | undefined): number {
  if (text === undefined) return 1
  const speed = Number(text)
  if (!/^\d{1,4}$/.test(text) || speed < 1 || speed > FASTEST)
    throw new ShopFailure(
      `--speed ${JSON.stringify(text)} is no speed: allowed is a whole number from 1 to ${FASTEST}`,
    )
  return speed
}

export function sizeOf(text: string | undefined): Contents['size'] {
  if (text === undefined) return null
  const size = ([...SIZES, 'none'] as const).find((known) => known === text)
  if (!size)
    throw new ShopFailure(
      `--size ${JSON.stringify(text)} is not known: allowed are ${SIZES.join(', ')} and none`,
    )
  return size
}
