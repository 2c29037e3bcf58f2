import type { IncomingHttpHeaders } from 'node:http'
import { admitCost, type RequestCost } from '../../operation/cost/cost-limit.ts'
import type { Variables } from '../../operation/cost/term.ts'
import type { PreparedOperation } from '../../operation/operation-cache.ts'
import type { RouterSettings } from '../../settings.ts'
import { HttpError } from '../http-error.ts'

/** Request and response header of what a request costs. */
const HEADER = 'graphql-cost'

/** Length above which answers are not counted, since parsing blocks the event loop. */
export const MAX_COUNTED = 1_000_000

/** Estimated cost of a request, and actual cost of its answer. */
export type CostReport = RequestCost & {
  /** Whether the client requested it. */
  readonly isAsked: boolean
  /** null: an answer was not counted. */
  actual: number | null
}

export function newCostReport({ limits }: RouterSettings, headers: IncomingHttpHeaders): CostReport {
  const { maximum, mode } = limits.cost
  const isAsked = headers[HEADER] === 'report'
  return { maximum, enforces: mode === 'enforce', isAsked, estimated: 0, actual: 0 }
}

/** @returns the estimated cost of the operation. @throws HttpError if it exceeds the limit. */
export function admitted(
  { cost }: PreparedOperation,
  variables: Variables,
  report: CostReport,
  status: number,
): number {
  const before = report.estimated
  const reason = admitCost(cost, variables, report)
  if (reason) throw new HttpError(status, [reason])
  return report.estimated - before
}

/**
 * Counts the actual cost of an answer, if it is reported.
 * @param body `{"data":…}`.
 * @returns null: it was not counted.
 */
export function countAnswer(
  { cost }: PreparedOperation,
  variables: Variables,
  body: string,
  report: CostReport,
): number | null {
  const answer = body.length > MAX_COUNTED ? null : parsed(body)
  const actual = answer && cost.actual(answer.data, variables)
  report.actual = actual === null || report.actual === null ? null : report.actual + actual
  return actual
}

function parsed(body: string): { readonly data?: unknown } | null {
  try {
    // An answer of the router's own: an object.
    return JSON.parse(body) as { readonly data?: unknown }
  } catch {
    // An answer whose cost cannot be counted is sent nevertheless.
    return null
  }
}

/** The response header, as flat pairs: a dictionary (RFC 9651, section 3.2). */
export function costHeader({ isAsked, estimated, actual, maximum }: CostReport): readonly string[] {
  if (!isAsked) return []
  const counted = actual === null ? '' : `, actual=${actual}`
  return [HEADER, `estimated=${estimated}${counted}, maximum=${maximum}`]
}
