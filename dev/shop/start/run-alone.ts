// Tested in ../../e2e/start.e2e.test.ts: the test checks the start as a whole.

import { isSubgraphName, SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { portOf } from './command-line.ts'
import { ShopFailure } from './failure.ts'
import { helpLines, parseOptions } from './option-table.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { type AloneOptions, startAlone } from './start-alone.ts'
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

const HELP = [
  'npm run subgraph -- NAME [options]',
  '',
  `Runs one subgraph with its own Sandbox and its own seeded database. NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`,
  '',
  ...helpLines(OPTIONS),
].join('\n')

/** `npm run subgraph -- reviews`: one subgraph, until ctrl-c. */
export function runAlone(args: readonly string[]): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  return runUntilSignal({
    write,
    async start() {
      const options = readOptions(args)
      if (!options) {
        write(HELP)
        return null
      }
      const alone = await startAlone({ ...options, onProgress: write })
      write(
        [
          '',
          `${options.name} runs alone.`,
          '',
          `  Sandbox   ${alone.served.url} (in a browser; it sends the header below by itself)`,
          `  Header    authorization: ${alone.authorization}`,
          '',
          'The header authorizes a member of staff with every scope, for a day. Published messages wait in the outbox.',
          'ctrl-c stops it.',
          '',
        ].join('\n'),
      )
      return {
        stop: alone.stop,
        lost: alone.lost.then(() => 'PostgreSQL stopped unexpectedly: stopping.'),
      }
    },
  })
}

/** @throws ShopFailure with the bad option and what is allowed */
function readOptions(args: readonly string[]): Omit<AloneOptions, 'onProgress'> | null {
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
