import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Channel } from './channel.ts'
import { OutsideBusy, OutsideFailure, OverBudget, outside } from './outside.ts'

const BUDGET = { time: 1_000, memory: 100, queue: 5 }

/** The other ends that were started, in the hands of the test. */
function ends() {
  const started: End[] = []
  const asked = outside<string>(() => {
    const end = newEnd()
    started.push(end)
    return end.channel
  }, BUDGET)
  const at = (index: number): End => {
    const end = started[index]
    if (!end) throw new Error(`${started.length} were started`)
    return end
  }
  return { started, at, asked }
}

type End = {
  readonly channel: Channel
  /** Those that are open. */
  readonly questions: { readonly id: number; readonly text: string }[]
  memory: number
  isEnded: boolean
  isHeld: boolean
  say(message: object): void
  /** Answers the first question that is open. */
  answer(value: string): void
  break(ranOut?: boolean): void
}

function newEnd(): End {
  const listeners: { message?: (message: unknown) => void; end?: Parameters<Channel['onEnd']>[0] } = {}
  const questions: End['questions'] = []
  const end: End = {
    questions,
    memory: 0,
    isEnded: false,
    isHeld: false,
    say: (message) => listeners.message?.(message),
    answer: (value) => end.say({ id: questions.shift()?.id, value }),
    break: (ranOut = false) => listeners.end?.('SIGABRT', ranOut),
    channel: {
      // Questions of this test are texts.
      send: (message) => void questions.push(message as { id: number; text: string }),
      onMessage(listener) {
        listeners.message = listener
      },
      onEnd(listener) {
        listeners.end = listener
      },
      hold(held) {
        end.isHeld = held
      },
      memory: () => end.memory,
      end() {
        end.isEnded = true
        listeners.end?.('ended', false)
      },
    },
  }
  return end
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('each question gets its own answer, or error', async () => {
  const { at, asked, started } = ends()
  const answers = [asked.ask({ text: 'a' }), asked.ask({ text: 'b' }), asked.ask({ text: 'c' })]
  at(0).say({ ready: true })
  expect(at(0).questions.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  expect(at(0).isHeld).toBe(true)
  at(0).answer('A')
  at(0).say({ id: at(0).questions.shift()?.id, error: 'no' })
  at(0).answer('C')
  await expect(answers[1]).rejects.toThrow('no')
  expect(await Promise.all([answers[0], answers[2]])).toEqual(['A', 'C'])
  expect([started.length, at(0).isHeld]).toEqual([1, false])
})

test('a question that takes long keeps no other waiting, and may answer still', async () => {
  const { at, asked, started } = ends()
  const long = asked.ask({ text: 'long' })
  const other = asked.ask({ text: 'other' })
  at(0).say({ ready: true })
  vi.advanceTimersByTime(250)
  expect(started).toHaveLength(2)
  at(1).say({ ready: true })
  at(1).answer('')
  await expect(other).resolves.toBe('')
  at(0).answer('at last')
  await expect(long).resolves.toBe('at last')
  expect([at(0).isEnded, at(1).isEnded]).toEqual([true, false])
})

test('one that took long and has no other beside it is asked on', async () => {
  const { at, asked, started } = ends()
  const long = asked.ask({ text: 'long' })
  at(0).say({ ready: true })
  vi.advanceTimersByTime(300)
  at(0).answer('done')
  await long
  const next = asked.ask({ text: 'next' })
  at(0).questions.shift()
  at(0).say({ id: 1, value: 'next' })
  await expect(next).resolves.toBe('next')
  expect(started).toHaveLength(1)
})

test.each([
  ['time', (_: End) => vi.advanceTimersByTime(BUDGET.time + 100), /more than 1000 ms/],
  [
    'memory',
    (end: End) => {
      end.memory = BUDGET.memory + 1
      vi.advanceTimersByTime(350)
    },
    /more than 100 bytes/,
  ],
  ['its own memory', (end: End) => end.break(true), /SIGABRT/],
])('a question that takes too much %s is ended, and others are asked again', async (_, spend, message) => {
  const { at, asked, started } = ends()
  const dear = asked.ask({ text: 'dear' })
  const other = asked.ask({ text: 'other' })
  at(0).say({ ready: true })
  const refused = expect(dear).rejects.toThrow(message)
  const isOver = expect(dear).rejects.toBeInstanceOf(OverBudget)
  spend(at(0))
  await refused
  await isOver
  at(1).say({ ready: true })
  at(1).answer('fine')
  await expect(other).resolves.toBe('fine')
  expect(started).toHaveLength(2)
})

test('a second that takes long takes the place of the first', async () => {
  const { at, asked, started } = ends()
  const first = expect(asked.ask({ text: 'first' })).rejects.toBeInstanceOf(OverBudget)
  const second = asked.ask({ text: 'second' })
  const third = asked.ask({ text: 'third' })
  at(0).say({ ready: true })
  vi.advanceTimersByTime(260)
  at(1).say({ ready: true })
  vi.advanceTimersByTime(260)
  await first
  expect(at(0).isEnded).toBe(true)
  at(1).answer('2')
  at(2).say({ ready: true })
  at(2).answer('3')
  expect(await Promise.all([second, third])).toEqual(['2', '3'])
  expect(started).toHaveLength(3)
})

test('a question that breaks the other end fails, the others are asked again', async () => {
  const { at, asked } = ends()
  const breaking = expect(asked.ask({ text: 'a' })).rejects.toThrow(OutsideFailure)
  const other = asked.ask({ text: 'b' })
  at(0).say({ ready: true })
  at(0).break()
  await breaking
  at(1).say({ ready: true })
  at(1).answer('B')
  await expect(other).resolves.toBe('B')
})

test.each([
  ['breaks before it begins', (end: End) => end.break()],
  ['does not begin', (_: End) => vi.advanceTimersByTime(30_000)],
])('what %s fails all, and is started again for the next', async (_, fail) => {
  const { at, asked, started } = ends()
  const lost = [asked.ask({ text: 'a' }), asked.ask({ text: 'b' })].map((one) =>
    expect(one).rejects.toThrow(),
  )
  fail(at(0))
  await Promise.all(lost)
  expect(started).toHaveLength(1)
  void asked.ask({ text: 'c' })
  expect(at(1).questions).toMatchObject([{ text: 'c' }])
})

test('so many questions wait, and no more', async () => {
  const { at, asked } = ends()
  const answers = Array.from({ length: BUDGET.queue }, () => asked.ask({}))
  await expect(asked.ask({})).rejects.toThrow(OutsideBusy)
  at(0).say({ ready: true })
  at(0).answer('first')
  await answers[0]
  void asked.ask({})
  await expect(asked.ask({})).rejects.toThrow(OutsideBusy)
})

test('what is closed ends with its last answer', async () => {
  const { at, asked, started } = ends()
  const answer = asked.ask({ text: 'a' })
  at(0).say({ ready: true })
  asked.close()
  expect(at(0).isEnded).toBe(false)
  at(0).answer('A')
  await answer
  expect(at(0).isEnded).toBe(true)
  void asked.ask({ text: 'late' })
  at(1).say({ ready: true })
  at(1).answer('late')
  expect([started.length, at(1).isEnded]).toEqual([2, true])
})
