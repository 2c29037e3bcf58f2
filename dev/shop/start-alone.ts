import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveSubgraph } from '@argyle/kit/serve'
import { runningPostgres } from '../postgres/running-postgres.ts'
import { prepareDatabases } from './databases.ts'
import { importDefinitions } from './definitions.ts'
import { developerToken } from './developer-token.ts'
import { terminalLog } from './log.ts'
import { requireFreePorts } from './ports.ts'
import { type ShopGateway, startShopGateway, webhookUrlOf } from './sandbox-gateway.ts'
import { secretsOf } from './secrets.ts'
import { embeddedServer, foreignServer, postgresFolder } from './server.ts'
import { internalKeyOf, subgraphSettings } from './subgraph-settings.ts'
import { databaseOf } from './subgraphs.ts'

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
  let gateway: ShopGateway | null = null
  const stop = async () => {
    await gateway?.close()
    await stopServer()
  }
  try {
    const [definition] = await importDefinitions([name], onProgress)
    if (!definition) throw new Error(`no definition of ${name}`)
    const seed = await prepareDatabases(server, [name], {
      size: null,
      fresh: false,
      now: Date.now,
      onProgress,
    })
    const secrets = secretsOf(dataDir)
    const authorization = `Bearer ${await developerToken(name, internalKeyOf(name, secrets), seed)}`
    // Payments speaks to nobody else but its gateway.
    if (name === 'payments') gateway = await startShopGateway({ host, port: 0, server, secrets })
    const settings = subgraphSettings(name, secrets, {
      host,
      port,
      databaseUrl: server.url(databaseOf(name)),
      own: gateway?.settings,
    })
    const log = terminalLog(name, onProgress)
    const served = await serveSubgraph(definition, { settings, log, sandboxHeaders: { authorization } })
    gateway?.setWebhookUrl(webhookUrlOf(served.url))
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

async function openServer(dataDir: string, onProgress: (line: string) => void) {
  const running = await runningPostgres(postgresFolder(dataDir))
  if (!running) return embeddedServer(dataDir, onProgress)
  onProgress(`using the PostgreSQL that runs on ${dataDir} already`)
  return foreignServer(running)
}
