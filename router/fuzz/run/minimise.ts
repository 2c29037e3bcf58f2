import {
  type DefinitionNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { Fault } from '../world/fault.ts'
import type { Field, World } from '../world/world.ts'
import type { Finding } from './campaign.ts'
import { prepare, prepareWorld, run } from './differential-case.ts'

/** The parts of a case that can be removed. */
type Candidate = { readonly world: World; readonly text: string; readonly faults: readonly Fault[] }

/**
 * Removes parts as long as the same executor fails in the same way: faults, selections, directives, then
 * fields of the world that nothing requires. Values depend on names alone, so the remaining fields keep their
 * values.
 */
export async function minimise(finding: Finding): Promise<Finding> {
  const { variables, failure } = finding
  let best: Finding = finding
  const attempt = async (candidate: Candidate): Promise<boolean> => {
    const result = await runCandidate(candidate, variables).catch(() => null)
    const same = result?.failures.find(
      (other) => other.executor === failure.executor && other.kind === failure.kind,
    )
    if (!result || !same) return false
    best = { ...best, ...candidate, question: result.question, failure: same }
    return true
  }
  for (let before = ''; before !== best.text + best.faults.length; ) {
    before = best.text + best.faults.length
    for (const fault of best.faults)
      await attempt({ ...best, faults: best.faults.filter((other) => other !== fault) })
    await shrinkText(() => best, attempt)
  }
  await shrinkWorld(() => best, attempt)
  return best
}

let opened: { readonly world: World; readonly arena: ReturnType<typeof prepareWorld> } | null = null

async function runCandidate({ world, text, faults }: Candidate, variables: Finding['variables']) {
  if (opened?.world !== world) opened = { world, arena: prepareWorld(world) }
  const prepared = opened.arena ? await prepare(opened.arena, text) : null
  return prepared ? run(prepared, variables, faults) : null
}

type Attempt = (candidate: Candidate) => Promise<boolean>

async function shrinkText(best: () => Candidate, attempt: Attempt): Promise<void> {
  let at = 0
  // Each variant omits the part with this number. If it no longer fails, the part stays and the next one is
  // tried.
  for (;;) {
    const shorter = without(parse(best().text, { noLocation: true }), at)
    if (shorter === null) return
    if (!(await attempt({ ...best(), text: print(pruned(shorter)) }))) at++
  }
}

/**
 * The document without the part with this number: a selection, a directive, or a fragment around selections;
 * null if there is no such part.
 */
function without(document: DocumentNode, target: number): DocumentNode | null {
  let at = 0
  let found = false
  const isTarget = () => {
    const hit = at++ === target
    found ||= hit
    return hit
  }
  const shorter = visit(document, {
    Directive: () => (isTarget() ? null : undefined),
    SelectionSet(set) {
      const selections = set.selections.flatMap((selection) => {
        if (set.selections.length > 1 && isTarget()) return []
        const isWrapped = selection.kind === Kind.INLINE_FRAGMENT && !selection.directives?.length
        return isWrapped && isTarget() ? selection.selectionSet.selections : [selection]
      })
      return { ...set, selections } satisfies SelectionSetNode
    },
  })
  return found ? shorter : null
}

/** Removes unused variables and fragments. */
function pruned(document: DocumentNode): DocumentNode {
  const used = new Set<string>()
  visit(document, {
    FragmentSpread: ({ name }) => void used.add(`fragment ${name.value}`),
    Variable: (node, _, parent) => {
      const isDeclared = parent && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION
      if (!isDeclared) used.add(`variable ${node.name.value}`)
    },
  })
  const isUsed = (node: DefinitionNode) =>
    node.kind !== Kind.FRAGMENT_DEFINITION || used.has(`fragment ${node.name.value}`)
  return visit(
    { ...document, definitions: document.definitions.filter(isUsed) },
    {
      VariableDefinition: ({ variable }) => (used.has(`variable ${variable.name.value}`) ? undefined : null),
    },
  )
}

async function shrinkWorld(best: () => Candidate, attempt: Attempt): Promise<void> {
  const without = (names: ReadonlySet<string>): World => {
    const { world } = best()
    const kept = (fields: readonly Field[]) => fields.filter(({ name }) => !names.has(name))
    return {
      ...world,
      roots: kept(world.roots),
      mutations: kept(world.mutations),
      entities: world.entities.map((entity) => ({ ...entity, fields: kept(entity.fields) })),
    }
  }
  const { world } = best()
  const fields = [...world.roots, ...world.mutations, ...world.entities.flatMap((entity) => entity.fields)]
  for (const { name } of fields) {
    if (!best().text.includes(name)) await attempt({ ...best(), world: without(new Set([name])) })
  }
}
