import { type GraphQLNamedType, getNamedType, isAbstractType, isCompositeType, isEnumType } from 'graphql'
import { type Annotations, type Field, inheritedFields, memberFields } from './annotations.ts'

/** By default (IBM cost specification, section 7.1; Apollo's demand control) an object costs 1, a scalar or enum nothing. */
const OBJECT_WEIGHT = 1
/** Weight of an object of introspection, which the router itself resolves. */
const INTROSPECTION_WEIGHT = 0.1

export type Weights = {
  /** Weight of one object or value that a field returns. An abstract type weighs as its dearest member (section 7.2). */
  ofField(parent: GraphQLNamedType, field: Field): number
  /** Weight of one given scalar or enum value. @param enumValue its name, where it is one of an enum. */
  ofInput(type: GraphQLNamedType, enumValue?: string): number
  /** Whether `ofInput` is 0 for every value. */
  isFree(type: GraphQLNamedType): boolean
}

export function weightsOf(annotations: Annotations): Weights {
  const { schema, weightOf } = annotations
  const known = new Map<string, number>()
  const ofType = (type: GraphQLNamedType): number => {
    const weight = known.get(type.name) ?? computed(type)
    known.set(type.name, weight)
    return weight
  }
  const computed = (type: GraphQLNamedType): number => {
    // `@cost` stands at no abstract type.
    if (isAbstractType(type)) return dearest(schema.getPossibleTypes(type).map(ofType)) ?? OBJECT_WEIGHT
    const own = weightOf(type)
    if (own !== undefined) return own
    if (isCompositeType(type)) return type.name.startsWith('__') ? INTROSPECTION_WEIGHT : OBJECT_WEIGHT
    return isEnumType(type) ? (dearest(type.getValues().map(weightOf)) ?? 0) : 0
  }
  const ofField = (parent: GraphQLNamedType, field: Field): number => {
    const own = weightOf(field)
    const members = memberFields(annotations, parent, field.name)
    if (members.length > 0)
      return dearest([own, ...members.map((member) => ofField(member.owner, member.field))]) ?? 0
    const given = own ?? dearest(inheritedFields(parent, field.name).map(weightOf))
    return given ?? ofType(getNamedType(field.type))
  }
  const ofInput = (type: GraphQLNamedType, enumValue?: string): number => {
    if (!isEnumType(type)) return ofType(type)
    const value = enumValue === undefined ? undefined : type.getValue(enumValue)
    return (value && weightOf(value)) ?? weightOf(type) ?? 0
  }
  return {
    ofField,
    ofInput,
    isFree: (type) =>
      (isEnumType(type) ? type.getValues().map(({ name }) => ofInput(type, name)) : [ofInput(type)]).every(
        (weight) => weight === 0,
      ),
  }
}

function dearest(weights: readonly (number | undefined)[]): number | undefined {
  const given = weights.filter((weight) => weight !== undefined)
  return given.length > 0 ? Math.max(...given) : undefined
}
