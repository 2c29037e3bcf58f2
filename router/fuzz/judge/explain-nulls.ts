import { execute, type GraphQLOutputType, isListType, isNonNullType, responsePathAsArray } from 'graphql'
import type { Facts, Instance } from '../world/field-values.ts'
import type { RequiredField } from '../world/world.ts'
import { type Loss, type Losses, lossKey, OBJECT, TYPE } from './lost-values.ts'
import { resolverOf } from './oracle.ts'
import { cut, isWithin, lostAt, type Path } from './path.ts'
import { type Answer, isCutShort, type Question } from './question.ts'

/** A field of the correct response, and the values that are needed to resolve it. */
type Place = {
  readonly path: Path
  readonly concrete: string
  readonly number: number
  readonly name: string
  /**
   * The field of the enclosing entity, for a value without a key: without this field or the entity's key, the
   * value cannot be fetched.
   */
  readonly within: Place | null
}

/** Key fields. Without one of them, no further field of the object can be fetched. */
const IDENTITY = ['id', 'code', 'zone', 'box', 'tag', TYPE]

/**
 * Checks that every null in place of a value is explained by a lost value: of the field itself, of a field
 * that it requires, of the key or type of its object, or of a field below, from which the null propagated.
 * @returns the first unexplained null, or one without an error although an error arrived; null if there is
 * none.
 */
export async function unexplained(
  question: Question,
  answer: Answer,
  losses: Losses,
): Promise<string | null> {
  const missing = lostAt(JSON.parse(question.right.text), answer.data)
  if (missing.length === 0) return null
  const { places, strict } = await placesOf(question)
  const landings = new Map<string, Set<Loss>>()
  for (const place of places) {
    const kinds = lossesOf(question.facts, place, losses)
    if (kinds.length === 0) continue
    const at = landing(place.path, strict).join('.')
    landings.set(at, new Set([...(landings.get(at) ?? []), ...kinds]))
  }
  const reported = answer.errors.map(({ path = [] }) => cut(answer.data, path))
  const isCut = isCutShort(answer)
  const isCallReported = answer.errors.some(({ extensions }) => extensions?.code === 'SUBGRAPH_UNAVAILABLE')
  for (const path of missing) {
    const kinds = landings.get(path.join('.'))
    if (!kinds) return `${path.join('.')} is null for no reason`
    const isReported = reported.some((one) => isWithin(path, one) || (one.length > 0 && isWithin(one, path)))
    const mayBeSilent = isCut || kinds.has('silent') || (kinds.has('call') && isCallReported)
    if (!isReported && !mayBeSilent) return `${path.join('.')} is null and no error says why`
  }
  return null
}

/** All fields and objects of the correct response, and the paths of its non-null fields. */
async function placesOf({ facts, schema, document, variables }: Question) {
  const places: Place[] = []
  const strict = new Set<string>()
  const resolve = resolverOf(facts)
  const ofEntities = new Map<string, Place>()
  const place = (path: Path, concrete: string, number: number, name: string) => {
    const isOfEntity = isEntity(facts, concrete)
    const above = path.map((_, index) => ofEntities.get(path.slice(0, index).join('.')))
    const within = (isOfEntity ? null : above.findLast((one) => one !== undefined)) ?? null
    const made: Place = { path, concrete, number, name, within }
    if (isOfEntity && name !== TYPE) ofEntities.set(path.join('.'), made)
    places.push(made)
  }
  const note = (value: unknown, type: GraphQLOutputType, path: Path) => {
    if (value === null) return
    if (isNonNullType(type)) strict.add(path.join('.'))
    const inner = isNonNullType(type) ? type.ofType : type
    if (Array.isArray(value) && isListType(inner)) {
      for (const [index, element] of value.entries()) note(element, inner.ofType, [...path, index])
    } else if (typeof value === 'object' && 'concrete' in value) {
      // Checked on the line above.
      const { concrete, number } = value as Instance
      place(path, concrete, number, TYPE)
    }
  }
  await execute({
    schema,
    document,
    variableValues: variables,
    fieldResolver(source, args, context, info) {
      const value = resolve(source, args, context, info)
      const { concrete = info.parentType.name, number = 0 } = source ?? {}
      const path = responsePathAsArray(info.path)
      place(path, concrete, number, info.fieldName)
      note(value, info.returnType, path)
      return value
    },
  })
  return { places, strict }
}

function isEntity({ world }: Facts, concrete: string): boolean {
  return world.entities.some(({ name }) => name === concrete)
}

/** The losses of the values that a field depends on; none if nothing was lost. */
function lossesOf(facts: Facts, place: Place, losses: Losses): readonly Loss[] {
  const needed = [place, ...(place.within ? [place.within] : [])].flatMap((one) => [
    one,
    ...requirementsOf(facts, one).flatMap((field) => requiredPlaces(facts, one, field)),
  ])
  return needed.flatMap(({ concrete, number, name }) => {
    const names = [
      name,
      OBJECT,
      ...(isEntity(facts, concrete) ? IDENTITY : []),
      ...(name === TYPE ? contextFieldsOf(facts, concrete) : []),
    ]
    return names.flatMap((one) => [...(losses.get(lossKey({ concrete, number, name: one })) ?? [])])
  })
}

/** Fields of an object that set contexts. If one is non-null, its loss makes the object null. */
function contextFieldsOf({ world }: Facts, concrete: string): readonly string[] {
  return world.entities
    .flatMap(({ fields }) => fields)
    .flatMap(({ context }) => context?.holders ?? [])
    .flatMap(({ name, field }) => (name === concrete ? [field] : []))
}

/**
 * Requirements of a field and of the other fields of its object in the same subgraph, since Hive's planner
 * fetches all of them at once; and their requirements in turn.
 */
function requirementsOf(
  facts: Facts,
  { concrete, name }: Pick<Place, 'concrete' | 'name'>,
  seen = new Set<string>(),
): readonly RequiredField[] {
  if (seen.has(name)) return []
  seen.add(name)
  const { owners = [] } = facts.field(concrete, name) ?? {}
  const { fields = [] } = facts.world.entities.find((entity) => entity.name === concrete) ?? {}
  const ofObjects = facts.world.abstracts.flatMap(({ members, asObject }) =>
    asObject && members.includes(concrete) ? asObject.fields : [],
  )
  return [...fields, ...ofObjects]
    .filter((field) => field.owners.some((owner) => owners.includes(owner)))
    .flatMap(({ requires }) => requires?.fields ?? [])
    .flatMap((field) => [field, ...requirementsOf(facts, { concrete, name: field.name }, seen)])
}

/** A required field, and the required fields of the objects that it returns. */
function requiredPlaces(facts: Facts, { concrete, number }: Place, field: RequiredField): readonly Place[] {
  const { name, argument, nested } = field
  const args = argument ? { [argument.name]: argument.value } : {}
  const value = nested ? facts.value(concrete, number, name, args) : null
  // A field with nested fields returns instances.
  const objects = [value].flat(2).filter((one) => one !== null) as Instance[]
  const below = objects.flatMap((object) =>
    [TYPE, ...(nested ?? []).map((one) => one.name)].map((one) => ({
      ...object,
      path: [],
      name: one,
      within: null,
    })),
  )
  return [{ path: [], concrete, number, name, within: null }, ...below]
}

/** The path to which a null propagates from a path. */
function landing(path: Path, strict: ReadonlySet<string>): Path {
  let at = path
  while (at.length > 0 && strict.has(at.join('.'))) at = at.slice(0, -1)
  return at
}
