import type { TextLimits } from '../json/text-limits.ts'
import type { MintToken } from '../security/internal-token.ts'
import type { ReadReaders } from '../security/readers.ts'
import type { HeaderRules } from './header-rules.ts'

/** How one subgraph is reached. */
export type SubgraphRoute = {
  readonly name: string
  readonly url: URL
  /** Milliseconds for one call, connecting and retrying included. */
  readonly timeMs: number
  /** Bytes of a request's body. */
  readonly maxRequestBytes: number
  /** Bytes of an answer, decompressed. */
  readonly maxBytes: number
  /** Bounds on what a large answer contains. */
  readonly maxContent: TextLimits
  readonly rules: HeaderRules
  /** Whether identical queries in flight are one call. */
  readonly shares: boolean
  /** null: the subgraph gets no information about the caller. */
  readonly mint: MintToken | null
  /** null: the subgraph's answers name no readers. */
  readonly readers: ReadReaders | null
}
