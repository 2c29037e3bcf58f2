import type { Operation } from '../operation.ts'
import { actualCost } from './actual-cost.ts'
import { type CompiledCost, compileCost } from './compile-cost.ts'
import { dearestPath } from './dearest-path.ts'
import type { SchemaCosts } from './schema-costs.ts'
import { amountOf, type Variables } from './term.ts'

/** What one operation costs. */
export type OperationCost = {
  /** A whole number from 0 to `Number.MAX_SAFE_INTEGER`. @param variables coerced. */
  estimate(variables: Variables): number
  /** Tells what is amiss with the slicing arguments of a field, if anything is. */
  problem(variables: Variables): string | null
  /** Of what came. Costs a walk through it. @param data of the answer, parsed. */
  actual(data: unknown, variables: Variables): number
  /** Where most of the estimate comes from, as a path of response names. Costs what compiling costs. */
  dearest(variables: Variables): string
}

/** @param read gives the operation again: its tree is not kept. */
export function operationCost(
  operation: Operation,
  read: () => Operation,
  costs: SchemaCosts,
): OperationCost {
  const { total, evaluate, problems } = compileCost(operation, costs)
  const dearest = (variables: Variables) => dearestPath(compileCost(read(), costs), variables)
  const actual = (data: unknown, variables: Variables) => actualCost(read(), data, variables, costs)
  if (typeof total === 'number' && problems.length === 0) {
    const known = Math.ceil(total)
    return { estimate: () => known, problem: () => null, actual, dearest }
  }
  return {
    estimate: (variables) => Math.ceil(amountOf(total, evaluate(variables))),
    problem: (variables) => firstOf(problems, variables),
    actual,
    dearest,
  }
}

function firstOf(problems: CompiledCost['problems'], variables: Variables): string | null {
  for (const problem of problems) {
    const message = problem(variables)
    if (message !== null) return message
  }
  return null
}
