// Also tested in run-generated.test.ts: the test checks the response that the code writes.

import { type GraphQLObjectType, isObjectType, Kind, parse, type SelectionSetNode } from 'graphql'
import type { EntityFetch, EntityLane, PlanPath, RootFetch, Step } from '../../planning/plan.ts'
import { type Requiring, requiredFields } from '../entities/compile-representation.ts'
import {
  type Request,
  requestOf,
  type Shape,
  type ShapeContext,
  type ShapeMaker,
  type Source,
  shapeMaker,
  sourceOf,
  unsuitable,
} from './object-shapes.ts'

/** A lane: one `_entities` field of a request, or its root fields, with the objects that it completes. */
export type Lane = {
  readonly number: number
  /** Response name and variable of the `_entities`; null: root fields. */
  readonly entities: Pick<EntityLane, 'alias' | 'variable'> | null
  readonly targets: readonly Target[]
}

/** Objects of one shape that are completed. */
export type Target = {
  readonly shape: Shape
  readonly part: Shape
  readonly representation: readonly Required[]
}

/** A key of a representation, or of an object in it. */
export type Required = {
  readonly as: string
  /** null: the name of the type. */
  readonly source: Source | null
  /** For each shape of the source's field. */
  readonly below: readonly (readonly Required[])[]
}

/** The responses of a program's requests, and the objects that they complete. */
export type Layout = {
  readonly shapes: readonly Shape[]
  /** The root of the merged data: it has nothing but parts. */
  readonly root: Shape
  /** The lanes of each step. */
  readonly steps: readonly (readonly Lane[])[]
}

/** @param steps each after those that it waits for. @throws Unsuitable */
export function layOut(steps: readonly Step[], rootType: GraphQLObjectType, context: ShapeContext): Layout {
  const shapes: Shape[] = []
  const make = shapeMaker(context, shapes)
  const root = emptyRoot(rootType, shapes)
  const builder: Builder = { root, make, context, stepOfLane: [], before: ancestors(steps) }
  const laidOut = steps.map(({ fetch }, index) => {
    const request = requestOf(parse(fetch.operation, { noLocation: true }))
    return fetch.kind === 'root'
      ? [rootLane(fetch, request, index, builder)]
      : entityLanes(fetch, request, index, builder)
  })
  return { shapes, root, steps: laidOut }
}

type Builder = {
  readonly root: Shape
  readonly make: ShapeMaker
  readonly context: ShapeContext
  /** By the number of the lane. */
  readonly stepOfLane: number[]
  /** For each step, those that are over when it begins. */
  readonly before: readonly ReadonlySet<number>[]
}

function emptyRoot(type: GraphQLObjectType, shapes: Shape[]): Shape {
  const root = {
    id: shapes.length,
    type,
    fields: new Map(),
    paths: new Set(['']),
    parts: new Map(),
    isRequired: false,
    shown: [],
  }
  shapes.push(root)
  return root
}

function ancestors(steps: readonly Step[]): readonly ReadonlySet<number>[] {
  const all: Set<number>[] = []
  for (const { after } of steps) {
    const before = new Set<number>()
    for (const step of after) {
      const index = steps.indexOf(step)
      before.add(index)
      for (const further of all[index] ?? []) before.add(further)
    }
    all.push(before)
  }
  return all
}

function newLane(step: number, { stepOfLane }: Builder): number {
  return stepOfLane.push(step) - 1
}

function rootLane(
  { path, outputRewrites }: RootFetch,
  request: Request,
  step: number,
  builder: Builder,
): Lane {
  if (path.length > 0) unsuitable('root fields are fetched below the root')
  if (outputRewrites.length > 0) unsuitable('a subgraph response is rewritten')
  const { root, make } = builder
  const number = newLane(step, builder)
  const part = make([request.root], root.type, root.paths, request)
  root.parts.set(number, part)
  return { number, entities: null, targets: [{ shape: root, part, representation: [] }] }
}

function entityLanes({ lanes }: EntityFetch, request: Request, step: number, builder: Builder): Lane[] {
  const fields = request.root.selections.map((selection) => {
    const isEntities = selection.kind === Kind.FIELD && selection.name.value === '_entities'
    return isEntities ? selection : unsuitable('a request selects more than entities')
  })
  return fields.map((field) => {
    const alias = (field.alias ?? field.name).value
    const lane = lanes.find((candidate) => candidate.alias === alias)
    if (!lane || !field.selectionSet) throw new Error(`a request asks for ${alias}, and its lanes lack it`)
    if (lane.inputRewrites.length + lane.outputRewrites.length + lane.contexts.length > 0)
      unsuitable('entities are rewritten, or depend on their parent objects')
    return entityLane(lane, field.selectionSet, request, step, builder)
  })
}

function entityLane(
  { alias, variable, paths, requires }: EntityLane,
  selectionSet: SelectionSetNode,
  request: Request,
  step: number,
  builder: Builder,
): Lane {
  const isThere = (lane: number) => builder.before[step]?.has(builder.stepOfLane[lane] ?? -1) ?? false
  const reached = objectsAt(paths, builder, isThere)
  const requiring: Requiring = builder.context
  const byType = Map.groupBy(reached, ({ type }) => type)
  const parts = new Map<GraphQLObjectType, Shape>()
  for (const [type, shapes] of byType) {
    const all = new Set(shapes.flatMap(({ paths: own }) => [...own]))
    parts.set(type, builder.make([selectionSet], type, all, request))
  }
  const number = newLane(step, builder)
  const targets = [...reached].map((shape): Target => {
    const part = parts.get(shape.type)
    if (!part) throw new Error('every type has its part')
    return { shape, part, representation: requiredOf(requires, shape, isThere, requiring) }
  })
  for (const { shape, part } of targets) shape.parts.set(number, part)
  return { number, entities: { alias, variable }, targets }
}

type Requires = EntityLane['requires']

function requiredOf(
  requires: Requires,
  shape: Shape,
  isThere: (lane: number) => boolean,
  requiring: Requiring,
): readonly Required[] {
  return [...requiredFields(requires, shape.type.name, requiring)].map(([as, { name, below }]) => {
    if (name === '__typename') return { as, source: null, below: [] }
    const source = sourceOf(shape, name, isThere)
    if (!source) return unsuitable(`no request returns ${shape.type.name}.${name}`)
    const shapes = below ? source.field.shapes : []
    for (const read of shapes) read.isRequired = true
    return { as, source, below: shapes.map((read) => requiredOf(below ?? [], read, isThere, requiring)) }
  })
}

/** The shapes of the objects at paths, in their order. */
function objectsAt(
  paths: readonly PlanPath[],
  { root, context }: Builder,
  isThere: (lane: number) => boolean,
): ReadonlySet<Shape> {
  const reachedBy = new Map<Shape, Set<string>>()
  for (const path of paths) {
    let shapes: readonly Shape[] = [root]
    let text = ''
    for (const step of path) {
      if (step.kind === 'field') {
        text += `.${step.name}`
        shapes = shapes.flatMap((shape) => sourceOf(shape, step.name, isThere)?.field.shapes ?? [])
      } else if (step.kind === 'types') {
        shapes = shapes.filter(({ type }) => step.names.some((name) => context.isOfType(type.name, name)))
      }
    }
    for (const shape of shapes) {
      const texts = reachedBy.get(shape) ?? new Set()
      reachedBy.set(shape, texts.add(text))
    }
  }
  // A lane completes an object at every place of it.
  for (const [shape, texts] of reachedBy) {
    if ([...shape.paths].some((path) => !texts.has(path)))
      unsuitable(`${shape.type.name} objects are shared by paths with different selections`)
  }
  return new Set(reachedBy.keys())
}

/** The root type of an operation in the supergraph. */
export function rootTypeOf({ supergraphSchema }: ShapeContext, name: string): GraphQLObjectType {
  const type = supergraphSchema.getType(name)
  return isObjectType(type) ? type : unsuitable(`the supergraph has no type ${name}`)
}
