// Tested in run-generated.test.ts: the test runs the generated code.

import type { GraphQLObjectType, SelectionSetNode } from 'graphql'
import type { Step } from '../../planning/plan.ts'
import type { Projecting } from '../response/selection-path.ts'
import { readers } from './emit-readers.ts'
import { representationCode } from './emit-representations.ts'
import { answerPieces, type Kept } from './emit-response.ts'
import * as scanner from './json-scanner.ts'
import { type Shape, type ShapeContext, unsuitable } from './object-shapes.ts'
import { answerOf } from './response-fields.ts'
import { type Lane, layOut } from './response-layout.ts'
import { newSource, type Source } from './source-builder.ts'
import { expressionOf } from './template-parts.ts'

/** An object that a subgraph sent: its values as text, under names of the code's own. */
export type TextObject = object

/** The objects that were read, by the number of their shape: those that some request completes. */
export type ObjectsByShape = readonly TextObject[][]

/** The generated code of a program that leaves values as the text that subgraphs sent. */
export type TextCode = {
  readonly shapeCount: number
  /** For each step. */
  readonly steps: readonly (readonly LaneCode[])[]
  newRoot(): TextObject
  /** Sets the target of the values that are read from here on. */
  gatherIn(gathered: ObjectsByShape): void
  /** The text of `data`. @throws MISMATCH where a part is missing that may not be. */
  write(root: TextObject): string
}

export type GeneratedText = { readonly code: TextCode; readonly source: string }

export type LaneCode = {
  /** Response text before the list of entities; null for root fields. */
  readonly alias: string | null
  /** `"variable":` */
  readonly label: string
  readonly targets: readonly TargetCode[]
  /** The same number for lanes that need the same of the same objects. */
  readonly alike: number
  /** Completes each object with the part at its index. */
  attach(
    objects: readonly TextObject[],
    indexes: readonly number[],
    parts: readonly (TextObject | null)[],
  ): void
  /** Takes the parts from the objects that it completed. */
  detach(objects: readonly TextObject[]): void
}

export type TargetCode = {
  readonly shape: number
  /** The same for objects of one type. */
  readonly typename: string
  /** A value that two objects of a type have in common when their representations are the same. @throws MISMATCH */
  key(object: TextObject): unknown
  /** Whether the representations of two objects are the same, if their keys are. @throws MISMATCH */
  isAlike(object: TextObject, other: TextObject): boolean
  /** Its representation. @throws MISMATCH where it lacks something. */
  represent(object: TextObject): string
  /** Reads what completes it. */
  read(): TextObject
}

/**
 * Generates the code of a program.
 * @param steps each after those that it waits for.
 * @throws Unsuitable
 */
export function generateText(
  steps: readonly Step[],
  selectionSet: SelectionSetNode,
  rootType: GraphQLObjectType,
  context: ShapeContext,
  projecting: Projecting,
): GeneratedText {
  const layout = layOut(steps, rootType, context)
  const answer = answerOf(layout.root, [selectionSet], projecting)
  const source = newSource(() => unsuitable('its code would be too long'))
  const keeping: Keeping = { functions: new Map(), count: 0 }
  const write = expressionOf(answerPieces(answer, 'root', '', source, keeper(keeping, source)))
  const { object } = readers(source, projecting.schema)
  const alike = new Map<string, number>()
  const laneCodes = layout.steps.map(
    (lanes) => `[${lanes.map((lane) => laneCode(lane, object, alike, keeping, source))}]`,
  )
  for (const shape of layout.shapes) source.add(objectClass(shape, keeping))
  source.add(HELPERS)
  const code = source.run(
    { ...scanner },
    `{
  steps: [${laneCodes.join(',\n')}],
  newRoot: () => new Object${layout.root.id}(),
  gatherIn: (objects) => {
    gathered = objects
    items.length = 0
  },
  write(root) {
    kept = Array.from({ length: ${keeping.count} }, () => [])
    const text = ${write}
    kept = null
    return text
  },
}`,
  )
  // The code is of this form, as it was just written.
  const made = code as Pick<TextCode, 'steps' | 'newRoot' | 'gatherIn' | 'write'>
  return { code: { shapeCount: layout.shapes.length, ...made }, source: source.text() }
}

/** The functions that keep what they write, by the shape that they write something of and what that is. */
type Keeping = { readonly functions: Map<Shape, Map<string, string>>; count: number }

/**
 * State is kept beside the objects, by their number: those may have become old, for the garbage collector, and what
 * hangs on old objects outlives them. That was half of a request's cost with fifty under way.
 */
function keeper(keeping: Keeping, source: Source): Kept {
  return (shape, text, absent) => {
    const ofShape = keeping.functions.get(shape) ?? new Map<string, string>()
    keeping.functions.set(shape, ofShape)
    const known = ofShape.get(`${text} ${absent}`)
    if (known) return known
    const name = source.newName('part')
    source.add([
      `function ${name}(part) { // ${shape.type.name}`,
      `  if (part === null || part === undefined) return ${absent}`,
      `  return kept[${keeping.count++}][part.number] ??= ${text}`,
      '}',
    ])
    ofShape.set(`${text} ${absent}`, name)
    return name
  }
}

const HELPERS = [
  'let gathered = null',
  'let kept = null',
  'function part(object) { return object ?? mismatch() }',
  // Lists of three are lists of three: one that grows by itself takes seventeen places with its first element.
  'const items = []',
  'function taken(first) {',
  '  const list = items.slice(first)',
  '  items.length = first',
  '  return list',
  '}',
]

/** Every object of a shape has the same properties from its beginning: that makes reading them fast. */
function objectClass(shape: Shape, { functions }: Keeping): readonly string[] {
  const { id, type, fields, parts } = shape
  const slots = [...fields.values()].filter((field) => field.type !== null).map(({ slot }) => slot)
  return [
    `class Object${id} { // ${type.name}`,
    `  constructor(${slots.join(', ')}) {`,
    ...slots.map((slot) => `    this.${slot} = ${slot}`),
    ...[...parts.keys()].map((lane) => `    this.lane${lane} = undefined`),
    ...(functions.has(shape) ? ['    this.number = 0'] : []),
    '  }',
    '}',
    `Object${id}.prototype.shape = ${id}`,
  ]
}

function laneCode(
  { number, entities, targets }: Lane,
  read: (shape: Shape) => string,
  alike: Map<string, number>,
  { functions }: Keeping,
  source: Source,
): string {
  const isNumbered = targets.some(({ part }) => functions.has(part))
  let needs = ''
  const targetCodes = targets.map(({ shape, part, representation }) => {
    const { whole, key, isAlike } = representationCode(representation, shape.type.name, source)
    needs += `${shape.id} ${whole}\n`
    return `{
    shape: ${shape.id},
    typename: ${JSON.stringify(shape.type.name)},
    key: (object) => ${key},
    isAlike: (object, other) => ${isAlike},
    represent: (object) => ${whole},
    read: ${read(part)},
  }`
  })
  return `{
  alias: ${JSON.stringify(entities?.alias ?? null)},
  label: ${JSON.stringify(`${JSON.stringify(entities?.variable ?? '')}:`)},
  targets: [${targetCodes.join(', ')}],
  alike: ${numberOf(needs, alike)},
  attach(objects, indexes, parts) {
    ${isNumbered ? 'for (let index = 0; index < parts.length; index++) if (parts[index] !== null) parts[index].number = index' : ''}
    for (let index = 0; index < objects.length; index++) objects[index].lane${number} = parts[indexes[index]]
  },
  detach(objects) {
    for (let index = 0; index < objects.length; index++) objects[index].lane${number} = undefined
  },
}`
}

function numberOf(text: string, numbers: Map<string, number>): number {
  const number = numbers.get(text) ?? numbers.size
  numbers.set(text, number)
  return number
}
