import type { Path } from './path.ts'

export type SubgraphResponse = {
  readonly data: Record<string, unknown> | null
  readonly errors: readonly (Record<string, unknown> & { readonly path?: Path })[]
}

export type Seen = {
  readonly path: Path
  readonly concrete: string
  readonly number: number
  readonly name: string
}
