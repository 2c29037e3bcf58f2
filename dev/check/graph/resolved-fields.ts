import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Kind, parse } from 'graphql'

/** A subgraph as far as it shows which fields are resolved. `mapped`: the types of `mappers` in codegen.json. */
export type ResolvedSubgraph = {
  readonly name: string
  readonly sdl: string
  readonly resolvers: Readonly<Record<string, unknown>>
  readonly mapped: readonly string[]
}

type Field = { readonly subgraph: string; readonly type: string; readonly name: string }

const ROOTS = new Set(['Query', 'Mutation', 'Subscription'])

/** The fields of object types that have no resolver. Fields of other subgraphs (`@external`) need none. */
function unresolved({ name: subgraph, sdl, resolvers }: ResolvedSubgraph): Field[] {
  return parse(sdl).definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) return []
    const type = node.name.value
    const own = Object(resolvers[type])
    return (node.fields ?? [])
      .filter(({ directives = [] }) => directives.every((one) => one.name.value !== 'external'))
      .flatMap(({ name: { value: name } }) => (name in own ? [] : [{ subgraph, type, name }]))
  })
}

const fault = ({ subgraph, type, name }: Field, lacks: string) =>
  `subgraphs/${subgraph}/schema.graphql: ${type}.${name} has no resolver${lacks}: it is always null`

/** Root fields without a resolver. */
export function unresolvedRootFields(subgraphs: readonly ResolvedSubgraph[]): string[] {
  return subgraphs
    .flatMap(unresolved)
    .filter(({ type }) => ROOTS.has(type))
    .map((field) => fault(field, ''))
}

/**
 * TypeScript that compiles if every field without a resolver is a property of its mapped type, one field in a line. The generated types of
 * other types require each field (`avoidOptionals` in `dev/generate`), so they need no check.
 */
export function mappedFieldsSource(subgraphs: readonly ResolvedSubgraph[]): {
  readonly source: string
  faultAt(line: number): string | undefined
} {
  const imports = subgraphs.map(
    ({ name }) =>
      `import type { ResolversParentTypes as ${name} } from '../../subgraphs/${name}/generated/resolvers.ts'`,
  )
  const head = [...imports, 'type Key<T> = T extends unknown ? keyof T : never']
  const fields = subgraphs.flatMap((subgraph) =>
    unresolved(subgraph).filter(({ type }) => subgraph.mapped.includes(type)),
  )
  const lines = fields.map(
    ({ subgraph, type, name }) => `void ('${name}' satisfies Key<${subgraph}['${type}']>)`,
  )
  return {
    source: [...head, ...lines, ''].join('\n'),
    faultAt(line) {
      const field = fields[line - 1 - head.length]
      return field && fault(field, ', and its mapped type no such property')
    },
  }
}

/** A folder that Git, Biome and the checks of sources ignore, and that the compiler reads. It exists during the check only. */
const FOLDER = 'dev/generated'
const FILE = `${FOLDER}/mapped-fields.ts`

/**
 * Runs the compiler with the file of `mappedFieldsSource`, and puts the faults in place of its errors in that file.
 * @param compile returns the compiler's output, which is empty if it found no error
 */
export async function compiledWithFields(
  root: string,
  subgraphs: readonly ResolvedSubgraph[],
  compile: () => Promise<string>,
): Promise<string> {
  const { source, faultAt } = mappedFieldsSource(subgraphs)
  mkdirSync(path.join(root, FOLDER), { recursive: true })
  writeFileSync(path.join(root, FILE), source)
  const output = await compile().finally(() => rmSync(path.join(root, FOLDER), { recursive: true }))
  const lines = output.split('\n').map((line) => {
    const [, place] = new RegExp(`^${FILE}\\((\\d+),`).exec(line) ?? []
    return (place && faultAt(Number(place))) ?? line
  })
  return [...lines, ...unresolvedRootFields(subgraphs)].filter((line) => line !== '').join('\n')
}
