import type { EntityFetch, RootFetch, Step } from '../planning/plan.ts'
import type { Planned } from '../planning/planned-operation.ts'

/** Requests by how they follow each other, as a test writes them down. */
export type PlanTree =
  | RootFetch
  | EntityFetch
  /** Each waits for all of the one before. */
  | { readonly kind: 'sequence'; readonly nodes: readonly PlanTree[] }
  | { readonly kind: 'parallel'; readonly nodes: readonly PlanTree[] }

export function sequence(...nodes: readonly PlanTree[]): PlanTree {
  return { kind: 'sequence', nodes }
}

export function parallel(...nodes: readonly PlanTree[]): PlanTree {
  return { kind: 'parallel', nodes }
}

/** The requests, each with those that it waits for. */
export function stepsIn(tree: PlanTree): readonly Step[] {
  const steps: Step[] = []
  const add = (node: PlanTree, after: readonly Step[]): readonly Step[] => {
    switch (node.kind) {
      case 'sequence':
        return node.nodes.reduce((before, child) => add(child, before), after)
      case 'parallel':
        return [...new Set(node.nodes.flatMap((child) => add(child, after)))]
      default: {
        const step = { fetch: node, after: new Set(after) }
        steps.push(step)
        return [step]
      }
    }
  }
  add(tree, [])
  return steps
}

/** As if these requests had been planned, whatever the conditions. */
export function plannedAs(tree: PlanTree): Planned {
  return { stepsFor: () => stepsIn(tree), anew: null }
}
