// Tested in ../../e2e/start.e2e.test.ts: the test checks the start as a whole.

import { HELP, readAloneCommand } from './alone-command.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { startAlone } from './start-alone.ts'

/** `npm run subgraph -- reviews`: one subgraph, until ctrl-c. */
export function runAlone(args: readonly string[]): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  return runUntilSignal({
    write,
    async start() {
      const options = readAloneCommand(args)
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
