import type { AnySubgraph } from '@argyle/kit/subgraph'

/** The subgraphs of the shop and their ports, counted from `portBase`. Imported on demand: their generated code must stand first. */
export const SUBGRAPHS = {
  users: () => import('@argyle/users/subgraph').then(({ users }) => users),
  products: () => import('@argyle/products/subgraph').then(({ products }) => products),
  inventory: () => import('@argyle/inventory/subgraph').then(({ inventory }) => inventory),
  reviews: () => import('@argyle/reviews/subgraph').then(({ reviews }) => reviews),
  orders: () => import('@argyle/orders/subgraph').then(({ orders }) => orders),
} as const satisfies Record<string, () => Promise<AnySubgraph>>

export type SubgraphName = keyof typeof SUBGRAPHS

// Object.keys widens what the table above says.
export const SUBGRAPH_NAMES = Object.keys(SUBGRAPHS) as SubgraphName[]

/** The name of a subgraph's own database. */
export function databaseOf(name: string): string {
  return `argyle_${name}`
}

export function isSubgraphName(name: string): name is SubgraphName {
  return Object.hasOwn(SUBGRAPHS, name)
}
