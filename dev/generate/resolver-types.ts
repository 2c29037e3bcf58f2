import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from '../repository.ts'
import { codegenConfig, readCodegenSettings } from './codegen-config.ts'
import { fingerprint, isCurrent, remember } from './fingerprint.ts'

const require = createRequire(import.meta.url)

/**
 * Generates the resolver types of `subgraphs/<name>/schema.graphql` into
 * `subgraphs/<name>/generated/resolvers.ts`.
 * @returns whether anything was generated
 * @throws Error if the schema does not parse, or codegen.json names a type that the schema lacks
 */
export async function generateResolverTypes(name: string): Promise<boolean> {
  const folder = path.join(root, 'subgraphs', name)
  const schemaFile = path.join(folder, 'schema.graphql')
  const settingsFile = path.join(folder, 'codegen.json')
  const output = path.join(folder, 'generated', 'resolvers.ts')
  const mark = fingerprint([
    schemaFile,
    settingsFile,
    require.resolve('@graphql-codegen/typescript-resolvers/package.json'),
    path.join(import.meta.dirname, 'codegen-config.ts'),
    import.meta.filename,
  ])
  if (isCurrent(output, mark)) return false

  const settings = existsSync(settingsFile) ? readFileSync(settingsFile, 'utf8') : '{}'
  const source = await printResolverTypes(name, readFileSync(schemaFile, 'utf8'), settings)
  mkdirSync(path.dirname(output), { recursive: true })
  // Renamed into place, so that a starting server never reads half a file.
  const partial = `${output}.${process.pid}`
  writeFileSync(partial, source)
  renameSync(partial, output)
  remember(output, mark)
  return true
}

/** The TypeScript source of one schema's resolver types; `settings` is the text of its codegen.json. */
export async function printResolverTypes(name: string, sdl: string, settings: string): Promise<string> {
  // Loaded on demand: it takes half a second, and a start with current code does not need it.
  const [{ parse }, { codegen }, typescript, resolvers] = await Promise.all([
    import('graphql'),
    import('@graphql-codegen/core'),
    import('@graphql-codegen/typescript'),
    import('@graphql-codegen/typescript-resolvers'),
  ])
  const folder = `subgraphs/${name}`
  const withFolder = (error: unknown) => new Error(messageOf(error, folder))
  const schema = await Promise.try(parse, sdl).catch((error) => Promise.reject(withFolder(error)))
  const config = codegenConfig(readCodegenSettings(`${folder}/codegen.json`, settings, schema))
  const body = await codegen({
    filename: 'resolvers.ts',
    schema,
    documents: [],
    config,
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
  }).catch((error) => Promise.reject(withFolder(error)))
  return `// Made by \`npm run generate\` from subgraphs/${name}/schema.graphql.\n${withEveryField(body)}`
}

/**
 * Makes the nullable fields of mapped types required in the types of parents, as `avoidOptionals` does for all others: an object without
 * such a field would have null there for ever.
 */
const withEveryField = (source: string) =>
  source.replace(/^ {2}\w+: .*Omit<.*$/gm, (line) => line.replaceAll('?: Maybe<', ': Maybe<'))

/** The message of the parser or of codegen, with the file, the place, and what is to be written. */
function messageOf(error: unknown, folder: string): string {
  if (!(error instanceof Error)) return String(error)
  const { locations = [] } = error as { locations?: readonly { line: number; column: number }[] }
  const [place] = locations
  const scalar = /^Unknown scalar type (\w+)/.exec(error.message)?.[1]
  if (scalar)
    return `${folder}/codegen.json: the scalar ${scalar} has no TypeScript type: add "scalars": { "${scalar}": "string" }, or another type; the types of shared.graphql are in dev/generate/codegen-config.ts`
  return `${folder}/schema.graphql${place ? `:${place.line}:${place.column}` : ''}: ${error.message}`
}
