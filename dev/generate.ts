import { inParallel } from './generate/in-parallel.ts'
import { generatePrismaClient } from './generate/prisma-client.ts'
import { generateResolverTypes } from './generate/resolver-types.ts'
import { foldersWith } from './repository.ts'

export type GenerateOptions = {
  /** Subgraphs to generate for; all by default. */
  names?: readonly string[]
  /** Called with a line for each generated item; never called if everything is current. */
  onProgress?: (line: string) => void
}

/**
 * Generates each subgraph's Prisma client and resolver types if their sources have changed. A subgraph
 * without a schema is skipped.
 * @throws Error if `names` has an unknown subgraph; AggregateError with one error for each invalid source
 */
export async function generate({ names, onProgress = () => {} }: GenerateOptions = {}): Promise<void> {
  const known = foldersWith('subgraphs', 'package.json')
  const unknown = names?.filter((name) => !known.includes(name)) ?? []
  if (unknown.length > 0)
    throw new Error(`no subgraph ${JSON.stringify(unknown.join(', '))}: allowed is ${known.join(', ')}`)

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

const HELP = `npm run generate [-- NAME...]

Generates the Prisma client and the resolver types of each subgraph NAME, of all by default, where their sources have changed.`

if (import.meta.main) {
  const names = process.argv.slice(2)
  if (names.includes('--help')) {
    console.log(HELP)
    process.exit()
  }
  try {
    await generate({ names: names.length > 0 ? names : undefined, onProgress: console.log })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
