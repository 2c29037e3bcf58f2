import { resolve } from 'node:path'
import { UsageError } from '../usage-error.ts'
import { describeProblem } from './composition-problem.ts'
import { keptComposition } from './kept-composition.ts'
import { readSupergraphYaml, readText } from './supergraph-yaml.ts'

/** A supergraph SDL from disk. */
export type SdlOnDisk = {
  readonly sdl: string
  /** Whether it was composed from subgraphs, and is known to be valid. */
  readonly composed: boolean
  /** Source files as absolute paths, the file itself first. */
  readonly files: readonly string[]
}

/** Whether a file describes how to compose a supergraph, instead of containing one. */
function isSupergraphYaml(file: string): boolean {
  return /\.ya?ml$/i.test(file)
}

/**
 * Reads a supergraph SDL, or composes one if the file is a `supergraph.yaml`. `@apollo/composition` is loaded
 * only to compose.
 * @param kept the file with the last composition; undefined: always composes
 * @throws UsageError naming the file that cannot be read, or every composition error.
 */
export async function readSdl(file: string, kept?: string): Promise<SdlOnDisk> {
  if (!isSupergraphYaml(file)) return { sdl: readText(file), composed: false, files: [resolve(file)] }
  const { subgraphs, files } = readSupergraphYaml(file)
  const last = kept === undefined ? null : keptComposition(kept)
  const unchanged = last?.find(subgraphs)
  if (unchanged) return { sdl: unchanged, composed: true, files }
  const { composeSubgraphs } = await import('./compose.ts')
  const composed = composeSubgraphs(subgraphs)
  if (composed.ok) {
    last?.keep(subgraphs, composed.sdl)
    return { sdl: composed.sdl, composed: true, files }
  }
  const { problems } = composed
  const count = problems.length === 1 ? '1 error' : `${problems.length} errors`
  throw new UsageError(
    `${file} does not compose: ${count}\n\n${problems.map((problem) => `  ${describeProblem(problem)}`).join('\n\n')}`,
  )
}
