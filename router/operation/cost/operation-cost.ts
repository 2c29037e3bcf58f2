import type { Operation } from '../operation.ts'
import { actualCost } from './actual-cost.ts'
import { type CompiledCost, compileCost } from './compile-cost.ts'
import { mostExpensivePath } from './most-expensive-path.ts'
import type { SchemaCosts } from './schema-costs.ts'
import { amountOf, type Term, type Variables } from './term.ts'

/** Cost of one operation. */
export type OperationCost = {
  /** A whole number from 0 to `Number.MAX_SAFE_INTEGER`. @param variables coerced. */
  estimate(variables: Variables): number
  /** The error in the slicing arguments of a field; null if there is none. */
  problem(variables: Variables): string | null
  /** Actual cost, by a walk through the response. @param data of the answer, parsed. */
  actual(data: unknown, variables: Variables): number
  /** The path of response names with most of the estimated cost. Takes as long as compiling. */
  dearest(variables: Variables): string
}

/** @param read returns the operation again, since its tree is not retained. */
export function operationCost(
  operation: Operation,
  read: () => Operation,
  costs: SchemaCosts,
): OperationCost {
  const { total, evaluate, problems } = compileCost(operation, costs)
  const isKnown = typeof total === 'number' && problems.length === 0
  return {
    ...(isKnown ? known(Math.ceil(total)) : evaluated(total, evaluate, problems)),
    ...madeAnew(read, costs),
  }
}

type Estimating = Pick<OperationCost, 'estimate' | 'problem'>

function known(cost: number): Estimating {
  return { estimate: () => cost, problem: () => null }
}

function evaluated(
  total: Term,
  evaluate: CompiledCost['evaluate'],
  problems: CompiledCost['problems'],
): Estimating {
  return {
    estimate: (variables) => Math.ceil(amountOf(total, evaluate(variables))),
    problem(variables) {
      for (const problem of problems) {
        const message = problem(variables)
        if (message !== null) return message
      }
      return null
    },
  }
}

/** Parsed again on demand, since it is needed rarely. */
function madeAnew(read: () => Operation, costs: SchemaCosts): Pick<OperationCost, 'actual' | 'dearest'> {
  return {
    actual: (data, variables) => actualCost(read(), data, variables, costs),
    dearest: (variables) => mostExpensivePath(compileCost(read(), costs), variables),
  }
}
