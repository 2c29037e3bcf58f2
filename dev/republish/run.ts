// Tested in waiting.int.test.ts: no owner runs. In republish.e2e.test.ts an owner and a consumer do.

import { setTimeout as pause } from 'node:timers/promises'
import { environment } from '@argyle/kit/config'
import { republicationState, requestRepublication } from '@argyle/kit/republish'
import { runningPostgres } from '../postgres/running-postgres.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { runCommand } from '../shop/start/run-command.ts'
import { postgresFolder } from '../shop/subgraphs/server.ts'
import { databaseOf, importSubgraph } from '../shop/subgraphs/subgraphs.ts'
import { type OwnerDatabase, openOwnerDatabase } from './owner-database.ts'
import { HELP, type RepublishRequest, readRequest } from './request.ts'

type Write = (line: string) => void

const LOOK_MS = 250
/** Without progress for this time, no process of the owner seems to run. */
const PATIENCE_MS = 30_000

/**
 * `npm run republish -- products --to search`
 * @param patienceMs shorter in tests
 * @returns the exit code: 1 if the republication was not completed
 */
export function runRepublish(
  args: readonly string[],
  write: Write,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  return runCommand({
    write,
    help: HELP,
    read: () => readRequest(args),
    carryOut: (request) => carryOut(request, write, patienceMs),
  })
}

async function carryOut(request: RepublishRequest, write: Write, patienceMs: number): Promise<number> {
  await requireHistoryAndReader(request)
  const owner = await openOwnerDatabase(await urlOf(request))
  try {
    const id = await requestRepublication(owner, request.recipient, request.since)
    return await follow(owner, id, request, { write, patienceMs })
  } finally {
    await owner.close()
  }
}

/** @throws ShopFailure if the owner has no history, or the recipient does not subscribe to republications. */
async function requireHistoryAndReader({ owner, recipient }: RepublishRequest): Promise<void> {
  if (!(await importSubgraph(owner)).history)
    throw new ShopFailure(`the events of ${owner} cannot be republished: its definition has no history`)
  const { listens = {} } = await importSubgraph(recipient)
  if (Object.keys(listens).length === 0) throw new ShopFailure(`${recipient} listens to nothing`)
}

async function urlOf({ owner, dataDir }: RepublishRequest): Promise<string> {
  const { DATABASE_URL: given } = environment()
  if (given) return given
  const running = await runningPostgres(postgresFolder(dataDir))
  if (running) return running.url(databaseOf(owner))
  throw new ShopFailure(
    `no shop runs on ${dataDir}: start it with npm start, or name another folder with --data`,
  )
}

/** Prints the progress until the end. */
async function follow(
  database: OwnerDatabase,
  id: string,
  { owner, recipient }: RepublishRequest,
  { write, patienceMs }: { readonly write: Write; readonly patienceMs: number },
): Promise<number> {
  let printed = -1
  for (let waited = 0; waited < patienceMs; waited += LOOK_MS) {
    const state = await republicationState(database, id)
    if (!state) throw new ShopFailure(`the request ${id} is no longer in the database of ${owner}`)
    if (state.sent > printed || state.isFinished) {
      write(`${owner} to ${recipient}: ${state.sent} messages${state.isFinished ? ', all' : ''}`)
      printed = state.sent
      waited = 0
    }
    if (state.isFinished) return 0
    await pause(LOOK_MS)
  }
  const state = await republicationState(database, id)
  const reason = state?.lastError ?? `no ${owner} seems to run`
  write(
    `nothing was sent for ${patienceMs / 1_000} s: ${reason}. It continues automatically once that is fixed`,
  )
  return 1
}
