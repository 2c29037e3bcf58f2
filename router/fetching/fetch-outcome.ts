import type { FailureKind } from '../http-client/fetch-failure.ts'
import type { Readers } from '../security/readers.ts'

/** Outcome of one call, checked for the shape stated here and no further. */
export type FetchOutcome =
  | {
      readonly failed: null
      /** The caller's own, to be changed at will: sharers of one call parse its text each. */
      readonly data: Record<string, unknown> | null
      /** As the subgraph sent them: to be masked and mapped. */
      readonly errors: readonly unknown[]
      /** The result of the taker, which replaces all else here. */
      readonly taken?: Taken
      /** Reader of a mutation's result, if the subgraph names one. */
      readonly readers?: Readers
    }
  | { readonly failed: FailureKind }

export type Taken = {
  /** The text, or the very bytes that were expected. */
  readonly content: string | Buffer
  /** Parses it after all: what it would have been without a taker. */
  read(): Read
}

/** A large text is parsed in several turns of the event loop. */
export type Read = FetchOutcome | Promise<FetchOutcome>

/** A consumer of a response that is not parsed. */
export type Taker = {
  /** Expected response. An equal one is not read. */
  readonly expected: Buffer | null
  /** Is offered the text of any other answer; whether it took it. */
  readonly take: (text: string) => boolean
}

/**
 * Offers what came to a taker.
 * @param content that of a call which may have been another's, who expected something else, or nothing.
 * @param read what is done where there is no taker, or it has no use for it.
 */
export function offer(content: string | Buffer, taker: Taker | undefined, read: () => Read): Read {
  if (!taker) return read()
  const { expected, take } = taker
  if (expected && (content === expected || expected.equals(Buffer.from(content))))
    return { failed: null, data: null, errors: [], taken: { content: expected, read } }
  if (take(content.toString())) return { failed: null, data: null, errors: [], taken: { content, read } }
  return read()
}
