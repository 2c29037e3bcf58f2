import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { isRecord } from '../../json/is-record.ts'
import { badRequest, HttpError } from '../http-error.ts'
import type { Parameters } from './parameters.ts'

/** Finds the text of an operation that a client identifies by its hash. @throws HttpError */
export type OperationText = (parameters: Parameters) => string

/**
 * Automatic persisted queries: a client sends the SHA-256 of its operation first, and the text only on
 * request. Later requests are short and fit a GET, which caches can store.
 * @param kept maximum number of texts, and of all their characters.
 */
export function persistedOperations(kept: {
  readonly texts: number
  readonly characters: number
}): OperationText {
  const texts = new LRUCache<string, string>({
    max: kept.texts,
    maxSize: kept.characters,
    sizeCalculation: (text) => text.length,
  })
  return ({ query, extensions }) => {
    const hash = hashIn(extensions.persistedQuery)
    if (!hash) {
      if (query) return query
      throw badRequest('The request must have a non-empty `query` or `extensions.persistedQuery`.')
    }
    if (!query) return texts.get(hash) ?? notFound()
    // A lone surrogate is hashed as U+FFFD: a text with one would take the place of another.
    if (!query.isWellFormed()) throw badRequest('`query` contains half of a UTF-16 surrogate pair.')
    const actual = createHash('sha256').update(query).digest('hex')
    if (actual !== hash) throw badRequest(`The sha256Hash does not match the query, whose hash is ${actual}.`)
    texts.set(hash, query)
    return query
  }
}

function hashIn(persisted: unknown): string | null {
  if (persisted === undefined || persisted === null) return null
  const { version, sha256Hash } = isRecord(persisted) ? persisted : {}
  if (version !== 1 || typeof sha256Hash !== 'string' || !/^[\da-f]{64}$/i.test(sha256Hash))
    throw badRequest('`persistedQuery` must be { "version": 1, "sha256Hash": 64 hexadecimal digits }.')
  return sha256Hash.toLowerCase()
}

/** Message, code and status are those that clients of this protocol expect. */
function notFound(): never {
  throw new HttpError(200, [
    { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
  ])
}
