import { mkdir, readFile } from 'node:fs/promises'
import type { Profiler } from 'node:inspector/promises'
import { join } from 'node:path'
import type { Arena } from '../arena.ts'
import type { Running } from '../contestants/running.ts'
import { figure, table } from '../report/table.ts'
import { load, type Work } from './measurement.ts'

/** The folder of profiles, for a browser's performance tools. */
const FOLDER = new URL('../../../.data/bench/', import.meta.url).pathname
const LINES = 40

/** Takes a CPU profile of each variant of this router under load. @returns lines of a report. */
export async function profileContestants(
  arena: Arena,
  running: readonly Running[],
  work: Work,
  say: (line: string) => void,
): Promise<string[]> {
  const lines: string[] = []
  for (const router of running.filter(isOurs)) {
    lines.push(...(await profiled(router, () => load(arena, router, work), say)))
  }
  return lines
}

export function isOurs({ contestant }: Running): boolean {
  return contestant.name.startsWith('argyle')
}

/** Takes a CPU profile of a router's main thread. @returns lines of a report. */
export async function profiled(
  router: Running,
  during: () => Promise<unknown>,
  say: (line: string) => void,
): Promise<string[]> {
  await mkdir(FOLDER, { recursive: true })
  const file = join(FOLDER, `${router.contestant.name.replaceAll(/\W+/g, '-')}.cpuprofile`)
  await router.ask('startProfile')
  await during()
  await router.ask('takeProfile', file)
  const profile: Profiler.Profile = JSON.parse(await readFile(file, 'utf8'))
  say(`profile written to ${file}`)
  return ['', `Own time of functions, ${router.contestant.name}:`, ownTimes(profile)]
}

/** The functions with the most self time, as a share of the busy time. */
export function ownTimes(profile: Profiler.Profile): string {
  const byFunction = new Map<string, number>()
  const places = new Map(profile.nodes.map((node) => [node.id, placeOf(node)]))
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const place = places.get(id) ?? ''
    // Starting a profile takes time itself, in the session's post().
    if (place.startsWith('(idle)') || place.startsWith('post node:inspector')) continue
    byFunction.set(place, (byFunction.get(place) ?? 0) + (profile.timeDeltas?.[index] ?? 0))
  }
  const total = [...byFunction.values()].reduce((sum, time) => sum + time, 0)
  const rows = [...byFunction]
    .sort(([, one], [, other]) => other - one)
    .slice(0, LINES)
    .map(([place, time]) => [place, `${figure((time / total) * 100)} %`])
  return table(['', 'own time'], rows)
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: Profiler.ProfileNode): string {
  const file = url
    .replace(/^file:\/\//, '')
    .split('/')
    .slice(-3)
    .join('/')
  return `${functionName || '(anonymous)'} ${file}${file ? `:${lineNumber + 1}` : ''}`.trim()
}
