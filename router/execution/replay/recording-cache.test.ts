import { describe, expect, test } from 'vitest'
import { newRecordings, type RecordingEntry } from './recording-cache.ts'
import type { Recording } from './replay.ts'

const LIMIT = 8_000

const recordingOf = (data: string): Recording => ({ calls: [], outcome: { data, errors: [], recurs: true } })

function taken(entry: RecordingEntry | null): RecordingEntry {
  return entry ?? expect.fail('recording was given up')
}

describe('recordings', () => {
  test('are made of what comes a second time, and found by operation and variables', () => {
    const recordings = newRecordings(LIMIT)
    const [recorded, other] = [recordings.forOperation(), recordings.forOperation()]
    expect(taken(recorded.lookUp({ id: 1 }))).toMatchObject({ recording: null, comesAgain: false })
    const again = taken(recorded.lookUp({ id: 1 }))
    expect(again).toMatchObject({ recording: null, comesAgain: true })
    const recording = recordingOf('1')
    again.keep(recording, 10)
    expect(taken(recorded.lookUp({ id: 1 })).recording).toBe(recording)
    expect(taken(recorded.lookUp({ id: 2 })).recording).toBeNull()
    expect(taken(other.lookUp({ id: 1 })).recording).toBeNull()
  })

  test('are not made of what comes again after hundreds of others', () => {
    const recorded = newRecordings(LIMIT).forOperation()
    for (let id = 0; id <= 256; id++) recorded.lookUp({ id })
    expect(taken(recorded.lookUp({ id: 0 })).comesAgain).toBe(false)
    // That was an occurrence of its own.
    for (let id = 1_000; id < 1_255; id++) recorded.lookUp({ id })
    expect(taken(recorded.lookUp({ id: 0 })).comesAgain).toBe(true)
  })

  test('are bounded by size: one has an eighth at most, and the least recently used goes', () => {
    expect(newRecordings(LIMIT).largest).toBe(1_000)
    const recorded = newRecordings(LIMIT).forOperation()
    for (const id of [1, 2]) taken(recorded.lookUp({ id })).keep(recordingOf(`${id}`), LIMIT / 2)
    expect(taken(recorded.lookUp({ id: 1 })).recording).not.toBeNull()
    taken(recorded.lookUp({ id: 3 })).keep(recordingOf('3'), LIMIT / 2)
    const left = [1, 2, 3].map((id) => taken(recorded.lookUp({ id })).recording?.outcome.data)
    expect(left).toEqual(['1', undefined, '3'])
  })

  test('have no place for very long variables', () => {
    const recorded = newRecordings(LIMIT).forOperation()
    // The number of the operation, a space and the JSON of the variables have 2,048 characters.
    const rest = '0 {"text":""}'.length
    expect(recorded.lookUp({ text: 'x'.repeat(2_048 - rest) })).not.toBeNull()
    expect(recorded.lookUp({ text: 'x'.repeat(2_049 - rest) })).toBeNull()
  })

  test('are not tried at once again where a run cannot be recorded', () => {
    const recorded = newRecordings(LIMIT).forOperation()
    taken(recorded.lookUp({})).unfit()
    expect(recorded.lookUp({})).toBeNull()
    expect(recorded.lookUp({})).not.toBeNull()
  })

  test('that differ are forgotten once, and are passed over ever longer until one serves', () => {
    const recorded = newRecordings(LIMIT).forOperation()
    const passed = () => {
      let count = 0
      for (;;) {
        const entry = recorded.lookUp({})
        if (entry) return { entry, count }
        count++
      }
    }
    taken(recorded.lookUp({})).keep(recordingOf('1'), 10)
    const counts = [1, 2].map(() => {
      const { entry } = passed()
      entry.differed()
      // Another run that was under way meanwhile.
      entry.differed()
      const after = passed()
      expect(after.entry).toMatchObject({ recording: null, comesAgain: true })
      expect(after.entry.isWanted()).toBe(true)
      after.entry.keep(recordingOf('2'), 10)
      expect(after.entry.isWanted()).toBe(false)
      return after.count
    })
    expect(counts).toEqual([1, 2])
    passed().entry.served()
    passed().entry.differed()
    expect(passed().count).toBe(1)
  })
})
