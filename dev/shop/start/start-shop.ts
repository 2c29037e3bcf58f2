// Tested in ../../e2e/start.e2e.test.ts: the test checks the start as a whole.

import type { Settings } from '@argyle/kit/config'
import type { EventBus } from '@argyle/kit/event-bus'
import type { AnySubgraph } from '@argyle/kit/subgraph'
import type { RouterSettings } from '../../../router/settings.ts'
import type { Plan } from '../../seed/plan.ts'
import { type HistoryRequest, untilPublished } from '../../seed/replay-events.ts'
import { startShopMailbox } from '../outside/mailbox.ts'
import { startShopGateway, webhookUrlOf } from '../outside/sandbox-gateway.ts'
import { carrierWebhookUrlOf, startShopCarrier } from '../outside/simulated-carrier.ts'
import { type Contents, prepareDatabases, type Server } from '../subgraphs/databases.ts'
import type { RunningSubgraph } from '../subgraphs/running-subgraph.ts'
import { derivedKey, type Secrets, secretsOf } from '../subgraphs/secrets.ts'
import { embeddedServer, foreignServer } from '../subgraphs/server.ts'
import { subgraphSettings } from '../subgraphs/subgraph-settings.ts'
import { databaseOf, SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { DEMO_ACCOUNTS } from '../terminal/demo-accounts.ts'
import { allSettled } from './all-settled.ts'
import { loadParts, type Parts } from './load-parts.ts'
import { requireFreePorts } from './ports.ts'
import { gatewayPort, inboxPort, type Ports, publicUrl, subgraphPorts, wantedPorts } from './shop-ports.ts'

export type ShopOptions = {
  readonly dataDir: string
  /** The address that all servers listen on; the loopback address by default. */
  readonly host?: string
  /** 4000 and from 4001 on by default; `free`: any free ports. */
  readonly ports?: Ports
  /** The seed of new databases; the demo by default. */
  readonly size?: Contents['size']
  /** Recreates all databases. */
  readonly fresh?: boolean
  /** An external PostgreSQL instead of the embedded one. */
  readonly server?: Server
  /** Instead of the in-memory bus; not closed with the shop. */
  readonly bus?: EventBus
  /** Origins of browser clients that may send cookies, in addition to those of router.yaml. */
  readonly corsOrigins?: readonly string[]
  /** Factor by which carriers and payments are faster than in reality; 1 by default. */
  readonly speed?: number
  /** The same for carriers only; `speed` by default. */
  readonly carrierSpeed?: number | undefined
  readonly onProgress?: (line: string) => void
}

export type Shop = {
  /** The router's GraphQL endpoint. */
  readonly url: string
  /** The sandbox payment gateway, which browsers send card data to. */
  readonly gatewayUrl: string
  /** The simulated carrier's address. */
  readonly carrierUrl: string
  /** The page that shows the e-mails of the shop. */
  readonly inboxUrl: string
  /** URL of the SMTP server for e-mails to the shop. Those to customer service are forwarded to support. */
  readonly smtpUrl: string
  /** In the order of supergraph.yaml. */
  readonly subgraphs: readonly RunningSubgraph[]
  /** @throws Error when no subgraph has the name */
  subgraph(name: string): RunningSubgraph
  readonly accounts: typeof DEMO_ACCOUNTS
  /** The plan of its seed data; null: empty databases. */
  readonly seed: Plan | null
  /** Settles when the shop's PostgreSQL ends unexpectedly. */
  readonly lost: Promise<void>
  stop(): Promise<void>
}

/** Undoes the start, last step first. */
type Cleanup = (() => Promise<void>)[]

export const DEFAULT_HOST = '127.0.0.1'
export const DEFAULT_PORTS = { router: 4000, subgraphPortBase: 4001 } as const

/**
 * Runs the whole shop in this process: a PostgreSQL child, the subgraphs, each on its own port and database,
 * and the router.
 * @throws an error for `lineFor`, after stopping everything that had started
 */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const cleanup: Cleanup = []
  const stop = async () => {
    for (const step of cleanup.splice(0).reverse()) await step()
  }
  try {
    return { ...(await assemble(options, cleanup)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function assemble(options: ShopOptions, cleanup: Cleanup): Promise<Omit<Shop, 'stop'>> {
  const { dataDir, host = DEFAULT_HOST, ports = DEFAULT_PORTS, onProgress = () => {} } = options
  await requireFreePorts(host, wantedPorts(ports))
  const settings = await readRouterSettings(options.corsOrigins ?? [])
  const { size = null, fresh = false, speed = 1, carrierSpeed = speed } = options
  const contents = { size, fresh, now: Date.now, onProgress }
  const openDatabases = async () => {
    const running = await openServer(options, cleanup, onProgress)
    return { ...running, ...(await prepareDatabases(running.server, SUBGRAPH_NAMES, contents)) }
  }
  // PostgreSQL starts in processes of its own while these modules are imported, which takes seconds.
  const [{ server, lost, plan: seed, requests, askForOthers }, parts] = await allSettled([
    openDatabases(),
    loadParts(SUBGRAPH_NAMES, onProgress),
  ])
  onProgress('starting the subgraphs and the router')
  const secrets = secretsOf(dataDir, fresh)
  const definitions = new Map(parts.definitions.map((definition) => [definition.name, definition]))
  const bus = options.bus ?? parts.eventBusOf(definitions)
  const gateway = await startShopGateway({ host, port: gatewayPort(ports), server, secrets, speed })
  cleanup.push(gateway.close)
  const carrier = await startShopCarrier({ host, server, secrets, speed: carrierSpeed })
  cleanup.push(carrier.close)
  const mailbox = await startShopMailbox({
    ...{ port: inboxPort(ports), dataDir },
    supportKey: derivedKey(secrets, 'support mail').toString('base64url'),
  })
  cleanup.push(mailbox.close)
  const own = {
    payments: gateway.settings,
    shipping: { ...carrier.settings, SPEED: String(carrierSpeed) },
    notifications: mailbox.settings,
    support: { ...mailbox.supportSettings, STOREFRONT_URL: mailbox.settings.STOREFRONT_URL },
  }
  const place = { host, ports, server, secrets, bus, definitions, speed, own, onProgress, cleanup }
  const subgraphs = await runSubgraphs(parts, place)
  const subgraph = (name: string) => {
    const found = subgraphs.find((one) => one.name === name)
    if (!found) throw new Error(`no subgraph ${name}`)
    return found
  }
  gateway.setWebhookUrl(webhookUrlOf(subgraph('payments').url))
  carrier.setWebhookUrl(carrierWebhookUrlOf(subgraph('shipping').url))
  mailbox.setSupportUrl(subgraph('support').url)
  const port = ports === 'free' ? 0 : ports.router
  const router = await parts.startShopRouter({ host, port, settings, secrets, subgraphs, onProgress })
  cleanup.push(router.close)
  await waitForReaders(requests, server, { isLarge: seed?.size === 'large', onProgress })
  // Requested last, so that they do not slow down the start.
  await askForOthers()
  return {
    url: router.url,
    gatewayUrl: gateway.url,
    carrierUrl: carrier.url,
    inboxUrl: mailbox.url,
    smtpUrl: mailbox.smtpUrl,
    subgraphs,
    subgraph,
    accounts: DEMO_ACCOUNTS,
    seed,
    lost,
  }
}

/**
 * Search must answer from its first request on. Only in a large shop its index is filled while the shop is
 * open.
 */
async function waitForReaders(
  requests: readonly HistoryRequest[],
  server: Server,
  { isLarge, onProgress }: { isLarge: boolean; onProgress: (line: string) => void },
): Promise<void> {
  if (requests.length === 0) return
  const isPublished = !isLarge && (await untilPublished(requests, (name) => server.url(databaseOf(name))))
  onProgress(
    isPublished
      ? 'filled search by the events of the others'
      : 'search is being filled by the events of the others',
  )
}

/** Read before anything starts, so that an error in router.yaml or an origin stops nothing half-way. */
async function readRouterSettings(corsOrigins: readonly string[]): Promise<RouterSettings> {
  const { shopRouterSettings } = await import('../router/shop-router-settings.ts')
  return shopRouterSettings(corsOrigins)
}

async function openServer(
  { server, dataDir }: ShopOptions,
  cleanup: Cleanup,
  onProgress: (line: string) => void,
) {
  const running = server ? foreignServer(server) : await embeddedServer(dataDir, onProgress)
  cleanup.push(running.stop)
  return running
}

type Place = {
  readonly host: string
  readonly ports: Ports
  readonly server: Server
  readonly secrets: Secrets
  readonly bus: EventBus
  /** The definitions being served, by name. */
  readonly definitions: Map<string, AnySubgraph>
  readonly speed: number
  /** Settings of one subgraph only, by its name. */
  readonly own: Readonly<Record<string, Settings>>
  readonly onProgress: (line: string) => void
  readonly cleanup: Cleanup
}

async function runSubgraphs(
  { startSubgraph, importAnew, terminalLog }: Parts,
  place: Place,
): Promise<RunningSubgraph[]> {
  const { host, ports, server, secrets, bus, definitions, speed, own, onProgress, cleanup } = place
  const chosen = await subgraphPorts(ports)
  return allSettled(
    SUBGRAPH_NAMES.map(async (name, index) => {
      const definition = definitions.get(name)
      if (!definition) throw new Error(`no definition of ${name}`)
      const settings = subgraphSettings(name, secrets, {
        host,
        port: chosen[index] ?? 0,
        databaseUrl: server.url(databaseOf(name)),
        publicUrl: publicUrl(host, ports),
        speed,
        own: own[name],
      })
      const subgraph = await startSubgraph(definition, {
        settings,
        bus,
        log: terminalLog(name, onProgress),
        use: (next) => void definitions.set(name, next),
        renew: () => importAnew(name, false),
      })
      cleanup.push(subgraph.stop)
      return subgraph
    }),
  )
}
