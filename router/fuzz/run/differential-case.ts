import { type DocumentNode, GraphQLError, getVariableValues, parse, validate } from 'graphql'
import { fixtureSdl } from '../../conformance/subgraph-schema.ts'
import type { Executor, Program } from '../../operation/executor.ts'
import { selectOperation } from '../../operation/operation.ts'
import { ANONYMOUS } from '../../security/identity.ts'
import { composeSubgraphs } from '../../supergraph/compose.ts'
import { buildSupergraph, type LoadedSupergraph } from '../../supergraph/supergraph.ts'
import { judge, type Wrong } from '../judge/judge.ts'
import type { Losses } from '../judge/lost-values.ts'
import { answerOfWhole } from '../judge/oracle.ts'
import type { Answer, Question } from '../judge/question.ts'
import { newRequestLog, type RequestLog } from '../judge/request-rules.ts'
import { type Fault, faultsOf } from '../world/fault.ts'
import { type Facts, factsOf } from '../world/field-values.ts'
import { worldSdl } from '../world/subgraph-sdl.ts'
import type { World } from '../world/world.ts'
import { type CaseContext, TESTED_EXECUTORS } from './executors-under-test.ts'
import { inProcess } from './in-process-subgraphs.ts'

const repeats = new Set(TESTED_EXECUTORS.filter((executor) => executor.repeats).map(({ name }) => name))

/** A world that composes, with every executor ready. */
export type PreparedWorld = {
  readonly supergraph: LoadedSupergraph
  readonly sdls: ReadonlyMap<string, string>
  readonly facts: Facts
  readonly executors: ReadonlyMap<string, Executor>
}

export type Prepared = {
  readonly arena: PreparedWorld
  readonly document: DocumentNode
  /** By executor; an Error if planning failed. */
  readonly programs: ReadonlyMap<string, Program | Error>
}

/** Finding about one executor in one case. */
export type Failure = Wrong & { readonly executor: string; readonly got: Answer | null }

/** Null if the world does not compose. */
export function prepareWorld(world: World): PreparedWorld | null {
  const sdls = new Map(world.subgraphs.map((name) => [name, fixtureSdl({ sdl: worldSdl(world, name) })]))
  const composition = composeSubgraphs(
    [...sdls].map(([name, sdl]) => ({ name, url: `http://${name}.invalid/`, file: `${name}.graphql`, sdl })),
  )
  if (!composition.ok) return null
  const supergraph = buildSupergraph(composition.sdl, false)
  const facts = factsOf(world)
  const subgraphs = inProcess(facts, sdls)
  const executors = new Map(TESTED_EXECUTORS.map(({ name, open }) => [name, open(supergraph, subgraphs)]))
  return { supergraph, sdls, facts, executors }
}

/** Null if the text is not a valid operation. */
export async function prepare(arena: PreparedWorld, text: string): Promise<Prepared | null> {
  const document = parse(text, { noLocation: true })
  if (validate(arena.supergraph.clientSchema, document).length > 0) return null
  const operation = selectOperation(document, undefined, arena.supergraph)
  const programs = new Map<string, Program | Error>()
  for (const [name, executor] of arena.executors) {
    programs.set(name, await executor.compile(operation).catch(asError))
  }
  return { arena, document, programs }
}

/** Null if the variables are not valid for the operation. */
export async function run(
  { arena, document, programs }: Prepared,
  given: Readonly<Record<string, unknown>>,
  faults: readonly Fault[],
): Promise<{ readonly question: Question; readonly failures: readonly Failure[] } | null> {
  const { supergraph, facts } = arena
  const schema = supergraph.clientSchema
  const operation = selectOperation(document, undefined, supergraph)
  const { coerced, errors } = getVariableValues(schema, operation.definition.variableDefinitions ?? [], given)
  if (errors || !coerced) return null
  const right = await answerOfWhole(facts, schema, document, given)
  const question: Question = { facts, schema, document, variables: given, faults, right }
  const failures: Failure[] = []
  for (const [executor, program] of programs) {
    const losses: Losses = new Map()
    const mutated: string[] = []
    const log = newRequestLog()
    const got =
      program instanceof Error
        ? program
        : await answered(program, coerced, contextOf(faults, losses, mutated, log))
    // Overridden fields are chosen anew for each run.
    const isRepeated = repeats.has(executor) && mutated.length === 0 && !supergraph.sdl.includes('"percent(')
    const other =
      isRepeated && !(program instanceof Error) && !(got instanceof Error)
        ? await otherAnswer(got, program, coerced, () => contextOf(faults, new Map(), [], newRequestLog()))
        : null
    // A null that ends the response also ends the oracle's run.
    const isWhole = faults.length === 0 && right.text !== 'null'
    const isOrdered = !isWhole || String(mutated) === String(right.mutated)
    const wrong: Wrong | null = other
      ? { kind: 'differs', what: `answers otherwise when it is asked again: ${other}` }
      : got instanceof Error
        ? { kind: 'throws', what: `throws: ${got.message}` }
        : log.wrong[0] !== undefined
          ? { kind: 'request', what: log.wrong[0] }
          : isOrdered
            ? await judge(question, got, losses)
            : { kind: 'order', what: `mutations ran in another order: ${mutated}` }
    if (wrong) failures.push({ ...wrong, executor, got: got instanceof Error ? null : got })
  }
  return { question, failures }
}

/** The response to the same request sent again, if it differs. */
async function otherAnswer(
  first: Answer,
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  newContext: () => CaseContext,
): Promise<string | null> {
  for (let time = 0; time < 2; time++) {
    const again = await answered(program, variables, newContext())
    const text = again instanceof Error ? again.message : JSON.stringify(again)
    if (text !== JSON.stringify(first)) return text
  }
  return null
}

async function answered(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  context: CaseContext,
): Promise<Answer | Error> {
  try {
    const { data, errors } = await program.run(variables, context)
    return { data: data === null ? null : JSON.parse(data), errors }
  } catch (error) {
    return asError(error)
  }
}

function contextOf(
  faults: readonly Fault[],
  losses: Losses,
  mutated: string[],
  log: RequestLog,
): CaseContext {
  return {
    identity: ANONYMOUS,
    trace: { requestId: 'case', traceparent: '', tracestate: null },
    headers: {},
    clientAddress: '',
    lifetime: { signal: new AbortController().signal, mutates: false },
    returned: new Map(),
    faults: faultsOf(faults),
    losses,
    mutated,
    log,
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new GraphQLError(String(error))
}
