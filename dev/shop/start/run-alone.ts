// Tested in ../../e2e/start.e2e.test.ts: a start shows what its parts do.

import { parseArgs } from 'node:util'
import { isSubgraphName, SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { portOf } from './command-line.ts'
import { ShopFailure } from './failure.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { type AloneOptions, startAlone } from './start-alone.ts'
import { DEFAULT_HOST, DEFAULT_PORTS } from './start-shop.ts'

const HELP = [
  'npm run subgraph -- NAME [options]',
  '',
  `Runs one subgraph with its own Sandbox and its own seeded database. NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`,
  '',
  '  --port N        where it listens (default: its port in the whole shop)',
  `  --host ADDRESS  the address that it listens on (default: ${DEFAULT_HOST})`,
  '  --data FOLDER   where data and secrets are kept (default: .data)',
  '  --help          this text',
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
          'The header speaks for a member of staff with every scope, for a day. What it publishes waits in its outbox.',
          'ctrl-c stops it.',
          '',
        ].join('\n'),
      )
      return {
        stop: alone.stop,
        lost: alone.lost.then(() => 'PostgreSQL has ended, which nobody asked it to: stopping.'),
      }
    },
  })
}

/** @throws ShopFailure with the bad option and what is allowed */
function readOptions(args: readonly string[]): Omit<AloneOptions, 'onProgress'> | null {
  const { values, positionals } = parse(args)
  if (values.help) return null
  const [name = '', ...more] = positionals
  if (!isSubgraphName(name) || more.length > 0)
    throw new ShopFailure(
      `${JSON.stringify(positionals.join(' '))} is no subgraph: say npm run subgraph -- NAME, where NAME is one of ${SUBGRAPH_NAMES.join(', ')}`,
    )
  return {
    name,
    host: values.host ?? DEFAULT_HOST,
    port: portOf('port', values.port, DEFAULT_PORTS.subgraphPortBase + SUBGRAPH_NAMES.indexOf(name)),
    dataDir: values.data ?? '.data',
  }
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { port: string, host: string, data: string, help: { type: 'boolean' } },
    })
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : ['The options are not right']
    throw new ShopFailure(`${sentence}: there are --port, --host, --data and --help`)
  }
}
