import { FetchFailure } from '../http-client/fetch-failure.ts'

/** A call in flight, with the number of callers that wait for it. */
type Flight<T> = { readonly answer: Promise<T>; readonly stop: AbortController; waiting: number }

/** Joins the call under `key` that is in flight, or begins it. */
type Share<T> = (key: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Shares calls in flight among callers with the same request: they wait for one call. One caller's abort does
 * not disturb the others; the call is aborted with its last caller. This is no cache: nothing outlives its
 * call.
 */
export function sharedCalls<T>(): Share<T> {
  const inFlight = new Map<string, Flight<T>>()
  const start = (key: string, begin: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const stop = new AbortController()
    const answer = begin(stop.signal).finally(() => {
      // After an abort, another call may have this place already.
      if (inFlight.get(key) === flight) inFlight.delete(key)
    })
    const flight: Flight<T> = { answer, stop, waiting: 0 }
    inFlight.set(key, flight)
    return flight
  }
  return (key, signal, begin) => {
    if (signal.aborted) return Promise.reject(abandoned())
    const flight = inFlight.get(key) ?? start(key, begin)
    flight.waiting++
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        flight.waiting--
        reject(abandoned())
        if (flight.waiting > 0) return
        if (inFlight.get(key) === flight) inFlight.delete(key)
        flight.stop.abort()
      }
      signal.addEventListener('abort', leave)
      flight.answer.then(
        (answer) => {
          signal.removeEventListener('abort', leave)
          resolve(answer)
        },
        (error) => {
          signal.removeEventListener('abort', leave)
          reject(error)
        },
      )
    })
  }
}

function abandoned(): FetchFailure {
  return new FetchFailure('cancelled', 'the request was abandoned')
}
