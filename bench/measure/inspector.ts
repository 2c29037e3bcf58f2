import { z } from 'zod'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'

/** Takes CPU profiles of a process that was started with `--inspect`. */
export type Inspector = {
  start(): Promise<void>
  /** @returns the profile since the start */
  stop(): Promise<unknown>
}

/** Sampling interval, shorter than V8's default of 1000: a request takes only some milliseconds. */
const SAMPLING_MICROSECONDS = 200

const reply = z.object({
  id: z.int(),
  result: z.object({ profile: z.unknown().optional() }).optional(),
  error: z.object({ message: z.string() }).optional(),
})

/** @param said the stderr of the process, which contains the inspector's address */
export async function inspectorOf(said: string, life: Life): Promise<Inspector> {
  const [, address] = /listening on (ws:\/\/127\.0\.0\.1:\S+)/.exec(said) ?? []
  if (!address) throw new BenchFailure(`no inspector listens: ${said}`)
  const socket = new WebSocket(address)
  life.own(() => socket.close())
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new BenchFailure(`${address} does not answer`)), {
      once: true,
    })
  })
  let last = 0
  const ask = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++last
      const onMessage = ({ data }: MessageEvent) => {
        const received = reply.safeParse(JSON.parse(String(data)))
        // Events have no id.
        if (received.data?.id !== id) return
        socket.removeEventListener('message', onMessage)
        if (received.data.error) reject(new BenchFailure(`${method}: ${received.data.error.message}`))
        else resolve(received.data.result?.profile)
      }
      socket.addEventListener('message', onMessage)
      socket.send(JSON.stringify({ id, method, params }))
    })
  await ask('Profiler.enable')
  await ask('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS })
  return {
    start: async () => void (await ask('Profiler.start')),
    stop: () => ask('Profiler.stop'),
  }
}
