// Tested in dead-letters.int.test.ts: the command runs on a database.

import { existsSync } from 'node:fs'
import path from 'node:path'
import { environment, type Settings } from '@argyle/kit/config'
import { type DeadLetter, type DeadLetterBox, openDeadLetters } from '@argyle/kit/dead-letters'
import { deployMigrations } from '@argyle/kit/migrations'
import { clusterOf } from '../postgres/cluster.ts'
import { runningPostgres } from '../postgres/running-postgres.ts'
import { root } from '../repository.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { runCommand } from '../shop/start/run-command.ts'
import { DEFAULT_HOST } from '../shop/start/start-shop.ts'
import { importDefinitions } from '../shop/subgraphs/definitions.ts'
import { secretsOf } from '../shop/subgraphs/secrets.ts'
import { embeddedServer, foreignServer, postgresFolder } from '../shop/subgraphs/server.ts'
import { subgraphSettings } from '../shop/subgraphs/subgraph-settings.ts'
import { databaseOf } from '../shop/subgraphs/subgraphs.ts'
import { terminalLog } from '../shop/terminal/log.ts'
import { type DeadLetterRequest, HELP, readRequest } from './request.ts'

type Write = (line: string) => void

/**
 * `npm run dead-letters -- orders replay`
 * @returns the exit code: 1 if a message failed again or does not exist, or the command could not run
 */
export function runDeadLetters(args: readonly string[], write: Write): Promise<number> {
  return runCommand({
    write,
    help: HELP,
    read: () => readRequest(args),
    carryOut: (request) => carryOut(request, write),
  })
}

async function carryOut(request: DeadLetterRequest, write: Write): Promise<number> {
  const { subgraph, action } = request
  const [definition] = await importDefinitions([subgraph], write)
  if (!definition) throw new Error(`no definition of ${subgraph}`)
  return withSettings(request, write, async (settings) => {
    const box = await openDeadLetters(definition, settings, terminalLog(subgraph, write))
    try {
      if (action.kind === 'replay') return await replay(box, request, action.eventId, write)
      write(listing(subgraph, await box.list()))
      return 0
    } finally {
      await box.close()
    }
  })
}

/**
 * Uses the settings of the environment if it names a database, else those of the shop on the data folder,
 * running or not.
 */
async function withSettings(
  { subgraph, dataDir }: DeadLetterRequest,
  write: Write,
  work: (settings: Settings) => Promise<number>,
): Promise<number> {
  const given = environment()
  if (given.DATABASE_URL) return work(given)
  const folder = postgresFolder(dataDir)
  if (!existsSync(clusterOf(folder)))
    throw new ShopFailure(
      `no shop has run on ${dataDir}: start it with npm start, or name another folder with --data`,
    )
  const running = await runningPostgres(folder)
  const { server, stop } = running ? foreignServer(running) : await embeddedServer(dataDir, write)
  try {
    const databaseUrl = await server.ensureDatabase(databaseOf(subgraph))
    await deployMigrations(path.join(root, 'prisma', subgraph, 'migrations'), databaseUrl)
    const place = { host: DEFAULT_HOST, port: 0, databaseUrl }
    return await work(subgraphSettings(subgraph, secretsOf(dataDir), place))
  } finally {
    await stop()
  }
}

async function replay(
  box: DeadLetterBox,
  { subgraph }: DeadLetterRequest,
  eventId: string | null,
  write: Write,
): Promise<number> {
  const eventIds = eventId ? [eventId] : (await box.list()).map(({ envelope }) => envelope.id)
  if (eventIds.length === 0) write(`${subgraph} has no dead letters`)
  let code = 0
  // Sequentially, oldest first: a later message may depend on the effect of an earlier one.
  for (const id of eventIds) {
    const result = await box.replay(id)
    if (result.outcome !== 'replayed') code = 1
    if (result.outcome === 'replayed') write(`${id} replayed`)
    else if (result.outcome === 'failed') write(`${id} failed again and remains: ${oneLine(result.reason)}`)
    else write(`${subgraph} has no dead letter ${JSON.stringify(id)}`)
  }
  return code
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

function listing(subgraph: string, letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return `${subgraph} has no dead letters`
  const lines = letters.flatMap(({ envelope, error, failedAt }) => [
    '',
    `${envelope.id}  ${envelope.type} from ${envelope.source} about ${envelope.subject}`,
    `  failed ${failedAt.toISOString()}: ${oneLine(error)}`,
    `  ${JSON.stringify(envelope.data)}`,
  ])
  const command = `npm run dead-letters -- ${subgraph} replay`
  return [`${subgraph} has ${letters.length} dead letters:`, ...lines, '', `replay: ${command} [EVENT]`].join(
    '\n',
  )
}
