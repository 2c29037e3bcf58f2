import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { env } from 'node:process'
import type { QueryPlan } from '@graphql-hive/router-query-planner'
import { messageOf } from '../usage-error.ts'
import { type Channel, processChannel } from './channel.ts'
import { planOfHive, sharedRequires } from './hive-plan.ts'
import { withoutMistakenProvides } from './hive-provides.ts'
import { type Budget, outside } from './outside.ts'
import type { Planner } from './planner.ts'
import { writeOperation } from './write-operation.ts'

/** What the planner's process (hive-planner-process.mjs) is asked: an operation in normal form to be planned. */
export type HiveQuestion = {
  readonly text: string
  readonly labels: readonly string[]
  readonly roll: number
}

/** What the planner lacks of Federation: a supergraph that links one of these is not for it. */
const LACKING = /specs\.apollo\.dev\/context\//

/**
 * Hive's planner, in Rust: 1–2 ms a plan, in a process of its own: some operations make it abort the process that it
 * runs in (a panic that cannot unwind), which no client's operation may do to a router.
 * @returns the planner, or the reason why this supergraph or this machine cannot have it.
 */
export function hivePlanner(sdl: string, budget: Budget): Planner | { readonly reason: string } {
  const problem = lacks(sdl) ?? whyNotLoaded()
  if (problem !== null) return { reason: problem }
  const readRequires = sharedRequires()
  const process = outside<QueryPlan>(() => startProcess(sdl), budget)
  return {
    name: 'hive',
    async plan({ definition }, { labels, roll }) {
      const question: HiveQuestion = { text: writeOperation(definition), labels, roll }
      return planOfHive(await process.ask(question), readRequires)
    },
    close: () => process.close(),
  }
}

/** What of a supergraph is not for the planner; null: nothing. */
export function lacks(sdl: string): string | null {
  return LACKING.test(sdl) ? 'the supergraph uses @context' : null
}

/** There is a native build for Linux with glibc and for macOS. */
function whyNotLoaded(): string | null {
  try {
    createRequire(import.meta.url)('@graphql-hive/router-query-planner')
    return null
  } catch (error) {
    return messageOf(error)
  }
}

/**
 * For glibc, whose allocator is half of planning: more freed memory is kept at hand for the next plan. 0.40 ms a plan instead of
 * 0.47, one after the other; 4 % of what the process costs beside a busy router. Other systems do not read it.
 */
const ALLOCATOR = { GLIBC_TUNABLES: 'glibc.malloc.tcache_count=127' }

function startProcess(sdl: string): Channel {
  const child = fork(new URL('./hive-planner-process.mjs', import.meta.url), {
    // Its last words are a panic's backtrace, which says nothing to an operator.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Options of ours are none of its own. What it makes of a question is soon over: room for more came to 8 MB.
    execArgv: ['--max-semi-space-size=1'],
    env: { ...ALLOCATOR, ...env },
  })
  child.send({ sdl: withoutMistakenProvides(sdl) })
  return processChannel(child, ['SIGKILL'])
}
