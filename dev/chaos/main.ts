import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { lineFor } from '../shop/start/failure.ts'
import { runUntilSignal } from '../shop/start/run-until-signal.ts'
import { type ChaosOptions, HELP, readCommandLine } from './command-line.ts'
import { reportOf } from './report.ts'
import { runChaos } from './run.ts'
import { openWorld } from './world.ts'

/** `npm run chaos`: one run, and the exit code 1 if it found a violation. */
export function chaosMain(args: readonly string[]): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  return runUntilSignal({
    write,
    async start() {
      const options = readCommandLine(args, randomInt(1_000_000))
      if (!options) {
        write(HELP)
        return null
      }
      const leaving = new AbortController()
      const work = chaos(options, write, leaving.signal)
      return {
        // The end of the run is the end of the process: with 0 here, with 1 for every reason.
        lost: work.then(
          (violations) => (violations === 0 ? process.exit(0) : 'violations were found'),
          (error: unknown) =>
            lineFor(error) ?? (error instanceof Error ? String(error.stack) : String(error)),
        ),
        async stop() {
          leaving.abort()
          await work.catch(() => {})
        },
      }
    },
  })
}

/** @returns how many violations were found */
async function chaos(
  options: ChaosOptions,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-chaos-'))
  const started = performance.now()
  const onProgress = (line: string) =>
    write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`)
  try {
    write(`seed ${options.seed}, everything is kept in ${dataDir}`)
    const world = await openWorld({ dataDir, instances: options.instances, onProgress })
    try {
      const outcome = await runChaos(world, { ...options, onProgress, signal })
      for (const line of await reportOf(outcome, options, world.databases)) write(line)
      return outcome.violations.length
    } finally {
      await world.stop()
    }
  } finally {
    if (!options.keeps) rmSync(dataDir, { recursive: true, force: true })
  }
}
