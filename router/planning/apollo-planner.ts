import { Worker } from 'node:worker_threads'
import type { QueryPlan } from '@apollo/query-planner'
import { planOfApollo } from './apollo-plan.ts'
import type { ApolloQuestion } from './apollo-planner-thread.ts'
import { outside, threadChannel } from './outside.ts'
import type { Planner } from './planner.ts'
import { writeOperation } from './write-operation.ts'

/** A plan takes milliseconds, the worst known some seconds. */
const TIME_MS = 30_000

/** Apollo's planner in a thread of its own: 2–50 ms a plan, none of them on the event loop. */
export function apolloPlanner(sdl: string): Planner {
  const file = new URL('./apollo-planner-thread.ts', import.meta.url)
  const thread = outside<string>(() => threadChannel(new Worker(file, { workerData: sdl })), TIME_MS)
  return {
    name: 'apollo',
    async plan({ definition }, { labels }) {
      const question: ApolloQuestion = { text: writeOperation(definition), labels }
      // The other end is ours, and sends nothing else.
      return planOfApollo(JSON.parse(await thread.ask(question)) as QueryPlan)
    },
    close: () => thread.close(),
  }
}
