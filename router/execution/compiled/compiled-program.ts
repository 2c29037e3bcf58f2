import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import type { Operation } from '../../operation/operation.ts'
import type { RestrictedOperation } from '../../operation/refusal.ts'
import { rootIsRefused } from '../../operation/refusal-tree.ts'
import type { DataKeys } from '../../planning/data-keys.ts'
import type { Plan } from '../../planning/plan.ts'
import type { Outcome, Program } from '../executor.ts'
import { type CompiledStep, compileSteps } from './compiled-step.ts'
import { type Conditions, conditionVariables } from './conditions.ts'
import { type GeneratedProjection, generateProjection } from './emit-projection.ts'
import { explainSteps } from './explain.ts'
import { reportRest } from './faults.ts'
import { introspector } from './introspection.ts'
import { mergeSteps } from './merge-steps.ts'
import { compileProjection, type Projection } from './projection.ts'
import { type Run, runStep } from './run-step.ts'
import { newShaping } from './shaping.ts'
import { stepsOf } from './steps.ts'
import type { IsOfType } from './type-names.ts'

/** What the programs of one supergraph have in common. */
export type Machine = {
  readonly clientSchema: GraphQLSchema
  readonly isOfType: IsOfType
  /** By subgraph name. */
  readonly fetches: ReadonlyMap<string, FetchSubgraph>
  /** How often an operation is run before code is generated for it. */
  readonly runsBeforeCode: number
}

/** An operation as it is when the values of its conditions are known: nothing of it is decided at run time. */
type Variant = {
  readonly steps: readonly CompiledStep[]
  readonly project: Projection
  /** Another projection, for answers without errors; null where there can be none, or as long as it would not pay. */
  readonly generated: () => GeneratedProjection | null
}

/**
 * Making code and running it for the first time takes 1 ms, which is as much as it saves in so many runs. It was a third
 * of what an operation costs that comes once.
 */
export const RUNS_BEFORE_CODE = 8

/** So many combinations of conditions are kept for one operation; then all are forgotten. */
const VARIANTS = 32

/** Makes a program of a planned operation. @param keys those that the operation was planned under. */
export function compileProgram(
  operation: Operation | RestrictedOperation,
  plan: Plan,
  keys: DataKeys,
  machine: Machine,
): Program {
  const names = conditionVariables(operation)
  const variants = new Map<string, Variant>()
  const variantFor = (variables: Readonly<Record<string, unknown>>): Variant => {
    let bits = ''
    for (const name of names) bits += variables[name] === true ? '1' : '0'
    const known = variants.get(bits)
    if (known) return known
    if (variants.size >= VARIANTS) variants.clear()
    const conditions = new Map(names.map((name) => [name, variables[name] === true]))
    const variant = compileVariant(operation, plan, keys, conditions, machine)
    variants.set(bits, variant)
    return variant
  }
  const restricted = 'refusals' in operation ? operation : null
  const mutates = operation.definition.operation === 'mutation'
  return {
    async run(variables, context) {
      const variant = variantFor(variables)
      // A mutation of which a refused field makes all of `data` null: nothing of it may run.
      const runs = !(mutates && restricted && rootIsRefused(restricted, variables))
      const { fetches, isOfType } = machine
      const run: Run = { data: {}, variables, context, fetches, isOfType, keys, faults: null }
      if (runs && variant.steps.length > 0) await runSteps(variant.steps, run)
      return outcomeOf(variant, run)
    },
    explain: () => explainSteps(plan, variantFor({}).steps),
  }
}

function compileVariant(
  operation: Operation | RestrictedOperation,
  plan: Plan,
  keys: DataKeys,
  conditions: Conditions,
  { clientSchema: schema, isOfType, runsBeforeCode }: Machine,
): Variant {
  const { definition, fragments } = operation
  const root = schema.getRootType(definition.operation)
  if (!root) throw new GraphQLError(`This graph serves no ${definition.operation}.`)
  const refusals = 'refusals' in operation ? operation.refusals : new Map()
  const introspect = introspector(operation, schema)
  const projecting = { schema, fragments, conditions, refusals, keys, introspect }
  return {
    steps: compileSteps(mergeSteps(stepsOf(plan, conditions)), { isOfType, conditions }),
    project: compileProjection(definition.selectionSet, root, projecting),
    generated: afterRuns(runsBeforeCode, () => generateProjection(definition.selectionSet, root, projecting)),
  }
}

/** Makes something when it has been asked for so often in vain. */
function afterRuns<Made>(count: number, make: () => Made): () => Made | null {
  let runs = 0
  let made: Made | null = null
  return () => {
    if (runs++ === count) made = make()
    return made
  }
}

/** Runs every step as soon as those before it are over: no level waits for another as a whole. */
function runSteps(steps: readonly CompiledStep[], run: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = steps.map(({ waitsFor }) => waitsFor)
    let open = steps.length
    const end = (step: CompiledStep) => {
      open--
      for (const next of step.awaitedBy) {
        const left = (waiting[next] ?? 0) - 1
        waiting[next] = left
        if (left === 0) start(next)
      }
      if (open === 0) resolve()
    }
    const start = (position: number) => {
      const step = steps[position]
      if (!step) return
      const running = runStep(step, run)
      if (running) running.then(() => end(step)).catch(reject)
      else end(step)
    }
    for (const [position, { waitsFor }] of steps.entries()) if (waitsFor === 0) start(position)
  })
}

function outcomeOf({ generated, project }: Variant, { data, faults, variables }: Run): Outcome {
  const shaped = faults ? null : generated()?.shape(data)
  if (shaped) return { data: JSON.stringify(shaped), errors: [] }
  const shaping = newShaping(faults, variables)
  const text = project(data, shaping)
  if (faults) reportRest(faults, shaping.errors)
  return { data: text, errors: shaping.errors }
}
