import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../subgraphs/call-log.ts'
import { levelsOf } from '../subgraphs/call-log.ts'
import type { Contestant, Setting } from './contestant.ts'
import { peerFolder } from './peers.ts'

/** The calls that this router made for one request, and the right answer as text. */
type Recording = { readonly calls: readonly Call[]; readonly answer: string }

/** The two ceilings of a scenario with one operation. */
export function ceilings(recording: Recording): Contestant[] {
  return [
    {
      name: 'ceiling: the same calls',
      note: `${recording.calls.length} calls by undici, level by level, then the canned answer`,
      peer: 'ceilings',
      program: (setting) => replay('calls.mjs', recording, setting),
    },
    {
      name: 'ceiling: bare node:http',
      note: 'the canned answer, no calls',
      peer: 'ceilings',
      program: (setting) => replay('canned.mjs', recording, setting),
    },
  ]
}

function replay(program: string, { calls, answer }: Recording, setting: Setting) {
  const origins = new Map(setting.subgraphs.map(({ name, url }) => [name, new URL(url).origin]))
  const levels = levelsOf(calls).map((level) =>
    level.map(({ subgraph, body }) => ({ origin: origins.get(subgraph), body })),
  )
  const file = join(setting.folder, 'recording.json')
  writeFileSync(file, JSON.stringify({ levels, answer }))
  return { args: [join(peerFolder('ceilings'), program), file, String(setting.port)] }
}
