import type { SetCookie } from 'cookie'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { Database, PrismaLike, TransactionOf } from '../database/database.ts'
import type { Viewer } from '../identity/identity.ts'
import type { Envelope } from '../messages/envelope.ts'
import type { Clock } from './clock.ts'

/** Attributes of a cookie (RFC 6265, section 4.1.2). */
export type CookieOptions = Omit<SetCookie, 'name' | 'value'>

/** What a resolver may know of the request. */
export type SubgraphRequest = {
  readonly viewer: Viewer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly requestId: string
  /** The client's network address as the router saw it; null where unknown. */
  readonly clientAddress: string | null
  /** Sets a cookie on the answer (RFC 6265). */
  setCookie(name: string, value: string, options: CookieOptions): void
  /**
   * Tells the router who reads what a root field of this mutation returned, in all subgraphs, for the rest of the operation.
   * @param responseName of the root field. @param accessToken that the router believes.
   */
  nameReader(responseName: string, accessToken: string): void
}

/** The HTTP server, as a subgraph's own routes see it. */
export type App = FastifyInstance

/** What a subgraph is built from when it opens. */
export type Opening<Config> = {
  readonly database: Database
  readonly clock: Clock
  readonly config: Config
  readonly log: Logger
  /** Publishes what a committed transaction wrote to the outbox before the request ends; undefined without a bus. */
  readonly publishNow?: (() => void) | undefined
}

/** Everything that lives as long as the subgraph: its Prisma client, its stores. */
export type Resources = {
  readonly prisma: PrismaLike
  close?(): Promise<void>
}

/** Work that comes round by the clock, on every replica: claim rows with SKIP LOCKED. */
export type Timer<R> = { readonly name: string; readonly everyMs: number; run(resources: R): Promise<void> }

/** What a subgraph does about a message, inside the transaction that also marks the message as handled. */
export type Listener<R extends Resources> = (
  message: Envelope,
  tx: TransactionOf<R['prisma']>,
  resources: R,
) => Promise<void>

/** The listeners of a subgraph by the type of message. */
export type Listeners<R extends Resources> = Readonly<Record<string, Listener<R>>>

/** The definition of a subgraph: all that the kit needs to run it, alone or beside others. */
export type SubgraphDefinition<
  R extends Resources,
  Context extends { viewer: Viewer },
  Config extends z.ZodType,
> = {
  readonly name: string
  readonly schema: URL
  /** Resolver map; the kit adds the shared scalars. */
  readonly resolvers: object
  /** Settings beyond those that every service has. */
  readonly config?: Config
  open(opening: Opening<z.output<Config>>): Promise<R>
  /** Made once per operation: loaders live here. */
  context(resources: R, request: SubgraphRequest): Context
  readonly listens?: Listeners<R>
  readonly timers?: readonly Timer<R>[]
  /** HTTP routes beside `/graphql`; they are public. */
  routes?(app: App, resources: R): void
}

/** A definition whose own types are its own business: what runs subgraphs sees them all alike. */
export type AnySubgraph = SubgraphDefinition<Resources, { viewer: Viewer }, z.ZodType>

export function defineSubgraph<
  R extends Resources,
  Context extends { viewer: Viewer },
  Config extends z.ZodType = z.ZodType,
>(definition: SubgraphDefinition<R, Context, Config>): AnySubgraph {
  // The kit only ever hands a definition what that same definition opened, so its own types stay true inside.
  return definition as unknown as AnySubgraph
}
