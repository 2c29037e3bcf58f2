import type { FailureKind } from '../http-client/fetch-failure.ts'
import type { Readers } from '../security/readers.ts'

/** Outcome of one call, checked for the shape stated here and no further. */
export type FetchOutcome =
  | {
      readonly failed: null
      /** The caller may change it: callers that share a call each parse its text. */
      readonly data: Record<string, unknown> | null
      /** The errors as the subgraph sent them, before masking and mapping. */
      readonly errors: readonly unknown[]
      /** The result of the taker, which replaces the other fields. */
      readonly taken?: Taken
      /** Reader of a mutation's result, if the subgraph names one. */
      readonly readers?: Readers
    }
  | { readonly failed: FailureKind }

export type Taken = {
  /** The text, or the bytes if they are the expected ones. */
  readonly content: string | Buffer
  /** Parses the content: the outcome without a taker. */
  read(): Read
}

/** A large text is parsed in several turns of the event loop. */
export type Read = FetchOutcome | Promise<FetchOutcome>

/** A consumer of a response that is not parsed. */
export type ResponseConsumer = {
  /** Expected response. An equal one is not read. */
  readonly expected: Buffer | null
  /** Is offered the text of any other answer. Returns whether it used the text. */
  readonly take: (text: string) => boolean
}

/**
 * Offers a response to a taker.
 * @param content of a call that may be shared with callers who expected something else, or nothing.
 * @param read is called if there is no taker, or it does not use the response.
 */
export function offer(content: string | Buffer, taker: ResponseConsumer | undefined, read: () => Read): Read {
  if (!taker) return read()
  const { expected, take } = taker
  if (expected && (content === expected || expected.equals(Buffer.from(content))))
    return { failed: null, data: null, errors: [], taken: { content: expected, read } }
  if (take(content.toString())) return { failed: null, data: null, errors: [], taken: { content, read } }
  return read()
}
