import type { PreparedOperation } from '../../operation/operation-cache.ts'
import type { RequestContext } from '../../request-context.ts'
import type { Serving } from '../../serving.ts'

/** Whether a client asks for the plan of its request, as Apollo Sandbox does. */
export function asksForPlan({ headers }: Pick<RequestContext, 'headers'>): boolean {
  return headers['apollo-expose-query-plan'] === 'true'
}

/**
 * Adds the plan to an answer, in `extensions.apolloQueryPlan`. The answer itself, which other requests may
 * share, is not changed.
 * @param text of the answer, a JSON object that is not empty.
 */
export async function withPlan(
  text: string,
  { operations }: Pick<Serving, 'operations'>,
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  { identity }: Pick<RequestContext, 'identity'>,
): Promise<string> {
  const program = await operations.program(prepared, identity, variables)
  const { object, text: planText } = await program.plan(variables)
  const extensions = { apolloQueryPlan: { object, text: planText } }
  return `${text.slice(0, -1)},"extensions":${JSON.stringify(extensions)}}`
}
