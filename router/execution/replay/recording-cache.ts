import { LRUCache } from 'lru-cache'
import { newPatience } from '../backoff.ts'
import type { Recording } from './replay.ts'

/** The recordings of one supergraph: bounded, the least recently used are forgotten. */
export type Recordings = {
  /** Maximum size of one recording, in bytes. */
  readonly largest: number
  /** Creates the recordings of one operation. */
  forOperation(): OperationRecordings
}

/** The recordings of one operation, by its variables. */
export type OperationRecordings = {
  /** @returns null if recording has not paid off recently, or the variables are too long to be a key. */
  lookUp(variables: Readonly<Record<string, unknown>>): RecordingEntry | null
}

/** Recordings of one set of variables. */
export type RecordingEntry = {
  readonly recording: Recording | null
  /** Whether this run is worth recording: an equal one ran recently. */
  readonly comesAgain: boolean
  /** Reports that the recording was served. */
  served(): void
  /** Reports that a response differed from the recording. */
  differed(): void
  /** Whether no concurrent run has recorded the same. */
  isWanted(): boolean
  keep(recording: Recording, size: number): void
  /** Reports that this run cannot be recorded. */
  unfit(): void
}

/** Maximum number of other runs between two equal ones that makes them worth recording. */
const SIGHTINGS = 256
/** Largest share of the cache for one run. */
const SHARE = 1 / 8
/** Characters. */
const MAX_KEY_LENGTH = 2_048

/** @param limit the maximum size of all recordings, in bytes. */
export function newRecordings(limit: number): Recordings {
  const largest = limit * SHARE
  const sightings = new LRUCache<string, true>({ max: SIGHTINGS })
  const kept = new LRUCache<string, Recording>({ maxSize: limit })
  let operations = 0
  return {
    largest,
    forOperation() {
      const id = operations++
      const patience = newPatience()
      return {
        lookUp(variables) {
          if (!patience.isLeft()) return null
          const key = `${id} ${JSON.stringify(variables)}`
          if (key.length > MAX_KEY_LENGTH) return null
          const recording = kept.get(key) ?? null
          const comesAgain = recording !== null || sightings.has(key)
          if (!comesAgain) sightings.set(key, true)
          return {
            recording,
            comesAgain,
            served: () => patience.gain(),
            differed() {
              // The first of several concurrent runs that meets a change counts for all.
              if (kept.get(key) !== recording) return
              kept.delete(key)
              sightings.set(key, true)
              patience.lose()
            },
            isWanted: () => !kept.has(key),
            keep: (fresh, size) => kept.set(key, fresh, { size }),
            unfit: () => patience.lose(),
          }
        },
      }
    },
  }
}
