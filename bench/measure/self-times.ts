import { z } from 'zod'

/** The parts of a V8 CPU profile that are used here; times are in microseconds. */
const profileShape = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
})

/** CPU time spent in a place itself, in milliseconds per iteration. */
export type SelfTimes = {
  readonly byPackage: ReadonlyMap<string, number>
  readonly byFunction: ReadonlyMap<string, number>
}

/** Profile entries of an idle process. */
const NOTHING = new Set(['(idle)', '(root)'])

/**
 * Sums up a profile.
 * @param profile the result of the inspector's Profiler.stop
 * @param count number of iterations during the profile
 */
export function selfTimes(profile: unknown, count: number): SelfTimes {
  const { nodes, samples, timeDeltas } = profileShape.parse(profile)
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byPackage = new Map<string, number>()
  const byFunction = new Map<string, number>()
  for (const [place, id] of samples.entries()) {
    const frame = frames.get(id)
    // A sample lasts until the next one; the last one counts as 0.
    const ms = (timeDeltas[place + 1] ?? 0) / 1_000 / count
    if (!frame || NOTHING.has(frame.functionName)) continue
    const owner = packageOf(frame.functionName, frame.url)
    const name = `${frame.functionName || '(anonymous)'} ${shortUrl(frame.url, frame.lineNumber + 1)}`.trim()
    byPackage.set(owner, (byPackage.get(owner) ?? 0) + ms)
    byFunction.set(name, (byFunction.get(name) ?? 0) + ms)
  }
  return { byPackage, byFunction }
}

/** The npm package of a script, or the part of this repository, of Node, or of V8. */
export function packageOf(functionName: string, url: string): string {
  if (url === '') return functionName === '(garbage collector)' ? 'garbage collector' : 'V8 and Node, native'
  if (url.startsWith('node:'))
    return `node:${
      url
        .slice(5)
        .replace(/^internal\//, '')
        .split('/')[0]
    }`
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)
  if (inPackage?.[1]) return inPackage[1]
  const own = /\/(router|subgraphs\/[^/]+(?:\/generated)?|dev|bench)\//.exec(url)
  return own?.[1] ?? 'elsewhere'
}

/** The part of a script's address after its package or part of the repository. */
function shortUrl(url: string, line: number): string {
  if (url === '') return ''
  const short = url
    .replace(/^.*\/node_modules\//, '')
    .replace(/^file:\/\/.*?\/(?=(router|subgraphs|dev)\/)/, '')
  return `${short}:${line}`
}
