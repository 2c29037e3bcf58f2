/** The reason why a subgraph gave no usable answer. */
export type FailureKind =
  /** Nothing listens, or the name does not resolve. */
  | 'unreachable'
  /** The subgraph's time limit passed. */
  | 'timeout'
  /** The request's own time limit passed, or its client disconnected. */
  | 'cancelled'
  /** The request was not sent: the circuit breaker of the subgraph is open. */
  | 'open'
  /** The connection broke before the answer was complete. */
  | 'broken'
  /** A status without a GraphQL answer, redirects included. */
  | 'status'
  /** The body is larger than allowed. */
  | 'too-large'
  /** The request is larger than the router or the subgraph (413) allows. */
  | 'request-too-large'
  /** The body is not a GraphQL answer, or does not answer the request. */
  | 'invalid'

/** A fetch without a usable answer. `detail` is for the log only: it may name hosts and bodies. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure'
  readonly kind: FailureKind
  readonly detail: string

  constructor(kind: FailureKind, detail: string) {
    super(`${kind}: ${detail}`)
    this.kind = kind
    this.detail = detail
  }
}
