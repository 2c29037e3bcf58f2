import { writeFileSync } from 'node:fs'
import { type Profiler, Session } from 'node:inspector/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
import { serveCommands } from '../processes/commands.ts'

/**
 * Loaded before every router (`node --import`). On command it measures event loop delays and takes CPU
 * profiles; otherwise it is idle, and it does not keep the process alive.
 */

/** The sampling interval of the event loop monitor, which is also the shortest delay that it shows. */
const RESOLUTION_MS = 1

function installProbe(): void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const session = new Session()
  serveCommands({
    startStalls: () => {
      delays.reset()
      delays.enable()
    },
    /** Delays of the event loop beyond the resolution, in milliseconds. */
    takeStalls: () => {
      delays.disable()
      const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
      return { p99: beyond(delays.percentile(99)), max: beyond(delays.max) }
    },
    startProfile: async () => {
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.setSamplingInterval', { interval: 200 })
      await session.post('Profiler.start')
    },
    /** Writes the profile in the format of browser tools. */
    takeProfile: async (file: string) => {
      const { profile }: { profile: Profiler.Profile } = await session.post('Profiler.stop')
      session.disconnect()
      writeFileSync(file, JSON.stringify(profile))
    },
  })
  process.channel?.unref()
}

if (isMainThread && process.channel) installProbe()
