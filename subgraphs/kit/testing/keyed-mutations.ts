import { readFile } from 'node:fs/promises'
import { Kind, parse, visit } from 'graphql'

/**
 * The mutations of a schema file whose input has an `idempotencyKey`, sorted. A test of all of them compares
 * its list with this one, so that it fails when the schema gains a mutation that the test lacks.
 */
export async function keyedMutations(schema: URL): Promise<string[]> {
  const keyed = new Set<string>()
  const takes = new Map<string, string>()
  visit(parse(await readFile(schema, 'utf8')), {
    InputObjectTypeDefinition({ name, fields }) {
      if (fields?.some((field) => field.name.value === 'idempotencyKey')) keyed.add(name.value)
    },
    FieldDefinition({ name, arguments: args }) {
      const type = args?.find((argument) => argument.name.value === 'input')?.type
      if (type?.kind === Kind.NON_NULL_TYPE && type.type.kind === Kind.NAMED_TYPE)
        takes.set(name.value, type.type.name.value)
    },
  })
  return [...takes].flatMap(([mutation, input]) => (keyed.has(input) ? [mutation] : [])).sort()
}
