import type { Clock } from '@argyle/kit/clock'
import type { App } from '@argyle/kit/subgraph'
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { scheduleLookup } from '../shipment/tracking-store.ts'
import { isSigned } from './webhook-signature.ts'

export const WEBHOOK_PATH = '/webhooks/carrier'
export const SIGNATURE_HEADER = 'carrier-signature'
/** A webhook contains only the id of a label. */
const MAX_BODY = 16 * 1_024

const hintSchema = z.object({ labelId: z.string().min(1).max(200) })

type Webhooks = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly webhookSecret: Uint8Array
}

/**
 * Webhook of the carrier about a change of a parcel. It only triggers a lookup of the parcel, so repeated,
 * late, reordered and lost webhooks do no harm.
 */
export function webhookRoute(app: App, { prisma, clock, webhookSecret }: Webhooks): void {
  void app.register(async (scope) => {
    // The signature covers the raw body.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_, body, done) =>
      done(null, body),
    )
    scope.post(WEBHOOK_PATH, { bodyLimit: MAX_BODY }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      if (!isSigned(webhookSecret, body, request.headers[SIGNATURE_HEADER], clock()))
        return reply
          .code(401)
          .send({ message: `the header ${SIGNATURE_HEADER} is missing, too old or invalid` })
      const hint = hintSchema.safeParse(jsonOf(body))
      if (!hint.success) return reply.code(400).send({ message: 'the body has no labelId' })
      await scheduleLookup(prisma, hint.data.labelId, clock())
      return reply.code(202).send({})
    })
  })
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}
