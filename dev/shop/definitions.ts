import type { AnySubgraph } from '@argyle/kit/subgraph'
import { generate } from '../generate.ts'
import { importSubgraph } from './subgraphs.ts'

/** Brings generated code up to date where its source changed, and then imports the subgraphs that rest on it. */
export async function importDefinitions(
  names: readonly string[],
  onProgress: (line: string) => void,
): Promise<AnySubgraph[]> {
  await generate({ names, onProgress })
  return Promise.all(names.map(importSubgraph))
}
