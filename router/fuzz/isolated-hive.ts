import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { planOfHive } from '../planning/hive-plan.ts'
import { withoutMistakenProvides } from '../planning/hive-provides.ts'
import type { Planner } from '../planning/planner.ts'
import { writeOperation } from '../planning/write-operation.ts'

/** What the process is asked: a supergraph comes with its first operation. */
export type Asked = {
  readonly sdl: string | null
  readonly text: string
  readonly labels: readonly string[]
  readonly roll: number
}
export type Planned = { readonly plan: Parameters<typeof planOfHive>[0] } | { readonly error: string }

/** A plan takes milliseconds: what takes longer is not going to come. */
const TIME_MS = 20_000

let process: ChildProcess | null = null
let loaded = ''

/**
 * Hive's planner in a process of its own: some operations make it abort the process that it runs in (a panic that cannot
 * unwind), which must not end the fuzzer. One operation at a time.
 */
export function isolatedHivePlanner(supergraph: string): Planner {
  const sdl = withoutMistakenProvides(supergraph)
  return {
    name: 'hive',
    async plan({ definition }, { labels, roll }) {
      process ??= fork(new URL('./isolated-hive-process.ts', import.meta.url), {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      const child = process
      const asked: Asked = {
        sdl: loaded === sdl ? null : sdl,
        text: writeOperation(definition),
        labels,
        roll,
      }
      loaded = sdl
      child.send(asked)
      // One of the two comes; the other must not be left waiting.
      const over = new AbortController()
      const { signal } = over
      const timer = setTimeout(() => child.kill('SIGKILL'), TIME_MS)
      const [answer] = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'exit', { signal }),
      ])
      over.abort()
      clearTimeout(timer)
      if (typeof answer !== 'object' || answer === null) {
        process = null
        loaded = ''
        throw new Error("Hive's planner aborts its process")
      }
      // The other end sends nothing else.
      const planned = answer as Planned
      if ('error' in planned) throw new Error(planned.error)
      return planOfHive(planned.plan)
    },
    close() {},
  }
}

/** Ends the process; it starts again when it is needed. */
export async function closeIsolatedHive(): Promise<void> {
  const child = process
  process = null
  loaded = ''
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}
