/** Faults of one case. */
export type Fault =
  /** Every call to the subgraph fails. */
  | { readonly kind: 'down'; readonly subgraph: string }
  /** A field throws, for one in two objects, or for all. */
  | { readonly kind: 'throws'; readonly subgraph: string; readonly field: string; readonly share: 1 | 2 }
  /** The subgraph does not know one in two entities of a type, or any. */
  | { readonly kind: 'missing'; readonly subgraph: string; readonly type: string; readonly share: 1 | 2 }
  /** A field is null and no error says so, whatever its type allows. */
  | { readonly kind: 'nothing'; readonly subgraph: string; readonly field: string; readonly share: 1 | 2 }

/** Faults of one case, made to be asked. */
export type Faults = {
  isDown(subgraph: string): boolean
  /** Whether any of its answers may differ. */
  strike(subgraph: string): boolean
  /** Whether this subgraph's schema must let null pass where it is not allowed. */
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
