import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { AnySubgraph } from '@argyle/kit/subgraph'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../../repository.ts'

const supergraphSchema = z.object({ subgraphs: z.record(z.string(), z.unknown()).default({}) })

/** The names of the subgraphs in supergraph.yaml below `base`, in order. */
export function namesInSupergraph(base: string): string[] {
  const text = readFileSync(path.join(base, 'supergraph.yaml'), 'utf8')
  return Object.keys(supergraphSchema.parse(parse(text)).subgraphs)
}

/** The subgraphs of the shop, in the order of their ports. supergraph.yaml is the only list of them. */
export const SUBGRAPH_NAMES: readonly string[] = namesInSupergraph(root)

export function isSubgraphName(name: string): boolean {
  return SUBGRAPH_NAMES.includes(name)
}

/** The definition of a subgraph. Imported on demand, since its generated code must exist first. */
export async function importSubgraph(name: string): Promise<AnySubgraph> {
  const module: Record<string, unknown> = await import(`@argyle/${name}/subgraph`)
  const definition = module[name]
  if (!definition) throw new Error(`subgraphs/${name}/subgraph.ts exports no ${name}`)
  // The definition is exported under the subgraph's name.
  return definition as AnySubgraph
}

/** The name of a subgraph's own database. */
export function databaseOf(name: string): string {
  return `argyle_${name}`
}
