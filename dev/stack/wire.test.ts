import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../../router/settings.ts'
import { root } from '../repository.ts'
import { secretsOf } from '../shop/subgraphs/secrets.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { accepts } from './servers.ts'
import { routerSettings, type WiringOptions, wire } from './wire.ts'

type Wired = Awaited<ReturnType<typeof wire>>

let folder: string
let dataDir: string
/** On free ports. */
let wired: Wired
/** One instance of each subgraph, on given ports. */
let placed: Wired
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-wire-'))
  dataDir = path.join(folder, 'new')
  const url = (database: string) => `postgresql://db/${database}`
  const options: WiringOptions = {
    ...{ dataDir, server: { url, ensureDatabase: async (name) => url(name) }, eventBus: 'nats://bus:1' },
    ...{ instances: 2, routerPort: 0, gatewayPort: 0, speed: 4, carrierSpeed: 9, fresh: false },
  }
  wired = await wire(options)
  const ports = { routerPort: 14_000, gatewayPort: 14_051 }
  placed = await wire({ ...options, ...ports, instances: 1, fresh: true, trustedProxies: 1 })
})
afterAll(async () => {
  for (const { balancers } of [wired, placed])
    for (const balancer of balancers?.values() ?? []) await balancer.close()
  rmSync(folder, { recursive: true })
})

const envOf = ({ specs }: Wired, name: string) => specs.find((spec) => spec.name === name)?.env

test('the servers that others call are first, then every instance of each subgraph, the router last', () => {
  const { specs, balancers } = wired
  expect(specs.map(({ name }) => name)).toEqual([
    ...['sandbox-gateway', 'carrier'],
    ...SUBGRAPH_NAMES.flatMap((name) => [`${name}-1`, `${name}-2`]),
    'router',
  ])
  expect([...balancers.keys()]).toEqual(SUBGRAPH_NAMES)
  const ports = [...specs, ...balancers.values()].map(({ port }) => port)
  expect(new Set(ports).size).toBe(ports.length)
  for (const { port, env } of specs) expect([port > 0, env.PORT]).toEqual([true, String(port)])
})

test('given ports are taken, and all share the secrets, the databases, the bus and the speeds', () => {
  const { wiring } = placed
  expect(wiring).toMatchObject({ routerPort: 14_000, gatewayPort: 14_051, secrets: secretsOf(dataDir) })
  expect(envOf(placed, 'payments-1')).toMatchObject({
    ...{ DATABASE_URL: 'postgresql://db/argyle_payments', EVENT_BUS: 'nats://bus:1', SPEED: '4' },
    SANDBOX_GATEWAY_URL: 'http://127.0.0.1:14051',
  })
  expect(envOf(placed, 'carrier')).toMatchObject({ SPEED: '9' })
  expect(envOf(placed, 'router')).toMatchObject({ PORT: '14000', WORKERS: '2', NODE_ENV: 'production' })
  for (const { env } of placed.specs)
    expect(env).toMatchObject({ LOG_LEVEL: 'warn', PATH: environment().PATH })
})

test('a fresh start has other secrets', () => {
  expect(wired.wiring.secrets).not.toEqual(placed.wiring.secrets)
})

test('the router and the webhooks reach a subgraph by its balancer', async () => {
  const supergraph = readFileSync(path.join(dataDir, 'supergraph.graphql'), 'utf8')
  const place = (name: string) => `http://127.0.0.1:${placed.balancers.get(name)?.port}`
  for (const name of SUBGRAPH_NAMES)
    expect(supergraph).toContain(`name: "${name}", url: "${place(name)}/graphql"`)
  expect(await accepts(placed.balancers.get('users')?.port ?? 0)).toBe(true)
  expect(envOf(placed, 'router')).toMatchObject({
    SUPERGRAPH: path.join(dataDir, 'supergraph.graphql'),
    JWKS_URL: `${place('users')}/.well-known/jwks.json`,
  })
  expect(envOf(placed, 'carrier')?.WEBHOOK_URL).toBe(`${place('shipping')}/webhooks/carrier`)
})

test('another number of trusted proxies is that of a copy of router.yaml', () => {
  const shipped = path.join(root, 'router.yaml')
  expect(routerSettings(dataDir, undefined)).toBe(shipped)
  const copy = path.join(dataDir, 'router.yaml')
  expect(placed.specs.at(-1)?.args.at(-1)).toBe(copy)
  const { http, ...others } = readSettings(shipped)
  for (const trusted of [1, 0]) {
    expect(routerSettings(dataDir, trusted)).toBe(copy)
    expect(readSettings(copy)).toEqual({ ...others, http: { ...http, trusted_proxies: trusted } })
  }
})
