import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { parseDocument } from 'yaml'
import { serviceSupergraph } from '../docker/supergraph.ts'
import { root } from '../repository.ts'
import type { Server } from '../shop/subgraphs/databases.ts'
import { secretsOf } from '../shop/subgraphs/secrets.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { type Backend, type Balancer, startBalancer } from './balancer.ts'
import { freePorts } from './free-ports.ts'
import { carrierSpec, gatewaySpec, routerSpec, subgraphSpec, type Wiring } from './services.ts'

export type WiringOptions = {
  /** Folder of secrets, logs and the composed supergraph. */
  readonly dataDir: string
  readonly server: Server
  /** `nats://host:port`. */
  readonly eventBus: string
  /** Processes of each subgraph. */
  readonly instances: number
  /** 0: any free port. */
  readonly routerPort: number
  readonly gatewayPort: number
  /** Factor by which payments and parcels are faster than in reality. */
  readonly speed: number
  readonly carrierSpeed: number
  readonly fresh: boolean
  /**
   * Number of proxies in front of the router that are trusted to report client addresses; the one of
   * router.yaml by default.
   */
  readonly trustedProxies?: number
}

const WORKERS = 2

/** router.yaml, or a copy of it with another number of trusted proxies. */
export function routerSettings(dataDir: string, trustedProxies: number | undefined): string {
  const file = path.join(root, 'router.yaml')
  if (trustedProxies === undefined) return file
  const settings = parseDocument(readFileSync(file, 'utf8'))
  settings.setIn(['http', 'trusted_proxies'], trustedProxies)
  const own = path.join(dataDir, 'router.yaml')
  writeFileSync(own, settings.toString())
  return own
}

/** Ports and settings of all processes, and the balancers in front of the subgraphs. */
export async function wire({ dataDir, server, fresh, instances, trustedProxies, ...options }: WiringOptions) {
  const [router = 0, gateway = 0, carrier = 0, ...rest] = await freePorts(
    3 + SUBGRAPH_NAMES.length * instances,
  )
  const balancers = new Map<string, Balancer>()
  const placed = SUBGRAPH_NAMES.map((name, index) => {
    const ports = rest.slice(index * instances, (index + 1) * instances)
    return { name, instances: ports.map((port, place) => ({ instance: place + 1, port })) }
  })
  for (const { name, instances: own } of placed) {
    const backends: Backend[] = own.map(({ instance, port }) => ({ name: `${name}-${instance}`, port }))
    balancers.set(name, await startBalancer(backends))
  }
  const subgraphUrl = (name: string) => `http://127.0.0.1:${balancers.get(name)?.port}/graphql`
  mkdirSync(dataDir, { recursive: true })
  const supergraph = path.join(dataDir, 'supergraph.graphql')
  writeFileSync(supergraph, serviceSupergraph(root, subgraphUrl))
  const wiring: Wiring = {
    ...options,
    secrets: secretsOf(dataDir, fresh),
    databaseUrl: server.url,
    subgraphUrl,
    routerPort: options.routerPort || router,
    gatewayPort: options.gatewayPort || gateway,
    carrierPort: carrier,
    base: {
      PATH: environment().PATH,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'),
    },
  }
  const subgraphs = placed.flatMap(({ name, instances: own }) =>
    own.map((one) => subgraphSpec(name, one, wiring)),
  )
  return {
    wiring,
    balancers,
    specs: [
      gatewaySpec(wiring),
      carrierSpec(wiring),
      ...subgraphs,
      routerSpec(wiring, { supergraph, settings: routerSettings(dataDir, trustedProxies), workers: WORKERS }),
    ],
  }
}
