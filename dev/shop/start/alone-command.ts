import { isSubgraphName, SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { portOf } from './command-line.ts'
import { ShopFailure } from './failure.ts'
import { helpLines, parseOptions } from './option-table.ts'
import type { AloneOptions } from './start-alone.ts'
import { DEFAULT_HOST, DEFAULT_PORTS } from './start-shop.ts'

const OPTIONS = {
  port: { type: 'string', value: 'N', meaning: 'port to listen on (default: its port in the whole shop)' },
  host: {
    type: 'string',
    value: 'ADDRESS',
    meaning: `address to listen on (default: ${DEFAULT_HOST})`,
  },
  data: { type: 'string', value: 'FOLDER', meaning: 'folder of data and secrets (default: .data)' },
  help: { type: 'boolean', meaning: 'this text' },
} as const

export const HELP = [
  'npm run subgraph -- NAME [options]',
  '',
  `Runs one subgraph with its own Sandbox and its own seeded database. NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`,
  '',
  ...helpLines(OPTIONS),
].join('\n')

/**
 * Parses the command line of `npm run subgraph`; null for help.
 * @throws ShopFailure with the bad option and what is allowed
 */
export function readAloneCommand(args: readonly string[]): Omit<AloneOptions, 'onProgress'> | null {
  const { values, positionals } = parseOptions(args, OPTIONS, true)
  if (values.help) return null
  const [name, ...more] = positionals
  if (name === undefined)
    throw new ShopFailure(`NAME is missing: allowed is one of ${SUBGRAPH_NAMES.join(', ')}`)
  if (!isSubgraphName(name) || more.length > 0)
    throw new ShopFailure(
      `${JSON.stringify(positionals.join(' '))} is not a subgraph: run npm run subgraph -- NAME, where NAME is one of ${SUBGRAPH_NAMES.join(', ')}`,
    )
  return {
    name,
    host: values.host ?? DEFAULT_HOST,
    port: portOf('port', values.port, DEFAULT_PORTS.subgraphPortBase + SUBGRAPH_NAMES.indexOf(name)),
    dataDir: values.data ?? '.data',
  }
}
