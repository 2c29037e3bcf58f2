import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../repository.ts'
import { connectionForm, pagingArguments } from './connections.ts'
import { descriptions } from './descriptions.ts'
import { federationLink, moneyTypes, sharedBlock } from './federation.ts'
import { listSizes } from './list-sizes.ts'
import { mutationForm, mutationSafety, staffChanges } from './mutations.ts'
import {
  contributedFields,
  foreignReferences,
  ownColumns,
  rootFields,
  unownedEntities,
} from './nullability.ts'
import { outline, type SchemaOutline } from './schema-outline.ts'

/**
 * A convention of the graph: its requirement, and the violations in a schema (coordinate, colon, problem).
 */
export type Convention = { title: string; faults: (schema: SchemaOutline) => string[] }

const shared = readFileSync(path.join(root, 'subgraphs/kit/schema/shared.graphql'), 'utf8')

/** The graph conventions that a program can check. */
export const conventions: readonly Convention[] = [
  { title: 'federation v2.9 is linked, with exactly the directives used', faults: federationLink },
  { title: 'the shared block stands word for word', faults: sharedBlock(shared) },
  { title: 'everything has a description', faults: descriptions },
  { title: 'every entity has an owner', faults: unownedEntities },
  { title: 'A: a reference to an entity owned elsewhere is nullable', faults: foreignReferences },
  { title: 'B: a field added to a foreign entity is nullable', faults: contributedFields },
  { title: 'C: root fields are nullable', faults: rootFields },
  { title: 'D: columns of a row of one’s own are non-null', faults: ownColumns },
  { title: 'lists that can grow are connections with a bounded page', faults: pagingArguments },
  { title: 'connections and edges have one form', faults: connectionForm },
  { title: 'every list of objects has a size, by which its cost is told', faults: listSizes },
  { title: 'mutations take one input and answer a payload with userErrors', faults: mutationForm },
  { title: 'mutations can be repeated, or carry a key or a version', faults: mutationSafety },
  { title: 'changes by staff have an audit log', faults: staffChanges },
  { title: 'money is exact', faults: moneyTypes },
]

/** All violations in one subgraph's schema, each with its convention. */
export function conventionFaults(subgraph: string, sdl: string): string[] {
  const schema = outline(subgraph, sdl)
  return conventions.flatMap(({ title, faults }) => faults(schema).map((fault) => `${fault} (${title})`))
}
