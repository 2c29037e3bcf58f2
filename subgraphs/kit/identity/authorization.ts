import {
  type DirectiveNode,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
} from 'graphql'
import { forbidden, unauthenticated } from '../errors/errors.ts'
import { type Applied, argumentOf, federationDirectives, textOf } from './federation-directives.ts'
import { hasScope, type Viewer } from './identity.ts'

/** Alternative scope lists: the viewer needs all scopes of one list. */
type Alternatives = readonly (readonly string[])[]
type Rule = { readonly kind: 'authenticated' } | { readonly kind: 'scopes'; readonly anyOf: Alternatives }

function scopesOf(directive: DirectiveNode): Alternatives {
  const value = argumentOf(directive, 'scopes')
  if (value?.kind !== Kind.LIST) return []
  return value.values.map((all) => (all.kind === Kind.LIST ? all.values.map(textOf) : []))
}

function ruleOf({ name, node }: Applied): Rule[] {
  if (name === 'authenticated') return [{ kind: 'authenticated' }]
  return name === 'requiresScopes' ? [{ kind: 'scopes', anyOf: scopesOf(node) }] : []
}

/**
 * The rules that apply to a field: its own, its object's, those of the object's interfaces, and those of its
 * return type. (Composition refuses rules on interfaces; if one is present, it denies.)
 */
function rulesAround(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  directivesOf: ReturnType<typeof federationDirectives>,
): Rule[] {
  const promised = type.getInterfaces().flatMap((one) => [one, one.getFields()[field.name]])
  return [field, type, ...promised, getNamedType(field.type)]
    .flatMap((definition) => (definition ? directivesOf(definition) : []))
    .flatMap(ruleOf)
}

function check(rule: Rule, viewer: Viewer): void {
  if (viewer.kind === 'anonymous') throw unauthenticated()
  if (rule.kind === 'authenticated') return
  if (!rule.anyOf.some((all) => all.every((scope) => hasScope(viewer, scope)))) throw forbidden()
}

function guard(field: GraphQLField<unknown, { viewer: Viewer }>, rules: readonly Rule[]): void {
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = (source, args, context, info) => {
    for (const rule of rules) check(rule, context.viewer)
    return resolve(source, args, context, info)
  }
}

/**
 * Enforces `@authenticated` and `@requiresScopes` (Federation 2.5) in the subgraph: on fields, on their
 * object and on their return type. The router enforces them too; this does not rely on it.
 */
export function enforceAuthorization(schema: GraphQLSchema): GraphQLSchema {
  const directivesOf = federationDirectives(schema)
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const rules = rulesAround(type, field, directivesOf)
      if (rules.length > 0) guard(field, rules)
    }
  }
  return schema
}
