import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contestant } from './contestant.ts'

type Choice = {
  readonly executor: 'compiled' | 'reference'
  readonly sharing: boolean
  /** True by default. */
  readonly recordings?: boolean
}

/** This router. Its limits are raised only for scenarios that exceed the defaults. */
export function argyle(
  product: string,
  name: string,
  note: string,
  { executor, sharing, recordings = true }: Choice,
): Contestant {
  return {
    name,
    note,
    program: ({ supergraph, folder, port }) => {
      const config = join(folder, `router-${name.replaceAll(/\W+/g, '-')}.yaml`)
      // JSON is also YAML.
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
          ...['--executor', executor],
        ],
        // The router sets it itself unless a parent has an IPC channel to it, which the probe needs.
        environment: { LOG_LEVEL: 'silent', MALLOC_ARENA_MAX: '2' },
      }
    },
  }
}
