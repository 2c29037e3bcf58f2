// Tested in serve.int.test.ts: the test serves the definition.

import type { SetCookie } from 'cookie'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { Database, PrismaLike, TransactionOf } from '../database/database.ts'
import type { Viewer } from '../identity/identity.ts'
import type { Envelope } from '../messages/envelope.ts'
import type { ManyListener } from '../messages/replay.ts'
import type { HistoryPart } from '../messages/republish.ts'
import type { Clock } from './clock.ts'

export type { Logger }

/** Attributes of a cookie (RFC 6265, section 4.1.2). */
export type CookieOptions = Omit<SetCookie, 'name' | 'value'>

/** The parts of a request that resolvers can use. */
export type SubgraphRequest = {
  readonly viewer: Viewer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly requestId: string
  /** The client's network address as seen by the router; null if unknown. */
  readonly clientAddress: string | null
  /** Sets a cookie on the response (RFC 6265). */
  setCookie(name: string, value: string, options: CookieOptions): void
  /**
   * Names the viewer of a root field's answer to the router, for all subgraphs and the rest of the operation.
   * @param responseName of the root field. @param accessToken one that the router accepts.
   */
  nameReader(responseName: string, accessToken: string): void
}

/** The HTTP server for a subgraph's own routes. */
export type App = FastifyInstance

/** The arguments of a definition's `open`. */
export type Opening<Config> = {
  readonly database: Database
  readonly clock: Clock
  readonly config: Config
  readonly log: Logger
  /** Publishes new outbox rows before the request ends; undefined without a bus. */
  readonly publishNow?: (() => void) | undefined
  /**
   * True for a command beside the service, e.g. `npm run dead-letters`: it saves calls to gateways and the
   * like, and the service makes them.
   */
  readonly isCommand?: boolean
}

/** Everything with the lifetime of the subgraph: its Prisma client, its stores. */
export type Resources = {
  readonly prisma: PrismaLike
  close?(): Promise<void>
}

/** Periodic work. Every replica runs it, so claim rows with SKIP LOCKED. */
export type Timer<R> = {
  readonly name: string
  readonly everyMs: number
  /** @param stop is aborted when the subgraph stops, which waits for the run: work of many rows ends after the one in hand. */
  run(resources: R, stop?: AbortSignal): Promise<void>
  /**
   * A query for the time at which there is work; null: there is none. The timer then runs only once that time has come. Timers of one period
   * ask by one statement. Use `min` of an indexed column, which reads one row.
   */
  readonly due?: string
}

/** Handles a message, inside the transaction that also marks the message as handled. */
export type Listener<R extends Resources> = (
  message: Envelope,
  tx: TransactionOf<R['prisma']>,
  resources: R,
) => Promise<void>

/** A subgraph's listeners by message type. */
export type Listeners<R extends Resources> = Readonly<Record<string, Listener<R>>>

/** The definition of a subgraph: everything that the kit needs to run it, alone or beside others. */
export type SubgraphDefinition<
  R extends Resources,
  Context extends { viewer: Viewer },
  Config extends z.ZodType,
> = {
  readonly name: string
  readonly schema: URL
  /** Resolver map; the kit adds the shared scalars. */
  readonly resolvers: object
  /** Settings in addition to those of every service. */
  readonly config?: Config
  open(opening: Opening<z.output<Config>>): Promise<R>
  /** Called once per operation: loaders belong here. */
  context(resources: R, request: SubgraphRequest): Context
  readonly listens?: Listeners<R>
  /**
   * Functions that handle many messages together, for types in `listens`. They make a republication cheaper.
   */
  readonly listensToMany?: Readonly<Record<string, ManyListener>>
  /**
   * Whether messages of the types in `listensToMany` wait up to GATHER_MS for others, to be handled in one transaction. It is for copies
   * that no customer waits for.
   */
  readonly gathersMessages?: boolean
  /**
   * The events that it can publish again, in the order in which a new consumer needs them. Needs the table of
   * `republication.sql`.
   */
  readonly history?: readonly HistoryPart<R>[]
  readonly timers?: readonly Timer<R>[]
  /** Public HTTP routes beside `/graphql`. */
  routes?(app: App, resources: R): void
}

/** A definition with its type parameters erased, for code that runs any subgraph. */
export type AnySubgraph = SubgraphDefinition<Resources, { viewer: Viewer }, z.ZodType>

export function defineSubgraph<
  R extends Resources,
  Context extends { viewer: Viewer },
  Config extends z.ZodType = z.ZodType,
>(definition: SubgraphDefinition<R, Context, Config>): AnySubgraph {
  // The kit passes to a definition only what that definition opened, so its own types hold.
  return definition as unknown as AnySubgraph
}
