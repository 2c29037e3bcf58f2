import type { IncomingHttpHeaders } from 'node:http'
import type { Identity } from './security/identity.ts'
import type { Trace } from './telemetry/trace.ts'

/** Inputs of the execution of one client request. */
export type RequestContext = {
  readonly identity: Identity
  readonly trace: Trace
  /** The client's own, as header rules may pass them on. */
  readonly headers: IncomingHttpHeaders
  readonly clientAddress: string
  readonly lifetime: Lifetime
  /** Headers that subgraphs send back to the client, by lower-case name; filled in as their answers come. */
  readonly returned: Map<string, string[]>
  /** Readers of the fields below a mutation's root fields, in one run of the reference executor; filled in as responses arrive. */
  readonly readers?: Map<string, Identity>
  /** Called once a subgraph has answered: what becomes of it may be older than a request that comes from now on. */
  readonly heard?: () => void
}

/** How long a request may go on. */
export type Lifetime = {
  /** Aborts when the time is over or the client is gone: fetches that are open then are abandoned. */
  readonly signal: AbortSignal
  /** Set by a mutation: what it began, it ends, whether or not its client still listens. */
  mutates: boolean
}
