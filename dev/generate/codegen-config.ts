import type { DocumentNode } from 'graphql'
import { z } from 'zod'

const settingsSchema = z.strictObject({
  contextType: z.string().optional(),
  mappers: z.record(z.string(), z.string()).default({}),
  /** TypeScript types of the scalars that only this subgraph has. */
  scalars: z.record(z.string(), z.string()).default({}),
})

/** The settings of a subgraph's codegen.json, with paths relative to the generated folder. */
export type CodegenSettings = z.infer<typeof settingsSchema>

/**
 * Parses a codegen.json.
 * @throws Error naming `file` if it is malformed, or maps a type that the schema does not define
 */
export function readCodegenSettings(file: string, text: string, schema: DocumentNode): CodegenSettings {
  const parsed = settingsSchema.safeParse(JSON.parse(text))
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`)
  const defined = new Set(
    schema.definitions.flatMap((node) => ('name' in node && node.name ? [node.name.value] : [])),
  )
  const { mappers, scalars } = parsed.data
  const unknown = Object.keys({ ...mappers, ...scalars }).filter((type) => !defined.has(type))
  if (unknown.length > 0)
    throw new Error(`${file}: it names ${unknown.join(', ')}, which schema.graphql lacks`)
  return parsed.data
}

/** The configuration of the codegen plugins, for sources that run by type stripping. */
export function codegenConfig({ contextType, mappers, scalars }: CodegenSettings): Record<string, unknown> {
  return {
    federation: true,
    enumsAsTypes: true,
    useTypeImports: true,
    importExtension: '.ts',
    strictScalars: true,
    // Otherwise an object could be returned without a nullable field, which is then always null.
    avoidOptionals: { field: true },
    scalars: {
      ID: { input: 'string', output: 'string' },
      DateTime: 'Date',
      Decimal: 'string',
      CurrencyCode: '@argyle/kit/money#Currency',
      _FieldSet: 'string',
      ...Object.fromEntries(Object.entries(scalars).map(([name, type]) => [name, fromGenerated(type)])),
    },
    // Members of a union are distinguished by __typename, so the types require it.
    resolversNonOptionalTypename: { unionMember: true },
    ...(contextType ? { contextType: fromGenerated(contextType) } : {}),
    // Renamed on import: a row type often has the name of the schema's type, which the same file declares.
    mappers: Object.fromEntries(
      Object.entries(mappers).map(([type, source]) => [type, `${fromGenerated(source)} as ${type}Row`]),
    ),
  }
}

// codegen.json is in the subgraph's folder, the types are one folder deeper.
const fromGenerated = (source: string) => (source.startsWith('./') ? `.${source}` : source)
