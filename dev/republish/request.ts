import { parseInstant } from '@argyle/kit/instant'
import { ShopFailure } from '../shop/start/failure.ts'
import { helpLines, parseOptions } from '../shop/start/option-table.ts'
import { isSubgraphName, SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'

/** The owner of a history, its recipient, and the time from which it is published. */
export type RepublishRequest = {
  readonly owner: string
  readonly recipient: string
  readonly since: Date | null
  readonly dataDir: string
}

const OPTIONS = {
  to: { type: 'string', value: 'NAME', meaning: 'the subgraph that gets the events' },
  since: {
    type: 'string',
    value: 'TIME',
    meaning: 'only changes and events at or after TIME: an RFC 3339 date-time such as 2026-11-21T00:00:00Z',
  },
  data: { type: 'string', value: 'FOLDER', meaning: 'the data folder of npm start (default: .data)' },
  help: { type: 'boolean', meaning: 'this text' },
} as const

export const HELP = [
  'npm run republish -- OWNER --to NAME [options]',
  '',
  'Publishes the past events of the subgraph OWNER again, to NAME only. This fills a new or emptied consumer, or repairs one that missed events.',
  `The shop keeps running. Names are ${SUBGRAPH_NAMES.join(', ')}.`,
  '',
  ...helpLines(OPTIONS),
  '',
  "Where DATABASE_URL is set, it is the owner's database, as for the service itself.",
].join('\n')

/**
 * Parses the options of `npm run republish`; null for help.
 * @throws ShopFailure with the bad option and what is allowed
 */
export function readRequest(args: readonly string[]): RepublishRequest | null {
  const { values, positionals } = parseOptions(args, OPTIONS, true)
  if (values.help || args.length === 0) return null
  const [owner = '', ...more] = positionals
  if (more.length > 0)
    throw new ShopFailure(
      `${JSON.stringify(more.join(' '))} is unexpected: run npm run republish -- OWNER --to NAME`,
    )
  requireSubgraph(owner, 'OWNER')
  const { to: recipient } = values
  if (recipient === undefined)
    throw new ShopFailure(`--to is missing: allowed is ${SUBGRAPH_NAMES.join(', ')}`)
  requireSubgraph(recipient, '--to')
  if (recipient === owner)
    throw new ShopFailure(
      `--to is ${JSON.stringify(recipient)}, which is OWNER: allowed is any other subgraph`,
    )
  return { owner, recipient, since: sinceOf(values.since), dataDir: values.data ?? '.data' }
}

function requireSubgraph(name: string, place: string): void {
  if (isSubgraphName(name)) return
  throw new ShopFailure(
    `${place} is ${JSON.stringify(name)}, no subgraph: allowed is ${SUBGRAPH_NAMES.join(', ')}`,
  )
}

function sinceOf(text: string | undefined): Date | null {
  if (text === undefined) return null
  const since = parseInstant(text)
  if (since) return since
  throw new ShopFailure(
    `--since is ${JSON.stringify(text)}: allowed is an RFC 3339 date-time such as 2026-11-21T00:00:00Z`,
  )
}
