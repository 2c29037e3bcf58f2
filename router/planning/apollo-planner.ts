import { Worker } from 'node:worker_threads'
import { print } from 'graphql'
import { planOfApollo } from './apollo-plan.ts'
import type { WorkerAnswer, WorkerQuestion } from './apollo-planner-worker.ts'
import type { Plan } from './plan.ts'
import type { Planner } from './planner.ts'

type Waiting = { readonly resolve: (plan: Plan) => void; readonly reject: (error: Error) => void }

/** A worker with the questions that it has not answered. */
type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> }

/**
 * Apollo's planner in a thread of its own: 2–50 ms a plan, none of them on the event loop. The thread starts with the
 * first operation; once closed, it lives as long as someone waits, and starts again for whoever still comes.
 */
export function apolloPlanner(sdl: string): Planner {
  let thread: Thread | null = null
  let closed = false
  let asked = 0
  const endIfIdle = ({ worker, waiting }: Thread) => {
    if (waiting.size > 0) return
    worker.unref()
    if (!closed) return
    thread = null
    void worker.terminate()
  }
  const start = (): Thread => {
    const worker = new Worker(new URL('./apollo-planner-worker.ts', import.meta.url), { workerData: sdl })
    const started: Thread = { worker, waiting: new Map() }
    const fail = (error: Error) => {
      if (thread === started) thread = null
      for (const { reject } of started.waiting.values()) reject(error)
      started.waiting.clear()
    }
    worker.on('message', (answer: WorkerAnswer) => {
      settle(started, answer)
      endIfIdle(started)
    })
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('the thread of the planner has ended')))
    return started
  }
  return {
    name: 'apollo',
    plan({ definition }) {
      thread ??= start()
      const { worker, waiting } = thread
      return new Promise((resolve, reject) => {
        const id = asked++
        waiting.set(id, { resolve, reject })
        // Awake only while someone waits: a thread must not keep a process alive.
        worker.ref()
        const question: WorkerQuestion = { id, text: print(definition) }
        worker.postMessage(question)
      })
    },
    close() {
      closed = true
      if (thread) endIfIdle(thread)
    },
  }
}

function settle({ waiting }: Thread, answer: WorkerAnswer): void {
  const asker = waiting.get(answer.id)
  waiting.delete(answer.id)
  if (!asker) return
  try {
    if ('error' in answer) throw new Error(answer.error)
    asker.resolve(planOfApollo(answer.plan))
  } catch (error) {
    asker.reject(error instanceof Error ? error : new Error(String(error)))
  }
}
