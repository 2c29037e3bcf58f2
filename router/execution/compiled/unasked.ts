import {
  type DirectiveNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { type Conditions, isTaken } from '../../planning/conditions.ts'
import { responseNameOf } from '../../planning/data-keys.ts'
import type { PlanPath, RequiredSelection, Step } from '../../planning/plan.ts'

/** What a request brings to the objects at a place of the merged data. */
type Brought = {
  readonly keys: readonly string[]
  readonly request: Request
  readonly below: SelectionSetNode
}

type Request = { readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>; readonly renames: boolean }

const CONDITION = /@(skip|include)\(if: ?\$/

/**
 * What a request leaves out by a condition requires nothing. Apollo's planner fetches what a conditional field requires
 * only where the condition holds, and sends it whether or not: without it an entity would not be asked for at all, with
 * every field that the same fetch has beside the conditional one.
 */
export function withoutUnasked(steps: readonly Step[], conditions: Conditions): readonly Step[] {
  if (!steps.some(({ fetch }) => CONDITION.test(fetch.operation))) return steps
  const brought = steps.flatMap(broughtBy)
  const changed = new Map<Step, Step>()
  for (const step of steps) {
    const { fetch } = step
    const after = new Set([...step.after].map((before) => changed.get(before) ?? before))
    if (fetch.kind === 'root' || !leavesOut(fetch.operation, conditions)) {
      changed.set(step, { fetch, after })
      continue
    }
    const lanes = fetch.lanes.map((lane) => {
      const places = lane.paths.map(keysOf)
      const isAsked = (name: string) =>
        places.some((place) => brought.some((one) => brings(one, place, name, conditions)))
      return { ...lane, requires: asked(lane.requires, isAsked) }
    })
    changed.set(step, { fetch: { ...fetch, lanes }, after })
  }
  return [...changed.values()]
}

function leavesOut(operation: string, conditions: Conditions): boolean {
  if (!CONDITION.test(operation)) return false
  let found = false
  const look = ({ directives }: { readonly directives?: readonly DirectiveNode[] }) => {
    found ||= !isTaken(directives, conditions)
  }
  visit(parse(operation, { noLocation: true }), { Field: look, InlineFragment: look, FragmentSpread: look })
  return found
}

/** The fields of objects in requirements stay as they are: they are asked for together. */
function asked(
  requires: readonly RequiredSelection[],
  isAsked: (name: string) => boolean,
): readonly RequiredSelection[] {
  return requires.flatMap((part): readonly RequiredSelection[] => {
    if (part.kind === 'field') return part.name === '__typename' || isAsked(part.name) ? [part] : []
    return [{ ...part, selections: asked(part.selections, isAsked) }]
  })
}

function broughtBy({ fetch }: Step): readonly Brought[] {
  const { definitions } = parse(fetch.operation, { noLocation: true })
  const operation = definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  )
  if (!operation) throw new Error('a fetch has no operation')
  const named = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  const fragments = new Map(named.map((node) => [node.name.value, node]))
  const requestOf = (rewrites: readonly unknown[]): Request => ({ fragments, renames: rewrites.length > 0 })
  if (fetch.kind === 'root')
    return [
      { keys: keysOf(fetch.path), request: requestOf(fetch.outputRewrites), below: operation.selectionSet },
    ]
  return fetch.lanes.flatMap(({ alias, paths, outputRewrites }) => {
    const field = operation.selectionSet.selections.find(
      (node) => node.kind === Kind.FIELD && responseNameOf(node) === alias,
    )
    if (field?.kind !== Kind.FIELD || !field.selectionSet) throw new Error(`no ${alias} in a fetch`)
    const { selectionSet: below } = field
    return paths.map((path) => ({ keys: keysOf(path), request: requestOf(outputRewrites), below }))
  })
}

function keysOf(path: PlanPath): readonly string[] {
  return path.flatMap((step) => (step.kind === 'field' ? [step.name] : []))
}

/** Whether objects at a place may get a key; of whichever types. */
function brings(
  { keys, request, below }: Brought,
  place: readonly string[],
  name: string,
  conditions: Conditions,
): boolean {
  if (keys.length > place.length || keys.some((key, depth) => key !== place[depth])) return false
  const reaches = ({ selections }: SelectionSetNode, [key, ...rest]: readonly string[]): boolean =>
    selections.some((selection) => {
      if (!isTaken(selection.directives, conditions)) return false
      if (selection.kind === Kind.FIELD) {
        if (responseNameOf(selection) !== key) return false
        return (
          rest.length === 0 || (selection.selectionSet !== undefined && reaches(selection.selectionSet, rest))
        )
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : request.fragments.get(selection.name.value)
      return fragment !== undefined && reaches(fragment.selectionSet, [key ?? '', ...rest])
    })
  return request.renames || reaches(below, [...place.slice(keys.length), name])
}
