import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { quoted } from '../quoted.ts'
import type { Requirement } from '../security/requirement.ts'
import { shortened } from '../shortened.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'

/** Characters of a list of names in a message. */
const MAX_NAMES_LENGTH = 400

/** One operation of a validated document with the fragments that it uses. */
export type Operation = {
  readonly definition: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  /**
   * Parses an equal operation. The tree takes ten times the memory of its text, so long-lived objects keep
   * this function instead. Undefined: the operation cannot be parsed again.
   */
  readonly again?: () => Operation
}

/** A field with an authorization requirement, as an operation selects it. */
export type AskedField = { readonly coordinate: string; readonly requirement: Requirement }

/**
 * The operation with this name, or the only one.
 * @throws GraphQLError BAD_USER_INPUT if there is none, several without a name, or one that cannot be served.
 */
export function selectOperation(
  document: DocumentNode,
  name: string | undefined,
  { clientSchema }: LoadedSupergraph,
): Operation {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const definition = name ? operations.find((node) => node.name?.value === name) : operations[0]
  if (!definition || (!name && operations.length > 1)) {
    const names = shortened(
      operations.map((node) => node.name?.value ?? '(unnamed)').join(', '),
      MAX_NAMES_LENGTH,
    )
    const message = name
      ? `There is no operation ${quoted(name)}: the document has ${names}.`
      : `operationName is required to select an operation: the document has ${names}.`
    throw badOperation(message)
  }
  // Validation permits an operation on a root type that the schema lacks.
  const isServed = definition.operation !== 'subscription' && clientSchema.getRootType(definition.operation)
  if (!isServed) throw badOperation(`This graph serves no ${definition.operation}.`)
  return { definition, fragments: reachedFragments(definition, document) }
}

function badOperation(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } })
}

function reachedFragments(
  operation: OperationDefinitionNode,
  document: DocumentNode,
): Operation['fragments'] {
  const all = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) all.set(node.name.value, node)
  }
  const reached: Record<string, FragmentDefinitionNode> = Object.create(null)
  if (all.size === 0) return reached
  const follow = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = all.get(name.value)
        if (!fragment || name.value in reached) return
        reached[name.value] = fragment
        follow(fragment)
      },
    })
  }
  follow(operation)
  return reached
}

/** The fragments and the operation as one list, the operation first. */
export function definitionsOf({ definition, fragments }: Operation) {
  return [definition, ...Object.values(fragments)]
}

/**
 * Visits every field of an operation and its fragments once, with its coordinate. The result of `replace`
 * takes the field's place; undefined keeps it. Introspection fields have no coordinate and are skipped.
 */
export function mapFields(
  operation: Operation,
  { clientSchema }: LoadedSupergraph,
  replace: (field: FieldNode, coordinate: string, typeInfo: TypeInfo) => FieldNode | undefined,
): Operation {
  const typeInfo = new TypeInfo(clientSchema)
  const visitor = visitWithTypeInfo(typeInfo, {
    Field(field) {
      const owner = typeInfo.getParentType()
      return owner ? replace(field, `${owner.name}.${field.name.value}`, typeInfo) : undefined
    },
  })
  const definition = visit(operation.definition, visitor)
  const fragments = Object.values(operation.fragments).map((fragment) => visit(fragment, visitor))
  return {
    definition,
    fragments: Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])),
  }
}

/** The fields of an operation with an authorization requirement, each coordinate once. */
export function askedFields(operation: Operation, supergraph: LoadedSupergraph): readonly AskedField[] {
  if (supergraph.requirements.size === 0) return []
  const asked = new Map<string, AskedField>()
  mapFields(operation, supergraph, (_, coordinate) => {
    const requirement = supergraph.requirements.get(coordinate)
    if (requirement) asked.set(coordinate, { coordinate, requirement })
    return undefined
  })
  return [...asked.values()]
}
