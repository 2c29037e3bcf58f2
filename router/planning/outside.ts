import type { Channel } from './channel.ts'

/** Answers come in the order of the questions. `ready` comes before all, once the other end can answer. */
export type Answer<Value> =
  | { readonly id: number; readonly value: Value }
  | { readonly id: number; readonly error: string }

export type Ready = { readonly ready: true }

/** Said of what did not answer: that it ended, or took too much. */
export class OutsideFailure extends Error {
  override readonly name = 'OutsideFailure'
}

/** What was asked takes more time or memory than it may, and is likely to again. */
export class OverBudget extends OutsideFailure {}

/** Too many questions wait. */
export class OutsideBusy extends Error {
  override readonly name = 'OutsideBusy'
}

export type Outside<Value> = {
  /** @throws OutsideFailure, OutsideBusy, or the error that was answered. */
  ask(question: object): Promise<Value>
  close(): void
}

export type Budget = {
  /** Milliseconds for one question, once its turn has come. */
  readonly time: number
  /** Bytes that the other end may have, while it is about a question that takes long. */
  readonly memory: number
  /** Questions at a time, that in work included. */
  readonly queue: number
}

/** A question that takes longer, in milliseconds, is left with the one that is about it, and another answers the rest. */
const PATIENCE_MS = 250
/** How often what takes long is looked at. */
const WATCH_MS = 50
/** For the other end to begin. */
const START_MS = 30_000

type Question<Value> = {
  readonly id: number
  readonly text: object
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

/** One of those that answer, with its questions: the first is in work. */
type Lane<Value> = {
  readonly channel: Channel
  readonly asked: Question<Value>[]
  isReady: boolean
  timer: NodeJS.Timeout | undefined
}

/**
 * Asks what runs elsewhere. It starts with the first question, and again after it broke; once closed, it lives as long
 * as someone waits, and starts again for whoever still comes. There are at most two at a time: one for what takes
 * milliseconds, and one that is about a question which takes longer. Where a second takes long, the first has had its time.
 */
export function outside<Value>(start: () => Channel, budget: Budget): Outside<Value> {
  let current: Lane<Value> | null = null
  let slow: Lane<Value> | null = null
  let closed = false
  let count = 0

  const retire = (lane: Lane<Value>) => {
    clearTimeout(lane.timer)
    if (current === lane) current = null
    if (slow === lane) slow = null
  }
  const opened = (): Lane<Value> => {
    const lane: Lane<Value> = { channel: start(), asked: [], isReady: false, timer: undefined }
    lane.channel.onMessage((message) => heard(lane, message as Answer<Value> | Ready))
    lane.channel.onEnd((reason, ranOut) =>
      ended(lane, ranOut ? new OverBudget(reason) : new OutsideFailure(reason)),
    )
    lane.timer = setTimeout(() => give(lane, new OutsideFailure('it did not start')), START_MS)
    return lane
  }
  const put = (question: Question<Value>) => {
    current ??= opened()
    const { channel, asked } = current
    asked.push(question)
    channel.hold(true)
    channel.send({ ...question.text, id: question.id })
    if (asked.length === 1 && current.isReady) begin(current)
  }
  const begin = (lane: Lane<Value>) => {
    clearTimeout(lane.timer)
    lane.timer = lane.asked.length > 0 ? setTimeout(() => leave(lane), PATIENCE_MS) : undefined
  }
  /** The question in work stays where it is, the others go elsewhere. */
  const leave = (lane: Lane<Value>) => {
    if (slow) give(slow, new OverBudget('others take long too'))
    slow = lane
    current = null
    const began = performance.now() - PATIENCE_MS
    for (const question of lane.asked.splice(1)) put(question)
    lane.timer = setInterval(() => {
      if (performance.now() - began > budget.time)
        give(lane, new OverBudget(`it took more than ${budget.time} ms`))
      else if ((lane.channel.memory() ?? 0) > budget.memory)
        give(lane, new OverBudget(`it took more than ${budget.memory} bytes`))
    }, WATCH_MS)
  }
  const give = (lane: Lane<Value>, error: OutsideFailure) => {
    ended(lane, error)
    lane.channel.end()
  }
  /** Fails the question in work; the others are asked again, unless nothing ever was answered. */
  const ended = (lane: Lane<Value>, error: OutsideFailure) => {
    retire(lane)
    const questions = lane.asked.splice(0)
    const lost = lane.isReady ? questions.splice(0, 1) : questions.splice(0)
    for (const { reject } of lost) reject(error)
    for (const question of questions) put(question)
  }
  const heard = (lane: Lane<Value>, message: Answer<Value> | Ready) => {
    lane.isReady = true
    if (!('ready' in message)) {
      settle(lane.asked, message)
      if (lane === slow) {
        slow = null
        current ??= lane
      }
    }
    begin(lane)
    if (lane.asked.length > 0) return
    lane.channel.hold(false)
    if (closed || lane !== current) give(lane, new OutsideFailure('it is not needed any more'))
  }
  return {
    ask(text) {
      const waiting = (current?.asked.length ?? 0) + (slow?.asked.length ?? 0)
      if (waiting >= budget.queue) return Promise.reject(new OutsideBusy(`${waiting} questions wait`))
      return new Promise((resolve, reject) => put({ id: count++, text, resolve, reject }))
    },
    close() {
      closed = true
      for (const lane of [current, slow]) {
        if (lane && lane.asked.length === 0) give(lane, new OutsideFailure('it was closed'))
      }
    },
  }
}

function settle<Value>(asked: Question<Value>[], answer: Answer<Value>): void {
  const at = asked.findIndex(({ id }) => id === answer.id)
  const [question] = at < 0 ? [] : asked.splice(at, 1)
  if (!question) return
  if ('error' in answer) question.reject(new Error(answer.error))
  else question.resolve(answer.value)
}
