import type { IncomingHttpHeaders } from 'node:http'
import type { Identity } from './security/identity.ts'
import type { Trace } from './telemetry/trace.ts'

/** Inputs of the execution of one client request. */
export type RequestContext = {
  readonly identity: Identity
  readonly trace: Trace
  /** The client's own headers, which header rules may pass on. */
  readonly headers: IncomingHttpHeaders
  readonly clientAddress: string
  readonly lifetime: Lifetime
  /** Headers of subgraphs for the client, by lower-case name; added as answers arrive. */
  readonly returned: Map<string, string[]>
  /** Readers of the fields below a mutation's root fields, in one run of the reference executor; filled in as responses arrive. */
  readonly readers?: Map<string, Identity>
  /**
   * Called once a subgraph has answered. The outcome may be older than a request that arrives from now on.
   */
  readonly heard?: () => void
}

/** The time for which a request may continue. */
export type Lifetime = {
  /** Aborts when the time is over or the client has disconnected: open fetches are then abandoned. */
  readonly signal: AbortSignal
  /** Set by a mutation, which continues to its end, even without its client. */
  mutates: boolean
}
