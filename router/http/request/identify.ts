import { BadToken, type Identify } from '../../security/access-token.ts'
import type { Identity } from '../../security/identity.ts'
import { KeysUnavailable } from '../../security/jwks.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Trace } from '../../telemetry/trace.ts'
import { HttpError } from '../http-error.ts'

/**
 * Identity of the sender of a request.
 * @throws HttpError: 401 for an invalid token (RFC 6750, section 3), 503 while no key is known.
 */
export async function identified(
  identify: Identify,
  authorization: string | undefined,
  { requestId }: Trace,
  log: Log,
): Promise<Identity> {
  try {
    return await identify(authorization)
  } catch (error) {
    if (error instanceof BadToken) {
      log.info({ requestId, reason: error.message }, 'an access token was refused')
      const message = 'The access token is not valid or no longer valid.'
      const challenge = ['www-authenticate', 'Bearer error="invalid_token"']
      throw new HttpError(401, [{ message, extensions: { code: 'UNAUTHENTICATED' } }], challenge)
    }
    if (error instanceof KeysUnavailable) {
      const message = 'Access tokens cannot be verified at the moment.'
      throw new HttpError(
        503,
        [{ message, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
        ['retry-after', '1'],
      )
    }
    throw error
  }
}
