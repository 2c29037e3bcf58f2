import type { AnySubgraph } from '@argyle/kit/subgraph'
import { generate } from '../../generate.ts'
import { importSubgraph } from './subgraphs.ts'

/** Regenerates outdated code, then imports the subgraphs that depend on it. */
export async function importDefinitions(
  names: readonly string[],
  onProgress: (line: string) => void,
): Promise<AnySubgraph[]> {
  await generate({ names, onProgress })
  return Promise.all(names.map(importSubgraph))
}
