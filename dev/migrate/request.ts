/** An invalid command line; the message explains it. */
export class MisuseError extends Error {
  override readonly name = 'MisuseError'
}

/** A subgraph and the arguments for Prisma's CLI. */
export type MigrateRequest = { subgraph: string; args: string[] }

const verbs = ['dev', 'deploy', 'status', 'reset', 'diff', 'resolve', 'db']

/**
 * Reads `<subgraph> <verb> [options]`.
 * @param known the subgraphs that have a Prisma schema
 * @throws MisuseError
 */
export function readRequest(argv: readonly string[], known: readonly string[]): MigrateRequest {
  const [subgraph = '', verb = '', ...options] = argv
  if (!known.includes(subgraph)) {
    throw new MisuseError(
      `no subgraph ${JSON.stringify(subgraph)} with a database: allowed is ${known.join(', ')}`,
    )
  }
  if (!verbs.includes(verb)) {
    throw new MisuseError(`no command ${JSON.stringify(verb)}: allowed is ${verbs.join(', ')}`)
  }
  return { subgraph, args: argumentsFor(subgraph, verb, options) }
}

function argumentsFor(subgraph: string, verb: string, options: readonly string[]): string[] {
  if (verb === 'db') return ['db', ...options]
  const compares = options.some((option) => option.startsWith('--from') || option.startsWith('--to'))
  if (verb !== 'diff' || compares) return ['migrate', verb, ...options]
  // The most common question: which SQL is missing from the migrations?
  const folder = `prisma/${subgraph}`
  const sides = ['--from-migrations', `${folder}/migrations`, '--to-schema', `${folder}/schema.prisma`]
  return ['migrate', 'diff', ...sides, '--script', ...options]
}
