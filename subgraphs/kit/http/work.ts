import type { FastifyReply, FastifyRequest } from 'fastify'
import { Operation, type OperationLimits } from '../operation/operation.ts'
import type { Admission, Entry } from './admission.ts'
import { operationTime, TIMEOUT_HEADER } from './deadline.ts'

export type WorkOptions = { readonly admission: Admission; readonly limits: OperationLimits }

/** One operation and its place among those at work. */
export type Work = { readonly operation: Operation; readonly entry: Entry; isHandled: boolean }

declare module 'fastify' {
  interface FastifyRequest {
    work: Work | null
  }
}

/**
 * Starts the clock of an operation and asks for its place.
 * @throws GraphQLError BAD_USER_INPUT for a timeout that is none.
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
    // A handler in hand gives the place back itself, when the work is done.
    if (!work.isHandled) endWork(work)
  })
  return work
}

export function endWork({ operation, entry }: Work): void {
  operation.finish()
  entry.leave()
}

/** Whether the operation got its place within its time. */
export async function isAdmitted({ operation, entry }: Work): Promise<boolean> {
  if (typeof entry.admitted === 'boolean') return entry.admitted
  const forget = operation.onStop(() => entry.leave())
  const admitted = await entry.admitted
  forget()
  return admitted && !operation.isHalted
}
