import { fork } from 'node:child_process'
import type { QueryPlan } from '@apollo/query-planner'
import { planOfApollo } from './apollo-plan.ts'
import { type Channel, processChannel } from './channel.ts'
import { type Budget, outside } from './outside.ts'
import type { Planner } from './planner.ts'
import { writeOperation } from './write-operation.ts'

/** What the planner's process (apollo-planner-process.mjs) is asked: an operation in normal form to be planned. */
export type ApolloQuestion = { readonly text: string; readonly labels: readonly string[] }

const MEGABYTE = 1_024 ** 2

/**
 * Apollo's planner in a process of its own: 2–50 ms a plan, none of them on the event loop. A thread that is ended amid a plan of
 * a gigabyte leaves most of it with the router, or takes the router along.
 */
export function apolloPlanner(sdl: string, budget: Budget): Planner {
  const process = outside<string>(() => startProcess(sdl, budget), budget)
  return {
    name: 'apollo',
    async plan({ definition }, { labels }) {
      const question: ApolloQuestion = { text: writeOperation(definition), labels }
      // The other end is ours, and sends nothing else.
      return planOfApollo(JSON.parse(await process.ask(question)) as QueryPlan)
    },
    close: () => process.close(),
  }
}

function startProcess(sdl: string, { memory }: Budget): Channel {
  const child = fork(new URL('./apollo-planner-process.mjs', import.meta.url), {
    // Its last words are V8's, when its memory ran out.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Options of ours are none of its own. The bound holds on systems, too, that do not tell what it has.
    execArgv: [`--max-old-space-size=${Math.ceil(memory / MEGABYTE)}`],
  })
  child.send({ sdl })
  return processChannel(child, ['SIGABRT', 'SIGKILL'])
}
