import type { Settings } from '@argyle/kit/config'
import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveSubgraph } from '@argyle/kit/serve'
import { runningPostgres } from '../../postgres/running-postgres.ts'
import { startShopGateway, webhookUrlOf } from '../outside/sandbox-gateway.ts'
import { carrierWebhookUrlOf, startShopCarrier } from '../outside/simulated-carrier.ts'
import { prepareDatabases, type Server } from '../subgraphs/databases.ts'
import { importDefinitions } from '../subgraphs/definitions.ts'
import { type Secrets, secretsOf } from '../subgraphs/secrets.ts'
import { embeddedServer, foreignServer, postgresFolder } from '../subgraphs/server.ts'
import { internalKeyOf, subgraphSettings } from '../subgraphs/subgraph-settings.ts'
import { databaseOf } from '../subgraphs/subgraphs.ts'
import { developerToken } from '../terminal/developer-token.ts'
import { terminalLog } from '../terminal/log.ts'
import { requireFreePorts } from './ports.ts'

export type AloneOptions = {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly onProgress: (line: string) => void
}

export type Alone = {
  readonly served: ServedSubgraph
  /** A valid `authorization` header. */
  readonly authorization: string
  readonly lost: Promise<void>
  stop(): Promise<void>
}

/**
 * Runs one subgraph with its Sandbox on its own database, of the PostgreSQL that already runs on the data
 * folder or of one started here. Without a bus: its messages stay in the outbox.
 */
export async function startAlone(options: AloneOptions): Promise<Alone> {
  const { name, host, port, dataDir, onProgress } = options
  await requireFreePorts(host, [{ port, owner: name, option: '--port' }])
  const { server, lost, stop: stopServer } = await openServer(dataDir, onProgress)
  let outside: Outside | null = null
  const stop = async () => {
    await outside?.close()
    await stopServer()
  }
  try {
    const [definition] = await importDefinitions([name], onProgress)
    if (!definition) throw new Error(`no definition of ${name}`)
    const { plan: seed } = await prepareDatabases(server, [name], {
      size: null,
      fresh: false,
      now: Date.now,
      onProgress,
    })
    const secrets = secretsOf(dataDir)
    const authorization = `Bearer ${await developerToken(name, internalKeyOf(name, secrets), seed)}`
    outside = await startOutside(name, { host, server, secrets })
    const settings = subgraphSettings(name, secrets, {
      host,
      port,
      databaseUrl: server.url(databaseOf(name)),
      own: outside?.settings,
    })
    const log = terminalLog(name, onProgress)
    const served = await serveSubgraph(definition, { settings, log, sandboxHeaders: { authorization } })
    outside?.meet(served.url)
    return {
      served,
      authorization,
      lost,
      async stop() {
        await served.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Outside = {
  readonly settings: Settings
  /** Sets the URL of the subgraph that calls it. */
  meet(graphqlUrl: string): void
  close(): Promise<void>
}

/** The external server that this subgraph calls, if any. */
async function startOutside(
  name: string,
  place: { readonly host: string; readonly server: Server; readonly secrets: Secrets },
): Promise<Outside | null> {
  if (name === 'payments') {
    const gateway = await startShopGateway({ ...place, port: 0 })
    return { ...gateway, meet: (url) => gateway.setWebhookUrl(webhookUrlOf(url)) }
  }
  if (name !== 'shipping') return null
  const carrier = await startShopCarrier(place)
  return { ...carrier, meet: (url) => carrier.setWebhookUrl(carrierWebhookUrlOf(url)) }
}

async function openServer(dataDir: string, onProgress: (line: string) => void) {
  const running = await runningPostgres(postgresFolder(dataDir))
  if (!running) return embeddedServer(dataDir, onProgress)
  onProgress(`using the PostgreSQL that runs on ${dataDir} already`)
  return foreignServer(running)
}
