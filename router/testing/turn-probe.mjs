import process from 'node:process'
import { setImmediate } from 'node:timers'

/**
 * Loaded into a process under test (`node --import`). Measures the longest turn of the event loop in CPU time
 * of the main thread, as a multiple of the time for which the same process parses 1 MB of JSON. A slower
 * processor, and other work on it, lengthen both.
 */
let longestMicros = 0
let parseMicros = 0
let isWatching = false
let before = process.threadCpuUsage()

const MEGABYTE = JSON.stringify(
  Array.from({ length: 18_400 }, (_, id) => ({ id, name: 'sock', colour: 'red', pairs: [id] })),
)
/** Number of parses before the turns that are measured, and after them. */
const PARSES = 2

function microsBetween(start, end) {
  return end.user + end.system - start.user - start.system
}

function turn() {
  const now = process.threadCpuUsage()
  longestMicros = Math.max(longestMicros, microsBetween(before, now))
  before = now
  if (isWatching) setImmediate(turn)
}

/** The slowest parse counts: an interruption then lengthens the measure, not the turns. */
function measureParse() {
  for (let parse = 0; parse < PARSES; parse++) {
    const start = process.threadCpuUsage()
    JSON.parse(MEGABYTE)
    parseMicros = Math.max(parseMicros, microsBetween(start, process.threadCpuUsage()))
  }
  before = process.threadCpuUsage()
}

process.on('message', ({ id, command }) => {
  if (command === 'watch') {
    longestMicros = 0
    parseMicros = 0
    measureParse()
    if (!isWatching) setImmediate(turn)
    isWatching = true
  }
  if (command === 'unwatch') isWatching = false
  if (command === 'collect') globalThis.gc?.()
  if (command === 'observe') measureParse()
  const { rss, heapUsed, external } = process.memoryUsage()
  const longestTurn = parseMicros === 0 ? 0 : longestMicros / parseMicros
  process.send?.({ id, longestTurn, rssBytes: rss, heldBytes: heapUsed + external })
})
process.on('disconnect', () => process.exit(0))
process.channel?.unref()
