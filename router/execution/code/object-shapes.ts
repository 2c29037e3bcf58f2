// Tested in run-generated.test.ts: the test checks the values that the code takes.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { responseNameOf } from '../../operation/response-keys.ts'
import type { IsOfType } from '../type-names.ts'

/** Fields of objects of one type in one selection of one request. */
export type Shape = {
  /** Its number among the shapes of a program. */
  readonly id: number
  readonly type: GraphQLObjectType
  /** By key, in the order in which a subgraph sends them (7.2.2, Serialized Map Ordering). */
  readonly fields: ReadonlyMap<string, ShapeField>
  /** Every path of the merged data at which such objects stand: keys, each after a dot. */
  readonly paths: ReadonlySet<string>
  /** Fields that other requests add, by the number of the lane. */
  readonly parts: Map<number, Shape>
  /** Whether something is to be read of them but for the answer. */
  isRequired: boolean
  /** For each path of the response, whether the received text can be copied unchanged. */
  readonly shown: boolean[]
}

export type ShapeField = {
  readonly key: string
  /** null: `__typename`, which follows from the shape. */
  readonly type: GraphQLOutputType | null
  /** The property that holds its value. */
  readonly slot: string
  /** One for each type that the objects may be of; none where it holds leaves. */
  readonly shapes: readonly Shape[]
}

/** Thrown if an operation cannot be run on JSON text; `--explain` prints the reason. */
export class Unsuitable extends Error {
  override readonly name = 'Unsuitable'
}

export function unsuitable(why: string): never {
  throw new Unsuitable(why)
}

/** With more of them, code for all costs more than it can save. */
const MAX_SHAPES = 400

export type ShapeContext = {
  readonly supergraphSchema: GraphQLSchema
  readonly isOfType: IsOfType
}

/** The selections of one request, which have no conditions: those are known where requests are planned. */
export type Request = {
  readonly root: SelectionSetNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

export function requestOf({ definitions }: DocumentNode): Request {
  const operation = definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  )
  if (!operation) throw new Error('a fetch has no operation')
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  return {
    root: operation.selectionSet,
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
  }
}

export type ShapeMaker = (
  selectionSets: readonly SelectionSetNode[],
  type: GraphQLObjectType,
  paths: ReadonlySet<string>,
  request: Request,
) => Shape

/** @param all takes every shape that is made. */
export function shapeMaker({ supergraphSchema, isOfType }: ShapeContext, all: Shape[]): ShapeMaker {
  const fieldsOf = (
    selectionSets: readonly SelectionSetNode[],
    type: GraphQLObjectType,
    request: Request,
  ): ReadonlyMap<string, FieldNode[]> => {
    const fields = new Map<string, FieldNode[]>()
    const visit = (selection: SelectionNode) => {
      if (selection.kind === Kind.FIELD) {
        const key = responseNameOf(selection)
        fields.set(key, [...(fields.get(key) ?? []), selection])
        return
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : request.fragments.get(selection.name.value)
      if (!fragment) unsuitable('a request lacks one of its fragments')
      const on = fragment.typeCondition?.name.value
      if (on === undefined || isOfType(type.name, on)) fragment.selectionSet.selections.forEach(visit)
    }
    for (const { selections } of selectionSets) selections.forEach(visit)
    return fields
  }
  const make: ShapeMaker = (selectionSets, type, paths, request) => {
    if (all.length === MAX_SHAPES) unsuitable(`it has more than ${MAX_SHAPES} places`)
    const fields = new Map<string, ShapeField>()
    const shape = { id: all.length, type, fields, paths, parts: new Map(), isRequired: false, shown: [] }
    all.push(shape)
    for (const [key, nodes] of fieldsOf(selectionSets, type, request)) {
      fields.set(key, fieldOf(key, nodes, shape, request))
    }
    if (fields.size === 0) unsuitable(`a selection of ${type.name} is empty`)
    return shape
  }
  const fieldOf = (key: string, nodes: readonly FieldNode[], parent: Shape, request: Request): ShapeField => {
    const name = nodes[0]?.name.value ?? ''
    const slot = `f${parent.fields.size}`
    if (name === '__typename') return { key, type: null, slot, shapes: [] }
    const definition = parent.type.getFields()[name]
    if (!definition) return unsuitable(`the supergraph has no ${parent.type.name}.${name}`)
    const named = getNamedType(definition.type)
    if (isLeafType(named)) return { key, type: definition.type, slot, shapes: [] }
    const paths = new Set([...parent.paths].map((path) => `${path}.${key}`))
    const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const types = isObjectType(named) ? [named] : possibleTypes(named)
    const shapes = types.map((type) => make(below, type, paths, request))
    if (!isObjectType(named) && !shapes.every(tellsTypeFirst))
      unsuitable(`objects of ${named.name} do not begin with __typename`)
    return { key, type: definition.type, slot, shapes }
  }
  const possibleTypes = (type: GraphQLOutputType) =>
    isAbstractType(type) ? supergraphSchema.getPossibleTypes(type) : []
  return make
}

function tellsTypeFirst({ fields }: Shape): boolean {
  const [first] = fields.values()
  return first?.key === '__typename' && first.type === null
}

/**
 * Whether a value is kept as one slice of text, however deep it is, since no part of it is needed separately.
 */
export function isText({ shapes }: ShapeField): boolean {
  const [only] = shapes
  return !only || (shapes.length === 1 && isVerbatim(only))
}

/** Whether every occurrence of such objects in the response is the unchanged text of the subgraph. */
export function isVerbatim({ isRequired, parts, shown, fields }: Shape): boolean {
  if (isRequired || parts.size > 0 || shown.length === 0 || shown.includes(false)) return false
  return [...fields.values()].every(isText)
}

/** Where a value of an object is found. */
export type Source = {
  /** The lane whose part of the object has it; null: the object itself. */
  readonly lane: number | null
  readonly shape: Shape
  readonly field: ShapeField
}

/** @param isThere whether the part that a lane adds has come by then. */
export function sourceOf(shape: Shape, key: string, isThere: (lane: number) => boolean): Source | null {
  const sources: Source[] = []
  const own = shape.fields.get(key)
  if (own) sources.push({ lane: null, shape, field: own })
  for (const [lane, part] of shape.parts) {
    const field = isThere(lane) ? part.fields.get(key) : undefined
    if (field) sources.push({ lane, shape: part, field })
  }
  const [first] = sources
  if (sources.length > 1 && first && first.field.shapes.length > 0)
    unsuitable(`${shape.type.name}.${key} comes from several requests`)
  return first ?? null
}
