import { pino } from 'pino'
import { type ServedSubgraph, serveSubgraph } from '../service/serve.ts'
import type { AnySubgraph } from '../service/subgraph.ts'

type Options = {
  readonly databaseUrl: string
  readonly settings?: Readonly<Record<string, string>>
  readonly clock?: () => Date
}

/**
 * Serves a subgraph over HTTP on a test's database. It has no timers: one that holds a row or a connection
 * meanwhile would leave the test nothing to do, or nothing to wait for.
 */
export function serveWithoutTimers(
  definition: AnySubgraph,
  { databaseUrl, settings, clock }: Options,
): Promise<ServedSubgraph> {
  return serveSubgraph(
    { ...definition, timers: [] },
    {
      settings: {
        PORT: '0',
        DATABASE_URL: databaseUrl,
        INTERNAL_TOKEN_KEY: Buffer.alloc(32, 1).toString('base64url'),
        ...settings,
      },
      ...(clock && { clock }),
      log: pino({ level: 'silent' }),
    },
  )
}
