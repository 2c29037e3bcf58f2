import { buildSchema, parse } from 'graphql'
import { newCodeBudget } from '../execution/code/code-budget.ts'
import { compileProgram } from '../execution/compiled-program.ts'
import { typeTest } from '../execution/type-names.ts'
import { type FetchOutcome, offer } from '../fetching/fetch-outcome.ts'
import type { FetchSubgraph } from '../fetching/fetch-subgraph.ts'
import { readAnswer } from '../fetching/subgraph-answer.ts'
import { dataKeys } from '../operation/response-keys.ts'
import type { EntityLane, RootFetch } from '../planning/plan.ts'
import type { RequestContext } from '../request-context.ts'
import { type PlanTree, plannedAs } from './plan-tree.ts'

export const PRODUCT_SCHEMA = buildSchema(`
  type Query { products: [Product] others: [Product] more: [Product] things: [Thing] sure: [Thing!] best: [Product!] grid: [[Part!]] }
  union Thing = Product | Maker
  type Mutation { rename: Product }
  type Product { id: ID! name: String price: Float hue: Hue parts: [Part!] maker: Maker weight: Grams stars: Int must: Int! }
  type Part { size: Int! tags: [String!] }
  type Maker { id: ID! name: String rank: Int }
  enum Hue { RED GREEN }
  scalar Grams`)

export const requiredField = (name: string) => ({ kind: 'field' as const, name, as: name, selections: null })

export const starsOf = (field: string): EntityLane => ({
  alias: '_entities',
  variable: 'r',
  paths: [[{ kind: 'field', name: field }, { kind: 'each' }]],
  requires: [
    {
      kind: 'fragment',
      type: 'Product',
      selections: [requiredField('__typename'), requiredField('id')],
    },
  ],
  inputRewrites: [],
  outputRewrites: [],
  contexts: [],
})

export type FetchPlan = { readonly root: PlanTree }

export function withStars(first: RootFetch, field: string): FetchPlan {
  const operation = 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars must}}}'
  const stars = { subgraph: 'stars', operation, operationName: null, variables: [], lanes: [starsOf(field)] }
  return { root: { kind: 'sequence', nodes: [first, { kind: 'entities', ...stars }] } }
}

/** A response with a text, as a subgraph's fetch reads it. */
export function outcomeOf(text: string): FetchOutcome {
  try {
    return { failed: null, ...readAnswer({ status: 200, headers: {} }, text, null) }
  } catch {
    return { failed: 'invalid' }
  }
}

/**
 * Runs an operation with subgraphs that answer texts, of `PRODUCT_SCHEMA`.
 * @param runsBeforeCode 0: all runs use texts; 1: the first run uses trees.
 */
export async function answeredByTexts(
  operation: string,
  plan: FetchPlan,
  texts: Readonly<Record<string, string>>,
  runsBeforeCode: number,
) {
  const calls: string[] = []
  const mutations: string[] = []
  const taken: boolean[] = []
  let parsed = 0
  const fetchFrom =
    (name: string): FetchSubgraph =>
    async (body, mutates, _context, taker) => {
      calls.push(`${name} ${body}`)
      if (mutates) mutations.push(name)
      const text = texts[name] ?? ''
      const outcome = await offer(text, taker, () => {
        parsed++
        return outcomeOf(text)
      })
      if (taker) taken.push(outcome.failed === null && outcome.taken !== undefined)
      return outcome
    }
  const [definition] = parse(operation).definitions
  if (definition?.kind !== 'OperationDefinition') throw new Error('an operation was expected')
  const program = compileProgram(
    { definition, fragments: {} },
    plannedAs(plan.root),
    dataKeys(PRODUCT_SCHEMA),
    {
      clientSchema: PRODUCT_SCHEMA,
      supergraphSchema: PRODUCT_SCHEMA,
      isOfType: typeTest(PRODUCT_SCHEMA),
      fetches: new Map(Object.keys(texts).map((name) => [name, fetchFrom(name)])),
      codeBudget: newCodeBudget(1),
      recordings: null,
      runsBeforeCode,
    },
  )
  // The fetches of this test do not read the context.
  const { data, errors } = await program.run({}, {} as RequestContext)
  return {
    answer: { data: data === null ? null : JSON.parse(data), errors },
    calls,
    mutations,
    taken,
    /** The number of answers that were parsed. */
    parsed,
    program,
  }
}
