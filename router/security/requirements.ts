import {
  baseType,
  type Directive,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type NamedType,
  type Schema,
  type Supergraph,
} from '@apollo/federation-internals'
import { both, type Requirement, type ScopeChoice } from './requirement.ts'

/** Requirements of the graph's fields, by coordinate `Type.field`. A field without one is absent. */
export type Requirements = ReadonlyMap<string, Requirement>

/** The specifications whose directives restrict access, by the identity that a supergraph links them under. */
const AUTHENTICATED = 'https://specs.apollo.dev/authenticated'
const REQUIRES_SCOPES = 'https://specs.apollo.dev/requiresScopes'
const POLICY = 'https://specs.apollo.dev/policy'

type OwnRequirement = (element: { readonly appliedDirectives: readonly Directive[] }) => Requirement | null

/**
 * Reads the access directives of a supergraph. The requirement of a field consists of its own directives,
 * those of its type and of its return type, and, on an interface, those of all implementations' fields of
 * that name: composition has copied these to interfaces since 2.9.5, other composers do not.
 */
export function requirementsOf({ schema }: Supergraph): Requirements {
  const own = ownRequirement(schema)
  const found = new Map<string, Requirement>()
  const returned = (type: NamedType) =>
    isObjectType(type) || isInterfaceType(type) || isEnumType(type) || isScalarType(type) ? own(type) : null
  const note = (coordinate: string, requirement: Requirement | null) => {
    const all = both(found.get(coordinate) ?? null, requirement)
    if (all) found.set(coordinate, all)
  }
  for (const type of [...schema.objectTypes(), ...schema.interfaceTypes()]) {
    for (const field of type.fields()) {
      const asked = both(both(own(type), own(field)), field.type ? returned(baseType(field.type)) : null)
      note(`${type.name}.${field.name}`, asked)
      if (isObjectType(type)) {
        for (const { name } of type.interfaces()) note(`${name}.${field.name}`, asked)
      }
    }
  }
  return onlyExisting(found, schema)
}

/** An object has fields that its interface lacks. Those coordinates do not exist on the interface. */
function onlyExisting(found: Map<string, Requirement>, schema: Schema): Requirements {
  for (const coordinate of found.keys()) {
    const [type = '', field = ''] = coordinate.split('.')
    const owner = schema.type(type)
    if (owner && isInterfaceType(owner) && !owner.field(field)) found.delete(coordinate)
  }
  return found
}

/** A link may rename a directive, so its name is looked up by the identity of its specification. */
function ownRequirement(schema: Schema): OwnRequirement {
  const nameOf = (identity: string, directive: string) =>
    schema.coreFeatures?.getByIdentity(identity)?.directiveNameInSchema(directive)
  const authenticated = nameOf(AUTHENTICATED, 'authenticated')
  const requiresScopes = nameOf(REQUIRES_SCOPES, 'requiresScopes')
  const policy = nameOf(POLICY, 'policy')
  return ({ appliedDirectives }) => {
    let asked: Requirement | null = null
    for (const directive of appliedDirectives) {
      const { name } = directive
      if (name === authenticated) asked = both(asked, { choices: [], closed: false })
      else if (name === policy) asked = both(asked, { choices: [], closed: true })
      else if (name === requiresScopes) {
        // The directive's definition, checked when the supergraph was built, declares scopes as [[Scope!]!]!.
        const { scopes } = directive.arguments() as { scopes: ScopeChoice }
        asked = both(asked, { choices: [scopes], closed: false })
      }
    }
    return asked
  }
}
