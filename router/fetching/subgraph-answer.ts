import { MOST_DEPTH, parseExactly, TooDeep } from '../json/exact-json.ts'
import { isInexact } from '../json/exact-number.ts'
import { FetchFailure } from './fetch-failure.ts'
import { isRecord } from './subgraph-error.ts'

/** A GraphQL answer that execution may trust in shape: its values it checks itself. */
type SubgraphAnswer = {
  readonly data: Record<string, unknown> | null
  /** As the subgraph sent them. */
  readonly errors: readonly unknown[]
}

/**
 * Reads a subgraph's HTTP answer (GraphQL over HTTP, section 6.4).
 * @param entities how many representations were sent; null where `_entities` is not to be checked.
 * @param isChanged which numbers are kept as exact ones.
 * @throws FetchFailure where it is no answer to what was asked.
 */
export function readAnswer(
  status: number,
  text: string,
  entities: number | null,
  isChanged = isInexact,
): SubgraphAnswer {
  // 401 and 403 refuse the router itself: no concern of the client, whose own refusals come as GraphQL errors.
  const carriesAnswer = (status >= 200 && status < 300) || status === 400 || status === 422 || status === 429
  if (!carriesAnswer) throw new FetchFailure('status', `status ${status}`)
  const body = jsonOf(text, status, isChanged)
  const errors = Array.isArray(body.errors) ? body.errors : []
  const data = isRecord(body.data) ? body.data : null
  if (!data && (body.data ?? null) !== null) throw new FetchFailure('invalid', 'data is not an object')
  if (!data && errors.length === 0) throw new FetchFailure('invalid', 'neither data nor errors')
  if (data && entities !== null) checkEntities(data._entities, entities, errors.length > 0)
  return { data: data && entities !== null && !Array.isArray(data._entities) ? null : data, errors }
}

function jsonOf(text: string, status: number, isChanged: typeof isInexact): Record<string, unknown> {
  let body: unknown
  try {
    body = parseExactly(text, MOST_DEPTH, isChanged)
  } catch (error) {
    const why = error instanceof TooDeep ? error.message : 'they are not JSON'
    throw new FetchFailure('invalid', `status ${status}, ${text.length} characters: ${why}`)
  }
  if (!isRecord(body)) throw new FetchFailure('invalid', 'the body is not a JSON object')
  return body
}

function checkEntities(entities: unknown, expected: number, hasErrors: boolean): void {
  // The subgraph library lets a failed `_entities` bubble to null data; others send the null itself.
  if ((entities ?? null) === null && hasErrors) return
  const fits =
    Array.isArray(entities) &&
    entities.length === expected &&
    entities.every((entity) => entity === null || isRecord(entity))
  if (!fits) throw new FetchFailure('invalid', `_entities is not a list of ${expected} objects`)
}
