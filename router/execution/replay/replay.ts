import type { Outcome } from '../../operation/executor.ts'
import type { CompiledStep } from '../compiled-step.ts'
import { type Run, send } from '../run/run-step.ts'
import { runSteps } from '../run/run-steps.ts'

/** A successful run: its requests, their responses and the answer. */
export type Recording = {
  /** By step; null if the step sent nothing. */
  readonly calls: readonly (RecordedCall | null)[]
  readonly outcome: Outcome
}

type RecordedCall = { readonly body: string; readonly bytes: Buffer }

/**
 * Repeats the calls of a recording. As long as each response has the recorded bytes, the next request and
 * finally the result are the recorded ones too.
 * @returns the reason why the replay ended, if a response differed or a call failed; the responses received
 * by then are in `run.calls`
 */
export async function replay(
  { calls, outcome }: Recording,
  steps: readonly CompiledStep[],
  run: Run,
): Promise<Outcome | 'differs' | 'fails'> {
  try {
    await runSteps(steps, (step, index) => {
      const call = calls[index]
      return call ? again(step, call, run) : null
    })
    return outcome
  } catch (error) {
    if (error === CHANGED) return 'differs'
    if (error === FAILED) return 'fails'
    throw error
  }
}

const CHANGED = new Error('a call is not answered as it was')
const FAILED = new Error('a call is not answered')

async function again(step: CompiledStep, { body, bytes }: RecordedCall, run: Run): Promise<void> {
  const outcome = await send(step, body, false, run, { expected: bytes, take: () => true })
  // A client that disconnects or a subgraph that is unavailable does not make the recording invalid.
  if (outcome.failed !== null) throw FAILED
  if (outcome.taken?.content !== bytes) throw CHANGED
}

/** Size of a recording in bytes, without its texts. */
const OVERHEAD = 1_024

/**
 * Records a run that has ended.
 * @param limit the maximum size in bytes.
 * @returns null if the run is too large, or has a response that cannot be repeated.
 */
export async function record(
  steps: readonly CompiledStep[],
  { calls }: Run,
  outcome: Outcome,
  limit: number,
): Promise<{ readonly recording: Recording; readonly size: number } | null> {
  // The answer is kept by itself, as the text that it is sent in, and as the bytes of that.
  let size = OVERHEAD + 3 * (outcome.data?.length ?? 0)
  let bytes = 0
  const contents: (string | Buffer | null)[] = []
  for (const step of steps) {
    const call = calls.get(step)
    if (!call) {
      contents.push(null)
      continue
    }
    const answer = await call.outcome
    if (answer.failed !== null || !answer.taken) return null
    const { content } = answer.taken
    contents.push(content)
    bytes += Buffer.byteLength(content)
    size += call.body.length
  }
  size += bytes
  if (size > limit) return null
  // Not taken from Node's pool, since a small buffer would keep a whole block of the pool alive.
  const store = Buffer.allocUnsafeSlow(bytes)
  let end = 0
  const recorded = steps.map((step, index) => {
    const content = contents[index] ?? null
    const body = calls.get(step)?.body
    if (content === null || body === undefined) return null
    const start = end
    end += typeof content === 'string' ? store.write(content, start) : content.copy(store, start)
    return { body, bytes: store.subarray(start, end) }
  })
  return {
    recording: { calls: recorded, outcome: { ...outcome, data: inOnePiece(outcome.data), recurs: true } },
    size,
  }
}

/**
 * Flattens a text. V8 keeps a concatenated string as a tree of its parts until it is read, which does not
 * happen here: 16 MB of recordings took 27 MB more.
 */
function inOnePiece(text: string | null): string | null {
  return text === null ? null : Buffer.from(text).toString()
}
