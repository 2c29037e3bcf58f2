import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { z } from 'zod'
import { deployMigrations } from '../database/migrations.ts'
import { admission } from '../http/admission.ts'
import { httpApp } from '../http/app.ts'
import { tokenVerifier } from '../identity/identity.ts'
import type { EventBus } from '../messages/event-bus.ts'
import { openJetStreamBus } from '../messages/jetstream-bus.ts'
import type { OperationLimits } from '../operation/operation.ts'
import { type Clock, systemClock } from './clock.ts'
import { readSettingsOfBoth, type Settings, serviceSettings } from './config.ts'
import { openLog } from './log.ts'
import { reasonOf } from './reason.ts'
import { startRuntime } from './runtime.ts'
import { listenFailure, placeOf, StartFailure } from './start-failure.ts'
import type { AnySubgraph, App } from './subgraph.ts'

export type ServeOptions = {
  /** In the form of an environment; subgraphs/kit/README.md lists them. */
  readonly settings: Settings
  /** Replaces the bus that EVENT_BUS names. */
  readonly bus?: EventBus
  readonly clock?: Clock
  readonly log?: Logger
  /** Headers that the Sandbox page starts with, outside production. */
  readonly sandboxHeaders?: Readonly<Record<string, string>>
  /** The folder of the migrations; by default the subgraph's folder in `prisma/`. */
  readonly migrations?: string
}

export type ServedSubgraph = {
  readonly name: string
  readonly port: number
  /** The GraphQL endpoint. */
  readonly url: string
  /** Completes requests in flight, returns claimed messages, then closes everything. */
  close(): Promise<void>
}

async function migrate(name: string, folder: string | undefined, databaseUrl: string): Promise<void> {
  const here = fileURLToPath(new URL(`../../../prisma/${name}/migrations`, import.meta.url))
  try {
    await deployMigrations(folder ?? here, databaseUrl)
  } catch (error) {
    // A failed migration has a message of its own; an error with a code comes from the server or the network.
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new StartFailure(`the database ${placeOf(databaseUrl)} cannot be used: ${reasonOf(error)}`)
  }
}

async function listen(app: App, host: string, port: number): Promise<number> {
  try {
    await app.listen({ port, host })
  } catch (error) {
    throw listenFailure(error, host, port)
  }
  // The address of an app that listens is an object.
  return (app.server.address() as AddressInfo).port
}

function operationLimits(settings: z.output<typeof serviceSettings>): OperationLimits {
  return {
    timeMs: settings.OPERATION_SECONDS * 1_000,
    maxBytes: settings.ANSWER_MEGABYTES * 1024 * 1024,
    maxFields: settings.ANSWER_FIELDS,
  }
}

/**
 * Migrates the database, then serves a subgraph over HTTP: `/graphql`, `/health/live`, `/health/ready`.
 * @throws BadSettings, StartFailure: the reason why it cannot start; everything is closed then
 */
export async function serveSubgraph(definition: AnySubgraph, options: ServeOptions): Promise<ServedSubgraph> {
  const [settings, config] = readSettingsOfBoth(
    serviceSettings,
    definition.config ?? z.unknown(),
    options.settings,
  )
  const { name } = definition
  const { DATABASE_URL: databaseUrl, HOST: host, EVENT_BUS: servers } = settings
  const { clock = systemClock, log = openLog(name, settings.LOG_LEVEL) } = options
  const production = settings.NODE_ENV === 'production'
  await migrate(name, options.migrations, databaseUrl)

  await using opened = new AsyncDisposableStack()
  let bus = options.bus ?? null
  if (!bus && servers !== 'none') {
    const own = await openJetStreamBus({ servers, client: name, log })
    opened.defer(() => own.close())
    bus = own
  }
  const runtime = await startRuntime(definition, {
    database: { url: databaseUrl, statementMs: settings.STATEMENT_SECONDS * 1_000 },
    clock,
    config,
    log,
    bus,
    gatherMs: settings.GATHER_MS,
    timers: true,
    production,
    sandboxHeaders: production ? undefined : (options.sandboxHeaders ?? {}),
  })
  opened.defer(runtime.close)

  let draining = false
  const isDraining = () => draining
  const verify = tokenVerifier(name, settings.INTERNAL_TOKEN_KEY)
  const app = httpApp({
    runtime,
    verify,
    bus,
    log,
    page: !production,
    isDraining,
    limits: operationLimits(settings),
    admission: admission({ places: settings.OPERATIONS_AT_ONCE, queue: settings.OPERATIONS_WAITING }),
  })
  opened.defer(() => app.close())
  definition.routes?.(app, runtime.resources)
  const port = await listen(app, host, settings.PORT)
  log.info({ port }, 'the service is listening')

  const everything = opened.move()
  const close = async () => {
    draining = true
    // Keep serving while the load balancer learns from /health/ready to send no more requests.
    await pause(settings.DRAIN_SECONDS * 1_000)
    await everything.disposeAsync()
  }
  let closing: Promise<void> | undefined
  return {
    name,
    port,
    url: `http://${host}:${port}/graphql`,
    close() {
      closing ??= close()
      return closing
    },
  }
}
