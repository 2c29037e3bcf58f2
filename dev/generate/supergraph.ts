import path from 'node:path'
import { root } from '../repository.ts'

export const supergraphYaml = path.join(root, 'supergraph.yaml')
/** The supergraph of `supergraph.yaml` as it was last composed. */
export const composedSupergraph = path.join(root, 'generated', 'supergraph.graphql')

/**
 * Composes `supergraph.yaml`, so that the first start need not.
 * @throws UsageError with every composition error
 */
export async function composeSupergraph(): Promise<void> {
  const { readSdl } = await import('../../router/supergraph/read-sdl.ts')
  await readSdl(supergraphYaml, composedSupergraph)
}
