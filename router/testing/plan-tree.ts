import type { EntityFetch, RootFetch, Step } from '../planning/plan.ts'
import type { Planned } from '../planning/planned-operation.ts'

/** Requests in their order, in a form for tests. */
export type PlanTree =
  | RootFetch
  | EntityFetch
  /** Each step waits for all of the previous ones. */
  | { readonly kind: 'sequence'; readonly nodes: readonly PlanTree[] }
  | { readonly kind: 'parallel'; readonly nodes: readonly PlanTree[] }

export function sequence(...nodes: readonly PlanTree[]): PlanTree {
  return { kind: 'sequence', nodes }
}

export function parallel(...nodes: readonly PlanTree[]): PlanTree {
  return { kind: 'parallel', nodes }
}

/** The requests, each with the requests that it waits for. */
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

/** A plan of these requests, without conditions. */
export function plannedAs(tree: PlanTree): Planned {
  return { stepsFor: () => stepsIn(tree), anew: null }
}

/** A request for root fields. */
export function rootFetch(
  operation: string,
  operationKind: RootFetch['operationKind'] = 'query',
  subgraph = 'products',
): RootFetch {
  return {
    kind: 'root',
    subgraph,
    operation,
    operationName: null,
    variables: [],
    operationKind,
    path: [],
    outputRewrites: [],
  }
}

/** A request for the object of a root field, with its type and id. */
export function root(
  subgraph: string,
  name: string,
  operationKind: RootFetch['operationKind'] = 'query',
): RootFetch {
  return rootFetch(`{${name}{__typename id}}`, operationKind, subgraph)
}

/**
 * A request for a selection of `P`.
 * @param at the names of the path, joined by dots; `|` precedes a type.
 * @param variables the client's variables, of type `Int`.
 * @param required the names of the required fields.
 */
export function entities(
  subgraph: string,
  at: string,
  selection: string,
  variables: readonly string[] = [],
  required: readonly string[] = [],
): EntityFetch {
  const declared = variables.map((name) => `$${name}:Int`).join('')
  return {
    kind: 'entities',
    subgraph,
    operation: `query($representations:[_Any!]!${declared}){_entities(representations:$representations){...on P{${selection}}}}`,
    operationName: null,
    variables,
    lanes: [
      {
        alias: '_entities',
        variable: 'representations',
        paths: [
          at
            .split('.')
            .map((key) =>
              key.startsWith('|') ? { kind: 'types', names: [key.slice(1)] } : { kind: 'field', name: key },
            ),
        ],
        requires: required.map((name) => ({ kind: 'field', name, as: name, selections: null })),
        inputRewrites: [],
        outputRewrites: [],
        contexts: [],
      },
    ],
  }
}
