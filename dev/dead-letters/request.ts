import { ShopFailure } from '../shop/start/failure.ts'
import { helpLines, parseOptions } from '../shop/start/option-table.ts'
import { isSubgraphName, SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'

/** A command for the dead letters of a subgraph. */
export type DeadLetterRequest = {
  readonly subgraph: string
  readonly dataDir: string
  /** `replay` without an event id replays all. */
  readonly action: { readonly kind: 'list' } | { readonly kind: 'replay'; readonly eventId: string | null }
}

const OPTIONS = {
  data: {
    type: 'string',
    value: 'FOLDER',
    meaning: 'the data folder of npm start, whether it runs or not (default: .data)',
  },
  help: { type: 'boolean', meaning: 'this text' },
} as const

export const HELP = [
  'npm run dead-letters -- NAME [list | replay [EVENT]] [options]',
  '',
  'Lists the dead letters of a subgraph, or replays them: a message that is handled is deleted, and one that fails again',
  `remains. NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`,
  '',
  ...helpLines(OPTIONS),
  '',
  "Where DATABASE_URL is set, the database and all other settings are the environment's, as for the service itself.",
].join('\n')

/**
 * Parses the options of `npm run dead-letters`; null for help.
 * @throws ShopFailure with the bad option and what is allowed
 */
export function readRequest(args: readonly string[]): DeadLetterRequest | null {
  const { values, positionals } = parseOptions(args, OPTIONS, true)
  if (values.help || args.length === 0) return null
  const [subgraph = '', verb = 'list', eventId, ...more] = positionals
  if (!isSubgraphName(subgraph))
    throw new ShopFailure(
      `${JSON.stringify(subgraph)} is not a subgraph: allowed is ${SUBGRAPH_NAMES.join(', ')}`,
    )
  const { data: dataDir = '.data' } = values
  if (verb === 'list' && eventId === undefined) return { subgraph, dataDir, action: { kind: 'list' } }
  if (verb === 'replay' && more.length === 0)
    return { subgraph, dataDir, action: { kind: 'replay', eventId: eventId ?? null } }
  const line = positionals.slice(1).join(' ')
  throw new ShopFailure(`${JSON.stringify(line)} is not known: allowed is list, replay, or replay EVENT`)
}
