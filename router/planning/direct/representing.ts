import type { RequiredSelection, Rewrite } from '../plan.ts'
import type { FieldSet } from './field-sets.ts'
import type { Entry } from './owned-type.ts'

/**
 * Selections of representations. Equal inputs give the same object, since compiled representations are cached
 * by it.
 */
export type Representing = {
  /** @param types the entities' types, in the supergraph. */
  required(types: readonly string[], entry: Entry, requires: FieldSet | null): readonly RequiredSelection[]
  /** Input rewrites that set `__typename` to an interface. */
  named(interfaceName: string): readonly Rewrite[]
}

export function newRepresenting(): Representing {
  const requirements = new Map<FieldSet, Map<FieldSet | null, Map<string, readonly RequiredSelection[]>>>()
  const names = new Map<string, readonly Rewrite[]>()
  return {
    required(types, { key }, requires) {
      let ofKey = requirements.get(key)
      if (!ofKey) {
        ofKey = new Map()
        requirements.set(key, ofKey)
      }
      let known = ofKey.get(requires)
      if (!known) {
        known = new Map()
        ofKey.set(requires, known)
      }
      const [first = ''] = types
      const name = types.length === 1 ? first : types.join(' ')
      let made = known.get(name)
      if (!made) {
        made = requirement(types, key, requires)
        known.set(name, made)
      }
      return made
    },
    named(interfaceName) {
      const known = names.get(interfaceName)
      if (known) return known
      const made: readonly Rewrite[] = [{ kind: 'set', path: [], name: '__typename', value: interfaceName }]
      names.set(interfaceName, made)
      return made
    },
  }
}

function requirement(
  types: readonly string[],
  key: FieldSet,
  requires: FieldSet | null,
): readonly RequiredSelection[] {
  const parts = [...key.required, ...(requires?.required ?? [])].filter((part) => !isTypename(part))
  const selections: RequiredSelection[] = [TYPENAME, ...parts]
  return types.map((type) => ({ kind: 'fragment', type, selections }))
}

const TYPENAME: RequiredSelection = { kind: 'field', name: '__typename', as: '__typename', selections: null }

function isTypename(part: RequiredSelection): boolean {
  return part.kind === 'field' && part.name === '__typename'
}
