import type { Rewrite, RewritePath } from '../plan.ts'
import type { FieldDraft, SelectionDraft } from './draft.ts'

/** The response names of fields that cannot have their data keys, and the rewrites that restore these. */
export type Separated = {
  readonly aliases: ReadonlyMap<FieldDraft, string>
  readonly renames: readonly Rewrite[]
}

type Part = { readonly path: RewritePath; readonly selection: SelectionDraft }
type PlacedField = { readonly path: RewritePath; readonly field: FieldDraft }

/**
 * Objects of different types must have values of one shape under one response name (5.3.2). Types with equal
 * shapes for clients may have different ones in the subgraph, and a key or a required field may be next to a
 * client's field. Each further shape gets a response name of its own.
 */
export function separateShapes(selection: SelectionDraft): Separated {
  const aliases = new Map<FieldDraft, string>()
  const renames: Rewrite[] = []
  separate([{ path: [], selection }], aliases, renames)
  return { aliases, renames }
}

function separate(parts: readonly Part[], aliases: Map<FieldDraft, string>, renames: Rewrite[]): void {
  const byKey = new Map<string, PlacedField[]>()
  const add = ({ path, selection: { fields, types } }: Part) => {
    for (const [key, field] of fields) {
      const known = byKey.get(key)
      if (known) known.push({ path, field })
      else byKey.set(key, [{ path, field }])
    }
    for (const { names, selection } of types?.values() ?? [])
      add({ path: [...path, { kind: 'types', names }], selection })
  }
  parts.forEach(add)
  for (const [key, fields] of byKey) {
    if (fields.length === 1 && !hasTypes(fields[0]?.field.below)) continue
    const shapes = Map.groupBy(fields, ({ field }) => field.shape)
    let count = 0
    for (const alike of shapes.values()) {
      const name = count === 0 ? key : aliasFor(key, count, byKey)
      count++
      const below = alike.flatMap(({ path, field }): readonly Part[] =>
        field.below ? [{ path: [...path, { kind: 'field', name }], selection: field.below }] : [],
      )
      // Inner names come first, since the paths to them contain the outer ones.
      separate(below, aliases, renames)
      if (name === key) continue
      for (const { path, field } of alike) {
        aliases.set(field, name)
        renames.push({ kind: 'rename', path, name, to: key })
      }
    }
  }
}

function aliasFor(key: string, count: number, taken: ReadonlyMap<string, unknown>): string {
  let alias = `_${key}_s${count}`
  while (taken.has(alias)) alias += 's'
  return alias
}

function hasTypes(selection: SelectionDraft | null | undefined): boolean {
  if (!selection) return false
  return selection.types !== null || [...selection.fields.values()].some(({ below }) => hasTypes(below))
}
