import { describe, expect, test } from 'vitest'
import { newRecordings, type Take } from './recording-cache.ts'
import type { Recording } from './replay.ts'

const LIMIT = 8_000

const recordingOf = (data: string): Recording => ({ calls: [], outcome: { data, errors: [], recurs: true } })

function taken(take: Take | null): Take {
  return take ?? expect.fail('recording was given up')
}

describe('recordings', () => {
  test('are made of what comes a second time, and found by operation and variables', () => {
    const recordings = newRecordings(LIMIT)
    const [tape, other] = [recordings.newTape(), recordings.newTape()]
    expect(taken(tape.wind({ id: 1 }))).toMatchObject({ recording: null, comesAgain: false })
    const again = taken(tape.wind({ id: 1 }))
    expect(again).toMatchObject({ recording: null, comesAgain: true })
    const recording = recordingOf('1')
    again.keep(recording, 10)
    expect(taken(tape.wind({ id: 1 })).recording).toBe(recording)
    expect(taken(tape.wind({ id: 2 })).recording).toBeNull()
    expect(taken(other.wind({ id: 1 })).recording).toBeNull()
  })

  test('are not made of what comes again after hundreds of others', () => {
    const tape = newRecordings(LIMIT).newTape()
    for (let id = 0; id < 300; id++) tape.wind({ id })
    expect(taken(tape.wind({ id: 0 })).comesAgain).toBe(false)
  })

  test('are bounded by size: the least recently used goes', () => {
    const tape = newRecordings(LIMIT).newTape()
    for (const id of [1, 2]) taken(tape.wind({ id })).keep(recordingOf(`${id}`), LIMIT / 2)
    expect(taken(tape.wind({ id: 1 })).recording).not.toBeNull()
    taken(tape.wind({ id: 3 })).keep(recordingOf('3'), LIMIT / 2)
    const left = [1, 2, 3].map((id) => taken(tape.wind({ id })).recording?.outcome.data)
    expect(left).toEqual(['1', undefined, '3'])
  })

  test('have no place for very long variables', () => {
    expect(
      newRecordings(LIMIT)
        .newTape()
        .wind({ text: 'x'.repeat(4_000) }),
    ).toBeNull()
  })

  test('that differ are forgotten once, and are passed over ever longer until one serves', () => {
    const tape = newRecordings(LIMIT).newTape()
    const passed = () => {
      let count = 0
      for (;;) {
        const take = tape.wind({})
        if (take) return { take, count }
        count++
      }
    }
    taken(tape.wind({})).keep(recordingOf('1'), 10)
    const counts = [1, 2].map(() => {
      const { take } = passed()
      take.differed()
      // Another run that was under way meanwhile.
      take.differed()
      const after = passed()
      expect(after.take).toMatchObject({ recording: null, comesAgain: true })
      expect(after.take.isWanted()).toBe(true)
      after.take.keep(recordingOf('2'), 10)
      expect(after.take.isWanted()).toBe(false)
      return after.count
    })
    expect(counts).toEqual([1, 2])
    passed().take.served()
    passed().take.differed()
    expect(passed().count).toBe(1)
  })
})
