import { banner } from './banner.ts'
import { HELP, readCommandLine } from './command-line.ts'
import { listenToConsole } from './console.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { startShop } from './start-shop.ts'

/** `npm start`: the whole shop, until ctrl-c. */
export function runShop(args: readonly string[]): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  return runUntilSignal({
    write,
    async start() {
      const options = readCommandLine(args)
      if (!options) {
        write(HELP)
        return null
      }
      const started = performance.now()
      const tell = (line: string) =>
        write(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`)
      const shop = await startShop({ ...options, onProgress: tell })
      write(banner(shop))
      const stopListening = listenToConsole(shop, process.stdin, write)
      return {
        async stop() {
          stopListening()
          await shop.stop()
        },
        lost: shop.lost.then(
          () => 'PostgreSQL has ended, which nobody asked it to: stopping. Start again; no data is lost.',
        ),
      }
    },
  })
}
