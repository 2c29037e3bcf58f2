import { inParallel } from './generate/in-parallel.ts'
import { generatePrismaClient } from './generate/prisma-client.ts'
import { generateResolverTypes } from './generate/resolver-types.ts'
import { foldersWith } from './repository.ts'

export type GenerateOptions = {
  /** Subgraphs to generate for; all of them when left out. */
  names?: readonly string[]
  /** Called with a line for each thing made; never called when all is current. */
  onProgress?: (line: string) => void
}

/**
 * Makes each subgraph's Prisma client and resolver types, where their sources changed since the last time.
 * A subgraph that has no schema yet is passed over.
 * @throws Error when `names` holds an unknown subgraph; AggregateError with one error for each source that is wrong
 */
export async function generate({ names, onProgress = () => {} }: GenerateOptions = {}): Promise<void> {
  const known = foldersWith('subgraphs', 'package.json')
  const unknown = names?.filter((name) => !known.includes(name)) ?? []
  if (unknown.length > 0) throw new Error(`no subgraph ${unknown.join(', ')}; there are ${known.join(', ')}`)

  const wanted = (found: string[]) => found.filter((name) => names === undefined || names.includes(name))
  const task = (what: string, name: string, run: (name: string) => Promise<boolean>) => async () => {
    if (await run(name)) onProgress(`generated ${what} of ${name}`)
  }
  await inParallel(2, [
    ...wanted(foldersWith('prisma', 'schema.prisma')).map((name) =>
      task('the Prisma client', name, generatePrismaClient),
    ),
    ...wanted(foldersWith('subgraphs', 'schema.graphql')).map((name) =>
      task('the resolver types', name, generateResolverTypes),
    ),
  ])
}

if (import.meta.main) {
  const names = process.argv.slice(2)
  try {
    await generate({ names: names.length > 0 ? names : undefined, onProgress: console.log })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
