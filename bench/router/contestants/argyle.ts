import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contestant } from './contestant.ts'

type Choice = {
  readonly executor: 'compiled' | 'reference'
  /** Of everything; left out: what the router does not plan itself is planned by Hive's where its native build loads. */
  readonly planner?: 'apollo' | 'hive'
  readonly sharing: boolean
  /** Left out: true. */
  readonly recordings?: boolean
}

/** This router. Its limits are raised only where a scenario asks for more than the defaults allow. */
export function argyle(
  product: string,
  name: string,
  note: string,
  { executor, planner, sharing, recordings = true }: Choice,
): Contestant {
  return {
    name,
    note,
    program: ({ supergraph, folder, port }) => {
      const config = join(folder, `router-${name.replaceAll(/\W+/g, '-')}.yaml`)
      // JSON is YAML too.
      writeFileSync(
        config,
        JSON.stringify({
          cache: recordings ? {} : { recordings: '0B' },
          fetching: { sharing, time: '14s' },
          limits: { selections: 1_000_000, time: '15s' },
        }),
      )
      return {
        args: [
          ...[
            join(product, 'router/main.mjs'),
            '--supergraph',
            supergraph,
            '--port',
            String(port),
            '--config',
            config,
          ],
          ...['--executor', executor, ...(planner ? ['--planner', planner] : [])],
        ],
        // What it sets itself where no channel leads to whoever started it: the probe needs one.
        environment: { LOG_LEVEL: 'silent', MALLOC_ARENA_MAX: '2' },
      }
    },
  }
}
