import { type Logger, pino } from 'pino'
import { z } from 'zod'
import { anonymous, type Viewer } from '../identity/identity.ts'
import type { Envelope } from '../messages/envelope.ts'
import { Operation, type OperationLimits } from '../operation/operation.ts'
import { newId } from '../schema/ids.ts'
import { type Clock, systemClock } from '../service/clock.ts'
import { readSettings, type Settings } from '../service/config.ts'
import { startRuntime } from '../service/runtime.ts'
import type { AnySubgraph, CookieOptions, Resources, SubgraphRequest } from '../service/subgraph.ts'
import { dueSql } from '../service/timers.ts'
import { newTrace, withTrace } from '../service/trace.ts'
import { atOnceHeld, untilWaiting, whileLocked } from './at-once.ts'
import { MAX_WAIT_MS, type TestDatabase, testDatabase } from './database.ts'
import { everyRow } from './every-row.ts'

/** The result of an operation, for assertions. */
export type OperationResult = {
  // The test knows the shape of its own operation.
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path in assertions
  readonly data: any
  readonly errors: readonly {
    message: string
    path?: readonly (string | number)[]
    extensions?: Record<string, unknown>
  }[]
  readonly cookies: readonly { name: string; value: string; options: CookieOptions }[]
}

/** Envelope fields of a delivered message. `time` is an ISO 8601 instant. */
type About = { subject?: string; sequence?: number; id?: string; time?: string }

export type PublishedMessage = { id: string; type: string; subject: string; sequence: number; data: unknown }

export type TestSubgraph = {
  readonly resources: Resources
  readonly databaseUrl: string
  readonly clock: Clock
  /** Runs an operation as this viewer, without HTTP. */
  execute(
    query: string,
    variables?: Record<string, unknown>,
    viewer?: Viewer,
    request?: Partial<SubgraphRequest>,
  ): Promise<OperationResult>
  /** Passes a message to the subgraph's inbox, as a bus does. The same id twice is a duplicate. */
  deliver(type: string, data: unknown, about?: About): Promise<void>
  /** The rows waiting in the outbox, oldest first. */
  outbox(): Promise<PublishedMessage[]>
  /** Starts all calls together, and has them all read before any writes: see `held-tables.ts`. */
  atOnce<T>(works: readonly (() => Promise<T>)[]): Promise<T[]>
  /** Starts one call many times together: see `atOnce`. */
  manyAtOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]>
  /** Runs the work while another transaction holds the row locks of this statement. */
  whileLocked<T>(sql: string, values: readonly unknown[], work: () => Promise<T>): Promise<T>
  /** Settles when this many sessions wait for locks, or one of the works has ended: see `at-once.ts`. */
  untilWaiting(count: number, works: readonly Promise<unknown>[]): Promise<void>
  /** The period of each timer in milliseconds, by its name. No timer runs by itself. */
  readonly timers: Readonly<Record<string, number>>
  /** Runs a timer once. @throws Error if the definition has none of this name, or it is not due and changes a row */
  runTimer(name: string): Promise<void>
  /** All rows of all tables: see `every-row.ts`. */
  everyRow(): Promise<Set<string>>
  /** Counts the SQL statements that the work sends. */
  sqlCount(work: () => Promise<unknown>): Promise<number>
  close(): Promise<void>
}

/** The default limits of a service, except for its time, which a loaded machine exceeds. */
const LIMITS: OperationLimits = { timeMs: 60_000, maxBytes: 16 * 1024 * 1024, maxFields: 250_000 }

/**
 * `database`: one that the test created, e.g. of an earlier version; by default a new one of the current
 * migrations. `log`: silent by default.
 */
export type TestOptions = { settings?: Settings; clock?: Clock; database?: TestDatabase; log?: Logger }

/** A signed-in customer. */
export function customer(id: string, sessionId = newId('ses')): Viewer {
  return { kind: 'user', id, sessionId, scopes: new Set(['self']) }
}

/** A signed-in member of staff with these scopes. */
export function staff(...scopes: string[]): Viewer {
  return { kind: 'user', id: newId('usr'), sessionId: newId('ses'), scopes: new Set(['self', ...scopes]) }
}

function envelopeOf(type: string, data: unknown, about: About): Envelope {
  const { subject = 'test', sequence = 1, id = newId('evt'), time = new Date().toISOString() } = about
  const correlationId = newTrace().correlationId
  return {
    id,
    type,
    source: 'test',
    subject,
    sequence,
    time,
    correlationId,
    causationId: null,
    traceparent: null,
    data,
  }
}

/** Opens a subgraph on its own database, without HTTP and without a bus: the test delivers the messages. */
export async function testSubgraph(
  definition: AnySubgraph,
  options: TestOptions = {},
): Promise<TestSubgraph> {
  const database = options.database ?? (await testDatabase(definition.name))
  const clock = options.clock ?? systemClock
  let statements = 0
  const runtime = await startRuntime(definition, {
    database: { url: database.url, waitMs: MAX_WAIT_MS, onQuery: () => statements++ },
    clock,
    config: readSettings(definition.config ?? z.unknown(), options.settings ?? {}),
    log: options.log ?? pino({ level: 'silent' }),
    bus: null,
    timers: false,
    production: false,
  })
  const { resources } = runtime

  return {
    resources,
    databaseUrl: database.url,
    clock,

    async execute(query, variables = {}, viewer = anonymous, request = {}) {
      const cookies: OperationResult['cookies'][number][] = []
      const operation = new Operation(LIMITS)
      const contextOf = (asked: SubgraphRequest) => runtime.contextOf(asked, operation)
      const contextValue = contextOf({
        viewer,
        headers: {},
        requestId: 'test',
        clientAddress: null,
        nameReader: () => {},
        setCookie: (name, value, cookieOptions) => cookies.push({ name, value, options: cookieOptions }),
        ...request,
      })
      const executed = withTrace(newTrace({ operation }), () =>
        runtime.apollo.executeOperation({ query, variables }, { contextValue }),
      )
      const { body } = await executed.finally(() => operation.finish())
      if (body.kind !== 'single') throw new Error('an incremental response was not requested')
      const { data, errors = [] } = body.singleResult
      return { data, errors, cookies }
    },

    async deliver(type, data, about = {}) {
      await runtime.handle(envelopeOf(type, data, about))
    },

    outbox: () =>
      resources.prisma.$queryRawUnsafe<PublishedMessage[]>(
        'SELECT id, type, subject, sequence, data FROM outbox_message ORDER BY id',
      ) as Promise<PublishedMessage[]>,

    atOnce: (works) => atOnceHeld(resources.prisma, database.url, works),

    manyAtOnce(times, work) {
      const works = Array.from({ length: times }, (_, index) => () => work(index))
      return atOnceHeld(resources.prisma, database.url, works)
    },

    whileLocked: (sql, values, work) => whileLocked(resources.prisma, { sql, values }, work),

    untilWaiting: (count, works) => untilWaiting(resources.prisma, count, works),

    timers: Object.fromEntries((definition.timers ?? []).map(({ name, everyMs }) => [name, everyMs])),

    async runTimer(name) {
      const timer = definition.timers?.find((one) => one.name === name)
      if (!timer) throw new Error(`there is no timer ${name}`)
      const isDue = async (due: string) => {
        const sql = dueSql([due])
        const [row] = await resources.prisma.$queryRawUnsafe<{ d0: boolean | null }[]>(sql, clock())
        return row?.d0 === true
      }
      if (timer.due === undefined || (await isDue(timer.due))) return timer.run(resources)
      const before = await everyRow(resources.prisma)
      await timer.run(resources)
      const changed = before.symmetricDifference(await everyRow(resources.prisma))
      if (changed.size > 0)
        throw new Error(`the timer ${name} had work and was not due: ${[...changed].join(', ')}`)
    },

    everyRow: () => everyRow(resources.prisma),

    async sqlCount(work) {
      const before = statements
      await work()
      return statements - before
    },

    async close() {
      await runtime.close()
      await database.drop()
    },
  }
}
