import { type GraphQLSchema, isAbstractType } from 'graphql'
import { linkedNames } from '../../operation/linked-names.ts'
import { fieldSetReader } from './field-sets.ts'
import { argumentsOf, graphNames } from './join-directives.ts'
import type { OwnedType, Ownership } from './owned-type.ts'
import { readType } from './read-type.ts'

/**
 * Reads the join directives (https://specs.apollo.dev/join/v0.5) of each type on first use.
 * @param labels the labelled overrides that apply.
 */
export function ownershipOf(supergraphSchema: GraphQLSchema, labels: ReadonlySet<string>): Ownership {
  const reading = {
    ...{ schema: supergraphSchema, graphs: graphNames(supergraphSchema), labels },
    fieldSet: fieldSetReader(supergraphSchema),
  }
  const types = new Map<string, OwnedType>()
  const holders = new Map<string, Set<string>>()
  const contextDirective = linkedNames(supergraphSchema, 'context')?.('context') ?? 'context'
  for (const type of Object.values(supergraphSchema.getTypeMap())) {
    for (const { name: context } of argumentsOf(type.astNode, contextDirective)) {
      const known = holders.get(String(context)) ?? new Set()
      holders.set(String(context), known.add(type.name))
      // An interface or a union sets the context for objects of all its types.
      if (isAbstractType(type))
        for (const { name } of supergraphSchema.getPossibleTypes(type)) known.add(name)
    }
  }
  const all = new Set([...holders.values()].flatMap((names) => [...names]))
  return {
    type(name) {
      let known = types.get(name)
      if (!known) {
        known = readType(name, reading)
        types.set(name, known)
      }
      return known
    },
    holders: (context) => holders.get(context) ?? NOBODY,
    isHolder: (type) => all.has(type),
  }
}

const NOBODY: ReadonlySet<string> = new Set()
