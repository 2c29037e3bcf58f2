import { isSubgraphName } from './subgraphs.ts'

/** Generated code that a file is a source of: resolver types, which only the compiler reads, or the Prisma client as well. */
export type Generates = 'nothing' | 'types' | 'client'

/** What a changed file asks for. */
export type CodeChange =
  /** One subgraph runs on this file. */
  | { readonly kind: 'subgraph'; readonly name: string; readonly generates: Generates }
  /** Every part of the shop may run on this file. */
  | { readonly kind: 'shop'; readonly file: string }

/** Folders whose code the whole process shares, and files that are read at its start. */
const SHARED = /^(?:(?:router|dev|subgraphs\/kit)\/.*\.(?:ts|mjs|graphql)|router\.yaml)$/
const OF_SUBGRAPH = /^(subgraphs|prisma)\/([^/]+)\/(.+)$/
const IGNORED =
  /(?:^|\/)(?:generated|node_modules|testing|event-samples)\/|\.(?:test|fixture)\.ts$|~$|(?:^|\/)\./
const SOURCE = /\.(?:ts|mjs|json|graphql|prisma|sql)$/

/**
 * Says what must be started anew for a changed file.
 * @param file path relative to the repository, with `/`
 * @returns null for a file that nothing runs on: a test, a page, generated code
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
