import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../../telemetry/log.ts'
import { logBursts } from '../../telemetry/log-burst.ts'
import { sendErrors } from '../response/send-response.ts'
import { type AdmissionLimits, type AdmissionQueue, admissionQueue } from './admission-queue.ts'
import { connectionQueues } from './connection-queues.ts'

/**
 * Answers a request. Never rejects.
 * @param leave called if another request does the rest of the work.
 */
type Answer = (request: IncomingMessage, response: ServerResponse, leave: () => void) => Promise<void>

/**
 * Receives requests: those of one connection in order, and those with costs through the queue.
 * @param isWork whether a request may have costs. Others, such as health checks, do not wait.
 */
export function admitRequests(
  limits: AdmissionLimits,
  isWork: (request: IncomingMessage) => boolean,
  answer: Answer,
  log: Log,
): (request: IncomingMessage, response: ServerResponse) => void {
  const lines = connectionQueues()
  const door = admissionQueue(limits)
  const tell = logBursts(log, 'the request queue is full: some requests are refused')
  const begin = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    if (!isWork(request)) {
      response.once('close', () => lines.leave(socket))
      void answer(request, response, () => {})
      return
    }
    const guest = {
      start: () => work(request, response, answer, door),
      refuse: () => {
        tell()
        refuse(response)
      },
    }
    response.once('close', () => {
      door.forget(guest)
      lines.leave(socket)
    })
    door.enter(guest)
  }
  return (request, response) =>
    lines.enter(request.socket, {
      start: () => begin(request, response),
      // node:http reports a closed connection only to the response whose turn it was.
      drop: () => void response.emit('close'),
    })
}

/** Leaves the queue when the work is done, or another request does it. */
function work(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  door: AdmissionQueue,
): void {
  let isInside = true
  const leave = () => {
    if (isInside) door.leave()
    isInside = false
  }
  void answer(request, response, leave).then(leave)
}

function refuse(response: ServerResponse): void {
  const message = 'The router has too many requests at the moment: try again.'
  const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 1 }
  sendErrors(response, 503, [{ message, extensions }], ['retry-after', '1'])
}
