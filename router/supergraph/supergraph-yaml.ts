import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { problemAt, quoted } from '../quoted.ts'
import { messageOf, UsageError } from '../usage-error.ts'

/** One subgraph in the form that composition takes: its name, its URL, its SDL and the file with it. */
export type SubgraphSource = {
  readonly name: string
  readonly url: string
  readonly file: string
  readonly sdl: string
}

/** A `supergraph.yaml` that was read, its subgraphs in the order of the file. */
type SupergraphSource = {
  readonly subgraphs: readonly SubgraphSource[]
  /** Every file that was read: the YAML itself and each schema. */
  readonly files: readonly string[]
}

/** The subset of Rover's format with local sources: a schema is in a file or in the YAML itself. */
const format = z.strictObject({
  federation_version: z
    .union([z.string(), z.number()])
    .refine((version) => /^=?2(\.\d+){0,2}$/.test(String(version)), {
      error: ({ input }) => `${quoted(input)} is not a Federation 2 version such as "2" or "=2.9.0"`,
    })
    .optional(),
  subgraphs: z
    .record(
      z.string(),
      z.strictObject({
        routing_url: z.url({
          protocol: /^https?$/,
          error: ({ input }) => `${quoted(input)} is not an http(s) URL`,
        }),
        schema: z.union([z.strictObject({ file: z.string().min(1) }), z.strictObject({ sdl: z.string() })], {
          error: 'must be { file: PATH } or { sdl: TEXT }',
        }),
      }),
    )
    .refine((subgraphs) => Object.keys(subgraphs).length > 0, { error: 'names no subgraph' }),
})

/** Reads a text file. @throws UsageError in one line that names the file. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    // Every error of readFileSync is a SystemError, which has a code.
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : messageOf(error)
    throw new UsageError(`Cannot read ${file}: ${why}`)
  }
}

/** The files to watch: the YAML file and the schema files that it names, as far as it can be read. */
export function filesOf(file: string): string[] {
  try {
    return [...readSupergraphYaml(file, () => '').files]
  } catch {
    return [resolve(file)]
  }
}

/**
 * Reads a `supergraph.yaml` and the schemas that it names; paths are relative to it.
 * @throws UsageError naming every problem of the file at once, or the schema file that cannot be read.
 */
export function readSupergraphYaml(file: string, readSchema = readText): SupergraphSource {
  const path = resolve(file)
  const parsed = format.safeParse(yamlOf(path))
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: at, message }) => problemAt(at, message))
    throw new UsageError(`${file} is not a supergraph configuration:\n  ${problems.join('\n  ')}`)
  }
  const subgraphs = Object.entries(parsed.data.subgraphs).map(([name, { routing_url: url, schema }]) => {
    if ('sdl' in schema) return { name, url, file: path, sdl: schema.sdl }
    const schemaFile = resolve(dirname(path), schema.file)
    return { name, url, file: schemaFile, sdl: readSchema(schemaFile) }
  })
  return { subgraphs, files: [...new Set([path, ...subgraphs.map((subgraph) => subgraph.file)])] }
}

function yamlOf(path: string): unknown {
  const text = readText(path)
  try {
    return parseYaml(text)
  } catch (error) {
    throw new UsageError(`${path} is not YAML: ${messageOf(error)}`)
  }
}
