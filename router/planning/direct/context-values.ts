// Tested in ../../conformance/features.test.ts: the test checks the answers.

import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { PathStep, RewritePath } from '../plan.ts'
import type { ContextVariable, Draft } from './draft.ts'
import { bring, type Drafting } from './drafting.ts'
import type { FieldSet } from './field-sets.ts'
import type { ContextArgument, Ownership } from './owned-type.ts'
import { applies, conditionOf, selectionsOf } from './selections.ts'
import type { Site } from './site.ts'
import { Unplannable } from './unplannable.ts'

/** A value from objects around a site. */
type Found = {
  readonly site: Site
  /** Number of objects between them and the site's own. */
  readonly up: number
  /** The types of these objects that have it; null: all have it. */
  readonly holders: readonly string[] | null
}

/**
 * A variable for each argument that takes its value from objects around those of a site, and the drafts that
 * fetch it.
 */
export function contextVariables(
  drafting: Drafting,
  site: Site,
  contexts: readonly ContextArgument[],
): { readonly variables: readonly ContextVariable[]; readonly after: ReadonlySet<Draft> } {
  const after = new Set<Draft>()
  const variables = contexts.map((argument, index): ContextVariable => {
    const found = around(site, drafting.ownership.holders(argument.context), argument.value)
    if (found.length === 0)
      throw new Unplannable(`no parent of ${site.type.name} sets the context ${argument.context}`)
    const values = found.flatMap(({ site: outer, up, holders }) =>
      (holders ?? [outer.type.name]).map((holder) => {
        const selections = valueFor(argument.value.selections, holder, drafting.ownership)
        const wanted = holders ? [on(holder, selections)] : selections
        for (const draft of bring(drafting, wanted, outer, false)) after.add(draft)
        const path = pathIn(selections)
        return { up, path: holders ? [typesStep(holder), ...path] : path }
      }),
    )
    return { name: contextVariable(drafting, index), type: argument.type, values }
  })
  return { variables, after }
}

/** The name of the variable for one of a field's arguments. */
export function contextVariable({ variables }: Drafting, index: number): string {
  let name = `context${index}`
  while (variables.has(name)) name = `_${name}`
  return name
}

/**
 * The nearest objects around a site that set a context. If only some of their types do, the objects further
 * out are included for the others.
 */
function around(inner: Site, holders: ReadonlySet<string>, { selections }: FieldSet): readonly Found[] {
  const found: Found[] = []
  const isByTypes = selections.some(({ kind }) => kind !== Kind.FIELD)
  let up = 0
  for (let at = inner.up; at; at = at.site.up) {
    if (!at.node) continue
    up++
    const { site } = at
    const { type } = site
    const isSplit = isByTypes && type.isAbstract
    if (!isSplit && holders.has(type.name)) return [...found, { site, up, holders: null }]
    const some = type.isAbstract ? type.members.filter((name) => holders.has(name)) : []
    if (some.length > 0) found.push({ site, up, holders: some })
    if (some.length > 0 && some.length === type.members.length) return found
  }
  return found
}

/** The part of a selection for objects of one type, without fragments. */
function valueFor(
  selections: readonly SelectionNode[],
  type: string,
  ownership: Ownership,
): readonly FieldNode[] {
  const found = ownership.type(type)
  return selections.flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return selection.name.value === '__typename' ? [] : [selection]
    const condition = conditionOf(selection)
    const isFor = condition === '' || applies(condition, found, ownership)
    return isFor ? valueFor(selectionsOf(selection), type, ownership) : []
  })
}

/** The path to the single leaf of a selection. */
function pathIn(selections: readonly SelectionNode[]): RewritePath {
  const field = selections.find(
    (one): one is FieldNode => one.kind === Kind.FIELD && one.name.value !== '__typename',
  )
  if (!field) return []
  return [{ kind: 'field', name: (field.alias ?? field.name).value }, ...pathIn(selectionsOf(field))]
}

function typesStep(name: string): Extract<PathStep, { kind: 'types' }> {
  return { kind: 'types', names: [name] }
}

function on(type: string, selections: readonly SelectionNode[]): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
}
