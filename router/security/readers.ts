import type { Log } from '../telemetry/log.ts'
import { BadToken, type Identify } from './access-token.ts'
import type { Identity } from './identity.ts'
import { KeysUnavailable } from './jwks.ts'

/**
 * The response header by which a trusted subgraph names the reader of a mutation field's result, e.g. the
 * account that has just signed in: `<response name of the field> <access token>`, one header line per field.
 */
export const READER_HEADER = 'x-reader'

/** Readers of the fields below root fields, by the root field's response name. */
export type Readers = ReadonlyMap<string, Identity>

/** Reads the header of an answer; null if it names no reader. Never rejects. */
export type ReadReaders = (header: string | string[] | undefined) => Promise<Readers | null>

/** Maximum number of readers in one response. */
const MAX_READERS = 100
const LINE = /^([_A-Za-z][_0-9A-Za-z]*) (\S+)$/

/**
 * Accepts a reader only by an access token that would be accepted from a client: issuer, audience, signature,
 * expiry. A token that cannot be verified names no reader, so the caller of the request is the reader.
 */
export function readersBy(identify: Identify, log: Log): ReadReaders {
  const identityOf = async (token: string): Promise<Identity | null> => {
    try {
      return await identify(`Bearer ${token}`)
    } catch (error) {
      if (!(error instanceof BadToken || error instanceof KeysUnavailable)) throw error
      log.warn({ reason: error.message }, 'the x-reader token of a subgraph was rejected')
      return null
    }
  }
  return async (header) => {
    if (header === undefined) return null
    const readers = new Map<string, Identity>()
    for (const line of [header].flat().slice(0, MAX_READERS)) {
      const [, name, token] = LINE.exec(line) ?? []
      const identity = name && token ? await identityOf(token) : null
      if (name && identity?.kind === 'user') readers.set(name, identity)
    }
    return readers.size > 0 ? readers : null
  }
}
