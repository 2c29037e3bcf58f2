import { isSubgraphName } from '../subgraphs/subgraphs.ts'

/**
 * Generated code that depends on a file: resolver types, which only the compiler reads, or also the Prisma
 * client.
 */
export type Generates = 'nothing' | 'types' | 'client'

/** The effect of a changed file. */
export type CodeChange =
  /** One subgraph uses this file. */
  | { readonly kind: 'subgraph'; readonly name: string; readonly generates: Generates }
  /** Every part of the shop may use this file. */
  | { readonly kind: 'shop'; readonly file: string }

/** Folders with code of the whole process, and files that are read at its start. */
const SHARED = /^(?:(?:router|dev|subgraphs\/kit)\/.*\.(?:ts|mjs|graphql)|router\.yaml)$/
const OF_SUBGRAPH = /^(subgraphs|prisma)\/([^/]+)\/(.+)$/
const IGNORED =
  /(?:^|\/)(?:generated|node_modules|testing|event-samples)\/|\.(?:test|fixture)\.ts$|~$|(?:^|\/)\./
const SOURCE = /\.(?:ts|mjs|json|graphql|prisma|sql)$/

/**
 * Determines what must be restarted for a changed file.
 * @param file path relative to the repository, with `/`
 * @returns null for a file without effect: a test, a page, generated code
 */
export function codeChange(file: string): CodeChange | null {
  if (IGNORED.test(file)) return null
  if (SHARED.test(file)) return { kind: 'shop', file }
  const [, , name = ''] = OF_SUBGRAPH.exec(file) ?? []
  if (!isSubgraphName(name) || !SOURCE.test(file)) return null
  return { kind: 'subgraph', name, generates: generatesOf(file) }
}

function generatesOf(file: string): Generates {
  if (file.endsWith('/schema.prisma')) return 'client'
  return /\/(?:schema\.graphql|codegen\.json)$/.test(file) ? 'types' : 'nothing'
}
