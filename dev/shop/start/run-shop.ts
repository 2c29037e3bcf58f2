import { banner } from '../terminal/banner.ts'
import { listenToConsole } from '../terminal/console.ts'
import { HELP, readCommandLine } from './command-line.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { type Shop, startShop } from './start-shop.ts'

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
      const print = (line: string) =>
        write(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`)
      const shop = await startShop({ ...options, onProgress: print })
      const stopListening = listenToConsole(shop, process.stdin, write)
      const stop = async () => {
        stopWatching()
        stopListening()
        await shop.stop()
      }
      const stopWatching = options.watch ? await watch(shop, stop, write) : () => {}
      // Printed last, so that everything in it works at once.
      write(banner(shop))
      return {
        stop,
        lost: shop.lost.then(
          () => 'PostgreSQL stopped unexpectedly: stopping. Start again; no data is lost.',
        ),
      }
    },
  })
}

/** Imported on demand: most starts do not watch. */
async function watch(
  shop: Shop,
  stop: () => Promise<void>,
  write: (line: string) => void,
): Promise<() => void> {
  const { reloadOnChange } = await import('../reload/reload.ts')
  const startAnew = async (file: string) => {
    write(`${file} changed, which all of the shop runs on: starting anew`)
    await stop()
    const { execPath, execArgv, argv } = process
    // Replace the process in place, so that it keeps the terminal.
    process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)])
  }
  return reloadOnChange(shop, { write, startAnew: (file) => void startAnew(file) })
}
