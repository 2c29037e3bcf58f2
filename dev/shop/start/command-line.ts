import { SIZES } from '../../seed/plan.ts'
import type { Contents } from '../subgraphs/databases.ts'
import { ShopFailure } from './failure.ts'
import { helpLines, parseOptions, wholeOption } from './option-table.ts'
import { MAX_PORT_OFFSET } from './shop-ports.ts'
import { DEFAULT_HOST, DEFAULT_PORTS, type ShopOptions } from './start-shop.ts'

const FASTEST = 3_600

/** The ports above the base stay within 65535. */
const MAX_BASE = 65_535 - MAX_PORT_OFFSET

export const SIZE_OPTION = {
  type: 'string',
  value: 'SIZE',
  meaning: `the seed data of new databases: ${SIZES.join(', ')} or none (default: demo)`,
} as const

export const SPEED_OPTION = {
  type: 'string',
  value: 'N',
  meaning: `factor by which parcels and payments are faster than in reality, 1 to ${FASTEST} (default: 1)`,
} as const

const OPTIONS = {
  port: { type: 'string', value: 'N', meaning: `the router's port (default: ${DEFAULT_PORTS.router})` },
  'subgraph-port-base': {
    type: 'string',
    value: 'N',
    meaning: `the first of the subgraphs’ ports, one for each (default: ${DEFAULT_PORTS.subgraphPortBase})`,
  },
  host: {
    type: 'string',
    value: 'ADDRESS',
    meaning: `address that all servers listen on (default: ${DEFAULT_HOST})`,
  },
  data: { type: 'string', value: 'FOLDER', meaning: 'folder of data and secrets (default: .data)' },
  size: SIZE_OPTION,
  cors: {
    type: 'string',
    multiple: true,
    value: 'ORIGIN',
    meaning: 'origin of a browser client that may sign in, such as http://localhost:5173; can be repeated',
  },
  watch: {
    type: 'boolean',
    meaning: 'restart a subgraph when its code or schema changes (npm run dev does the same)',
  },
  speed: SPEED_OPTION,
  fresh: { type: 'boolean', meaning: 'delete all data of the folder first' },
  help: { type: 'boolean', meaning: 'this text' },
} as const

export const HELP = [
  'npm start -- [options]',
  '',
  'Runs the whole shop on this machine: PostgreSQL, the subgraphs, the router.',
  '',
  ...helpLines(OPTIONS),
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
  const { values } = parseOptions(args, OPTIONS)
  if (values.help) return null
  return {
    dataDir: values.data ?? '.data',
    host: values.host ?? DEFAULT_HOST,
    ports: {
      router: portOf('port', values.port, DEFAULT_PORTS.router),
      subgraphPortBase: wholeOption(
        'subgraph-port-base',
        values['subgraph-port-base'],
        [0, MAX_BASE],
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

/** @throws ShopFailure unless the text is a port number; 0 is any free port. */
export function portOf(option: string, text: string | undefined, preset: number): number {
  return wholeOption(option, text, [0, 65_530], preset)
}

export function speedOf(text: string | undefined): number {
  return wholeOption('speed', text, [1, FASTEST], 1)
}

export function sizeOf(text: string | undefined): Contents['size'] {
  if (text === undefined) return null
  const size = ([...SIZES, 'none'] as const).find((known) => known === text)
  if (!size)
    throw new ShopFailure(`--size is ${JSON.stringify(text)}: allowed are ${SIZES.join(', ')} and none`)
  return size
}
