import type { FastifyInstance } from 'fastify'
import type { SigningKeyStore } from './signing-key-store.ts'

/** A verifier may keep the set this long; for a kid that it does not know it asks again. */
const MAX_AGE_SECONDS = 60

/** Serves the JSON Web Key Set (RFC 7517, section 5), public halves only. */
export function publishKeys(app: FastifyInstance, keys: SigningKeyStore): void {
  app.get('/.well-known/jwks.json', async (_, reply) => {
    reply.header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`)
    reply.type('application/jwk-set+json')
    return reply.send(JSON.stringify({ keys: await keys.published() }))
  })
}
