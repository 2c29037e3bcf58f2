import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { FetchSubgraph } from '../fetching/fetch-subgraph.ts'
import { rootIsRefused } from '../operation/authorization/denied-field-tree.ts'
import type { RestrictedOperation } from '../operation/authorization/denied-fields.ts'
import { type Conditions, conditionVariables } from '../operation/conditions.ts'
import type { Outcome, Program } from '../operation/executor.ts'
import { selectionsIn, variantsKept } from '../operation/limits/selection-limits.ts'
import type { Operation } from '../operation/operation.ts'
import type { DataKeys } from '../operation/response-keys.ts'
import { mergeSteps } from '../planning/passes/merge-steps.ts'
import { readsAround } from '../planning/passes/steps.ts'
import type { Planned } from '../planning/planned-operation.ts'
import type { RequestContext } from '../request-context.ts'
import { newPatience, type Patience } from './backoff.ts'
import type { CodeBudget, CodeCandidate } from './code/code-budget.ts'
import { type GeneratedText, generateText, type TextCode } from './code/generate-code.ts'
import { Unsuitable } from './code/object-shapes.ts'
import { rootTypeOf } from './code/response-layout.ts'
import { runOnTexts } from './code/run-generated.ts'
import { type CompiledStep, compileSteps } from './compiled-step.ts'
import { explainCode } from './explain.ts'
import { exposedPlan } from './exposed-plan.ts'
import { type Sources, sourcesOf } from './lazy-operation.ts'
import type { OperationRecordings, Recordings } from './replay/recording-cache.ts'
import { record, replay } from './replay/replay.ts'
import { introspector } from './response/introspection.ts'
import { compileProjection, type Projection } from './response/projection.ts'
import type { Shaped } from './response/selection-path.ts'
import { type Run, runStep } from './run/run-step.ts'
import { runSteps } from './run/run-steps.ts'
import { writeOutcome } from './run/write-outcome.ts'
import type { IsOfType } from './type-names.ts'

/** Parts that the programs of one supergraph share. */
export type ProgramContext = {
  readonly clientSchema: GraphQLSchema
  readonly supergraphSchema: GraphQLSchema
  readonly isOfType: IsOfType
  /** By subgraph name. */
  readonly fetches: ReadonlyMap<string, FetchSubgraph>
  readonly codeBudget: CodeBudget
  /** null: nothing is recorded. */
  readonly recordings: Recordings | null
  /** Number of runs before code is generated for an operation. */
  readonly runsBeforeCode: number
}

/** An operation with known values of its conditions: no condition is evaluated at run time. */
type Variant = {
  readonly steps: readonly CompiledStep[]
  readonly project: Projection
  /** Generates the code that works on texts instead of trees. @throws Unsuitable if that is impossible. */
  readonly generate: () => GeneratedText
  /** The generated code, once it pays off; null before, and if none can be generated. */
  readonly texts: () => TextCode | null
  readonly patience: Patience
  /** null: its runs are not recorded. */
  readonly recorded: OperationRecordings | null
}

/**
 * Number of runs before code is generated for an operation. Generating it takes a millisecond or more, which
 * is a third of the cost of an operation that runs once.
 */
export const RUNS_BEFORE_CODE = 8

/** Maximum number of cached combinations of conditions of one operation; then the cache is cleared. */
const VARIANTS = 32

/** Compiles a planned operation. @param keys the keys under which the operation was planned. */
export function compileProgram(
  operation: Operation | RestrictedOperation,
  planned: Planned,
  keys: DataKeys,
  machine: ProgramContext,
): Program {
  const sources = sourcesOf({ operation, planned }, keys, machine.clientSchema)
  const mayBeRefused = 'refusals' in operation && operation.definition.operation === 'mutation'
  const names = conditionVariables(operation)
  const kept = names.length === 0 ? 1 : variantsKept(VARIANTS, selectionsIn(operation))
  return newProgram(sources, { names, kept }, mayBeRefused, keys, machine)
}

/**
 * @param conditions the names of the variables in conditions, and the maximum number of cached combinations
 * of values.
 */
function newProgram(
  sources: Sources,
  { names, kept }: { readonly names: readonly string[]; readonly kept: number },
  mayBeRefused: boolean,
  keys: DataKeys,
  machine: ProgramContext,
): Program {
  const variants = new Map<string, Variant>()
  const conditionsIn = (variables: Run['variables']): Conditions =>
    new Map(names.map((name) => [name, variables[name] === true]))
  const variantFor = (variables: Readonly<Record<string, unknown>>): Variant => {
    let bits = ''
    for (const name of names) bits += variables[name] === true ? '1' : '0'
    const known = variants.get(bits)
    if (known) return known
    if (variants.size >= kept) variants.clear()
    const variant = compileVariant(sources, keys, conditionsIn(variables), machine)
    variants.set(bits, variant)
    return variant
  }
  const { fetches, isOfType, supergraphSchema } = machine
  const newRun = (variables: Run['variables'], context: RequestContext, keeps: boolean): Run => ({
    ...{
      data: {},
      variables,
      context,
      fetches,
      isOfType,
      supergraphSchema,
      keys,
      faults: null,
      calls: new Map(),
      keeps,
      readers: null,
    },
  })
  const isRefused = (variables: Run['variables']) => {
    const { operation } = sources.read()
    return 'refusals' in operation && rootIsRefused(operation, variables)
  }
  return {
    async run(variables, context) {
      const variant = variantFor(variables)
      machine.codeBudget.tick()
      // If a refused field makes all of `data` null, no field of the mutation may run.
      if (mayBeRefused && isRefused(variables)) {
        sources.release()
        return writeOutcome(variant.project, newRun(variables, context, false))
      }
      const entry = variant.recorded?.lookUp(variables) ?? null
      const run = newRun(variables, context, entry?.comesAgain ?? false)
      if (entry?.recording) {
        const outcome = await replay(entry.recording, variant.steps, run)
        if (typeof outcome === 'object') {
          entry.served()
          return outcome
        }
        if (outcome === 'differs') entry.differed()
      }
      const outcome = await execute(variant, run)
      sources.release()
      if (entry?.comesAgain && outcome.errors.length === 0 && entry.isWanted()) {
        const recorded = await record(variant.steps, run, outcome, machine.recordings?.largest ?? 0)
        if (recorded) entry.keep(recorded.recording, recorded.size)
        else entry.unfit()
      }
      run.calls.clear()
      return outcome
    },
    explain: (hasCode) => explainCode(variantFor({}).generate, hasCode),
    plan: (variables) => exposedPlan(sources, conditionsIn(variables)),
  }
}

async function execute(variant: Variant, run: Run): Promise<Outcome> {
  const { patience, steps } = variant
  const code = patience.isLeft() ? variant.texts() : null
  if (code) {
    const outcome = await runOnTexts(code, steps, run)
    if (outcome.data !== null) return { data: outcome.data, errors: [] }
    if (!outcome.isFault) patience.lose()
  }
  await runSteps(steps, (step) => runStep(step, run))
  return writeOutcome(variant.project, run)
}

function compileVariant(
  sources: Sources,
  keys: DataKeys,
  conditions: Conditions,
  machine: ProgramContext,
): Variant {
  const { isOfType, codeBudget, recordings, runsBeforeCode } = machine
  const shaped = shapedBy(sources, keys, conditions, machine)
  const generate = generator(sources, shaped, conditions, machine)
  const { operation, planned } = sources.read()
  const steps = mergeSteps(planned.stepsFor(conditions))
  const isQuery = operation.definition.operation === 'query'
  const isRecordable = isQuery && !steps.some(({ fetch }) => readsAround(fetch))
  return {
    steps: compileSteps(steps, { isOfType }),
    project: compileProjection(shaped),
    generate,
    texts: codeOnceItPays(generate, codeBudget.newCandidate(runsBeforeCode)),
    patience: newPatience(),
    // A recording has one call for each step.
    recorded: isRecordable ? (recordings?.forOperation() ?? null) : null,
  }
}

const NO_REFUSALS = new Map()

/** Inputs of the response's projection. */
function shapedBy(
  sources: Sources,
  keys: DataKeys,
  conditions: Conditions,
  { clientSchema: schema }: ProgramContext,
): () => Shaped {
  return () => {
    const { operation } = sources.read()
    const { definition, fragments } = operation
    const root = schema.getRootType(definition.operation)
    if (!root) throw new GraphQLError(`This graph serves no ${definition.operation}.`)
    const refusals = 'refusals' in operation ? operation.refusals : NO_REFUSALS
    const introspect = introspector(operation, schema)
    const projecting = { schema, fragments, conditions, refusals, keys, introspect }
    return { selectionSet: definition.selectionSet, root, projecting }
  }
}

function generator(
  sources: Sources,
  shaped: () => Shaped,
  conditions: Conditions,
  { supergraphSchema, isOfType }: ProgramContext,
): Variant['generate'] {
  const shapeContext = { supergraphSchema, isOfType }
  return () => {
    const { selectionSet, root, projecting } = shaped()
    const steps = mergeSteps(sources.read().planned.stepsFor(conditions))
    return generateText(steps, selectionSet, rootTypeOf(shapeContext, root.name), shapeContext, projecting)
  }
}

/** Generated code, created when the budget has room for it and discarded when it has none. */
function codeOnceItPays(generate: () => GeneratedText, applicant: CodeCandidate): Variant['texts'] {
  let code: TextCode | null = null
  return () => {
    if (!applicant.comesAgain()) {
      code = null
      return null
    }
    try {
      code ??= generate().code
    } catch (error) {
      if (!(error instanceof Unsuitable)) throw error
      applicant.leave()
    }
    return code
  }
}
