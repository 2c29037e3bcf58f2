import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The command line on which Prisma's CLI runs the schema engine. */
export type CommandLine = {
  /** Paths and texts of the Prisma schema's files. */
  datamodels: [path: string, text: string][]
  /** The database's URL; undefined for commands that need none. */
  url: string | undefined
  /** `rpc`: requests follow on standard input. */
  verb: 'rpc' | 'version' | 'can-connect-to-database' | 'create-database'
}

const datasourceSchema = z.object({ url: z.string().optional() })
const verbSchema = z.enum(['can-connect-to-database', 'create-database'])

/**
 * Parses the arguments that Prisma 7 gives its engine. Options that do not matter here are skipped with their
 * values.
 * @throws Error for a subcommand that the CLI is not known to use
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const line: CommandLine = { datamodels: [], url: undefined, verb: 'rpc' }
  const words = argv.values()
  for (const word of words) {
    if (word === '--version' || word === '-V') return { ...line, verb: 'version' }
    const value = words.next().value ?? ''
    switch (word) {
      case '--datamodels':
      case '-d':
        line.datamodels.push([value, readFileSync(value, 'utf8')])
        break
      case '--datasource':
        line.url = datasourceSchema.parse(JSON.parse(value)).url
        break
      case 'cli':
        line.verb = verbSchema.parse(value)
        break
    }
  }
  return line
}
