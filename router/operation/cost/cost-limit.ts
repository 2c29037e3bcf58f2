import type { GraphQLFormattedError } from 'graphql'
import type { OperationCost } from './operation-cost.ts'
import type { Variables } from './term.ts'

export const TOO_EXPENSIVE = 'COST_ESTIMATED_TOO_EXPENSIVE'

/** The cost of all operations of one request. */
export type RequestCost = {
  readonly maximum: number
  readonly enforces: boolean
  estimated: number
}

/**
 * Adds an operation to the cost of its request, unless the request then exceeds the maximum, or the slicing
 * arguments of a field do not meet its requirement.
 * @returns the reason for refusing the operation, with code and extensions of Apollo's router; null: it is
 * admitted.
 */
export function admitCost(
  cost: OperationCost,
  variables: Variables,
  request: RequestCost,
): GraphQLFormattedError | null {
  const estimated = cost.estimate(variables)
  const { estimated: before, maximum, enforces } = request
  if (enforces) {
    const problem = cost.problem(variables)
    if (problem !== null) return { message: problem, extensions: { code: 'BAD_USER_INPUT' } }
    if (before + estimated > maximum) return excess(estimated, before, maximum, cost.dearest(variables))
  }
  request.estimated += estimated
  return null
}

function excess(estimated: number, before: number, maximum: number, dearest: string): GraphQLFormattedError {
  const earlier = before > 0 ? `, after operations of ${before} in the same request` : ''
  return {
    message: `The estimated cost of the operation is ${estimated}${earlier}; the maximum is ${maximum}. Most expensive path: ${dearest}.`,
    extensions: { code: TOO_EXPENSIVE, 'cost.estimated': before + estimated, 'cost.max': maximum },
  }
}
