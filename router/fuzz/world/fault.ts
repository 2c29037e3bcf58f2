/** Faults of one case. */
export type Fault =
  /** Every call to the subgraph fails. */
  | { readonly kind: 'down'; readonly subgraph: string }
  /** A field throws, for half of the objects or for all. */
  | { readonly kind: 'throws'; readonly subgraph: string; readonly field: string; readonly share: 1 | 2 }
  /** The subgraph does not find half of the entities of a type, or none. */
  | { readonly kind: 'missing'; readonly subgraph: string; readonly type: string; readonly share: 1 | 2 }
  /** A field is null without an error, whatever its type allows. */
  | { readonly kind: 'nothing'; readonly subgraph: string; readonly field: string; readonly share: 1 | 2 }

/** The faults of one case, as functions. */
export type Faults = {
  isDown(subgraph: string): boolean
  /** Whether any response of the subgraph may differ. */
  strike(subgraph: string): boolean
  /** Whether this subgraph's schema must allow null in non-null fields. */
  isLax(subgraph: string): boolean
  hits(kind: Fault['kind'], subgraph: string, name: string, number: number): boolean
}

export function faultsOf(faults: readonly Fault[]): Faults {
  return {
    strike: (subgraph) => faults.some((fault) => fault.subgraph === subgraph),
    isDown: (subgraph) => faults.some((fault) => fault.kind === 'down' && fault.subgraph === subgraph),
    isLax: (subgraph) => faults.some((fault) => fault.kind === 'nothing' && fault.subgraph === subgraph),
    hits: (kind, subgraph, name, number) =>
      faults.some((fault) => {
        if (fault.kind !== kind || fault.kind === 'down' || fault.subgraph !== subgraph) return false
        const named = fault.kind === 'missing' ? fault.type : fault.field
        return named === name && number % fault.share === 0
      }),
  }
}
