import process from 'node:process'
import { setImmediate } from 'node:timers'

/**
 * Loaded into a router under test (`node --import`). Measures the longest turn of the event loop in CPU time of the main
 * thread: load of other processes does not change it, as it would change wall-clock time.
 */
let longestMicros = 0
let isWatching = false
let before = process.threadCpuUsage()

function turn() {
  const now = process.threadCpuUsage()
  longestMicros = Math.max(longestMicros, now.user + now.system - before.user - before.system)
  before = now
  if (isWatching) setImmediate(turn)
}

process.on('message', ({ id, command }) => {
  if (command === 'watch') {
    longestMicros = 0
    before = process.threadCpuUsage()
    if (!isWatching) setImmediate(turn)
    isWatching = true
  }
  if (command === 'unwatch') isWatching = false
  if (command === 'collect') globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ id, longestTurnMs: longestMicros / 1_000, rssBytes: rss, heldBytes: heapUsed + external })
})
process.on('disconnect', () => process.exit(0))
process.channel?.unref()
