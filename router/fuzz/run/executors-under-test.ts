import { compiledExecutor, type Tuning } from '../../execution/compiled-executor.ts'
import { errorPathCheck } from '../../execution/error-path-check.ts'
import { offer } from '../../fetching/fetch-outcome.ts'
import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import { answeredError, unavailable } from '../../fetching/subgraph-error.ts'
import type { Executor } from '../../operation/executor.ts'
import { queryPlans } from '../../reference/apollo-query-plans.ts'
import { type ReferenceSources, referenceExecutor } from '../../reference/reference-executor.ts'
import type { RequestContext } from '../../request-context.ts'
import type { LoadedSupergraph } from '../../supergraph/supergraph.ts'
import type { Losses } from '../judge/lost-values.ts'
import type { RequestLog } from '../judge/request-rules.ts'
import { drawFrom } from '../seeded-random.ts'
import type { Faults } from '../world/fault.ts'
import type { InProcess, SubgraphRequest } from './in-process-subgraphs.ts'

/** Inputs of an executor besides the variables, in place of a request's context. */
export type CaseContext = RequestContext & {
  readonly faults: Faults
  readonly losses: Losses
  /** The mutations that ran, in order. */
  readonly mutated: string[]
  readonly log: RequestLog
}

export type TestedExecutor = {
  readonly name: string
  /**
   * Whether the request is repeated and must get the same response: the second run is recorded, the third one
   * replays it.
   */
  readonly repeats: boolean
  open(supergraph: LoadedSupergraph, subgraphs: InProcess): Executor
}

/** The first case of an operation runs by trees, the others by generated code. */
const EARLY = { codes: 100, recordings: 0, runsBeforeCode: 1 }
/** Repeated runs are replayed. */
const RECORDING = { ...EARLY, recordings: 64_000_000 }

/** All ways of execution, over the subgraphs of a world in this process. */
export const TESTED_EXECUTORS: readonly TestedExecutor[] = [
  {
    name: 'reference',
    repeats: false,
    open: (supergraph, subgraphs) =>
      referenceExecutor(supergraph, sourcesOf(supergraph, subgraphs), queryPlans(supergraph)),
  },
  {
    name: 'compiled',
    repeats: false,
    open: (supergraph, subgraphs) => compiled(supergraph, subgraphs, EARLY),
  },
  {
    name: 'compiled, recorded',
    repeats: true,
    open: (supergraph, subgraphs) => compiled(supergraph, subgraphs, RECORDING),
  },
]

/** Draws the labels of overrides by a seed, so that a campaign is the same each time. */
function compiled(supergraph: LoadedSupergraph, subgraphs: InProcess, tuning: Tuning): Executor {
  const random = drawFrom('labels').int
  return compiledExecutor(supergraph, fetchesOf(supergraph, subgraphs), { ...tuning, random })
}

function fetchesOf(supergraph: LoadedSupergraph, subgraphs: InProcess): ReadonlyMap<string, FetchSubgraph> {
  const fetchFrom =
    (name: string): FetchSubgraph =>
    async (body, _, context, taker) => {
      const answer = await askIn(context, subgraphs, name, JSON.parse(body))
      if (!answer) return { failed: 'unreachable' }
      const text = JSON.stringify({
        data: answer.data,
        ...(answer.errors.length > 0 && { errors: answer.errors }),
      })
      return offer(text, taker, () => ({ failed: null, ...answer }))
    }
  return new Map([...supergraph.subgraphs.keys()].map((name) => [name, fetchFrom(name)]))
}

function sourcesOf(supergraph: LoadedSupergraph, subgraphs: InProcess): ReferenceSources {
  const sources: ReferenceSources = {}
  const leads = errorPathCheck(supergraph.supergraphSchema)
  for (const name of supergraph.subgraphs.keys()) {
    sources[name] = {
      async process(options) {
        const { query = '', variables } = options.request
        const base = ('pathInIncomingRequest' in options && options.pathInIncomingRequest) || []
        // Without type conditions in fetches (a planner setting that is off), a path has only names and `@`.
        const fetch = { query, base: base as readonly string[] }
        const answer = await askIn(options.context, subgraphs, name, { query, variables })
        if (!answer) return resultOf(null, [unavailable('unreachable', fetch)])
        const errors = answer.errors.map((error) => answeredError(error, fetch, leads))
        return resultOf(answer.data, errors.length > 0 ? errors : undefined)
      },
    }
  }
  return sources
}

type Source = ReferenceSources[string]

function resultOf(data: Record<string, unknown> | null, errors: readonly object[] | undefined) {
  // The gateway interface asks for mutable GraphQLFormattedErrors and an `http` that execution never reads.
  return { data, errors } as unknown as Awaited<ReturnType<Source['process']>>
}

function askIn(context: unknown, subgraphs: InProcess, name: string, request: SubgraphRequest) {
  // Executors pass on the context that they received.
  const { faults, losses, mutated, log } = context as CaseContext
  return subgraphs.ask(name, request, { faults, losses, mutated, log })
}
