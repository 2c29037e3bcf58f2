import type { FastifyReply, FastifyRequest } from 'fastify'
import { Operation, type OperationLimits } from '../operation/operation.ts'
import type { Admission, Entry } from './admission.ts'
import { operationTime, TIMEOUT_HEADER } from './deadline.ts'

export type WorkOptions = { readonly admission: Admission; readonly limits: OperationLimits }

/** One operation and its place in the admission queue. */
export type Work = { readonly operation: Operation; readonly entry: Entry; isHandled: boolean }

declare module 'fastify' {
  interface FastifyRequest {
    work: Work | null
  }
}

/**
 * Starts an operation's clock and asks for admission.
 * @throws GraphQLError BAD_USER_INPUT for an invalid timeout.
 */
export function beginWork(
  { admission, limits }: WorkOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Work {
  const timeMs = operationTime(request.headers[TIMEOUT_HEADER], limits.timeMs)
  const operation = new Operation({ ...limits, timeMs })
  const entry = admission.enter()
  const work: Work = { operation, entry, isHandled: false }
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) operation.abandon()
    // A running handler frees the place itself when it is done.
    if (!work.isHandled) endWork(work)
  })
  return work
}

export function endWork({ operation, entry }: Work): void {
  operation.finish()
  entry.leave()
}

/** Whether the operation was admitted within its time limit. */
export async function isAdmitted({ operation, entry }: Work): Promise<boolean> {
  if (typeof entry.admitted === 'boolean') return entry.admitted
  const forget = operation.onStop(() => entry.leave())
  const admitted = await entry.admitted
  forget()
  return admitted && !operation.isHalted
}
