import { FetchFailure } from '../http-client/fetch-failure.ts'
import type { HttpAnswer } from '../http-client/http-answer.ts'
import { MAX_DEPTH, parseExactly, TooDeep } from '../json/exact-json.ts'
import { isInexact } from '../json/exact-number.ts'
import { isRecord } from '../json/is-record.ts'
import { parseInTurns } from '../json/parse-in-turns.ts'
import { type TextLimits, TooWide } from '../json/text-limits.ts'

/** A GraphQL answer that execution may trust in shape: its values it checks itself. */
export type SubgraphAnswer = {
  readonly data: Record<string, unknown> | null
  /** As the subgraph sent them. */
  readonly errors: readonly unknown[]
}

type Head = Pick<HttpAnswer, 'status' | 'headers'>

const GRAPHQL_RESPONSE = 'application/graphql-response+json'

/**
 * Whether the head says that the body is a GraphQL response (GraphQL over HTTP, section 6.4).
 * `application/graphql-response+json` is one with every status except redirects. Any other media type may
 * come from an intermediary, so it is accepted only with 2xx, and with those 4xx statuses with which servers
 * refuse a request by GraphQL errors. 401 and 403 then refuse the router itself, which does not concern the
 * client: errors about the client come as GraphQL errors.
 */
function carriesAnswer(status: number, contentType: string | string[] | undefined): boolean {
  if (status >= 200 && status < 300) return true
  if (status === 400 || status === 422 || status === 429) return true
  const [type = ''] = String(contentType ?? '').split(';', 1)
  return status >= 400 && type.trim().toLowerCase() === GRAPHQL_RESPONSE
}

/**
 * Reads a subgraph's HTTP answer.
 * @param entities the number of representations that were sent; null if `_entities` is not to be checked.
 * @param isChanged which numbers are kept as exact ones.
 * @throws FetchFailure if it does not answer the request.
 */
export function readAnswer(
  head: Head,
  text: string,
  entities: number | null,
  isChanged = isInexact,
): SubgraphAnswer {
  refuseStatus(head)
  try {
    return answerIn(parseExactly(text, MAX_DEPTH, isChanged), entities)
  } catch (error) {
    throw failureOf(error, head, text)
  }
}

/** The same for a text larger than LARGE_TEXT: other work has its turns while it is parsed. */
export async function readLargeAnswer(
  head: Head,
  text: string,
  entities: number | null,
  limits: TextLimits,
  isChanged = isInexact,
): Promise<SubgraphAnswer> {
  refuseStatus(head)
  try {
    return answerIn(await parseInTurns(text, isChanged, limits), entities)
  } catch (error) {
    throw failureOf(error, head, text)
  }
}

function refuseStatus({ status, headers }: Head): void {
  // Whatever the body says: the subgraph did not read the request, so the client has to change it.
  if (status === 413) throw new FetchFailure('request-too-large', 'status 413')
  if (!carriesAnswer(status, headers['content-type'])) throw new FetchFailure('status', `status ${status}`)
}

function failureOf(error: unknown, { status }: Head, { length }: string): unknown {
  if (error instanceof SyntaxError)
    return new FetchFailure('invalid', `status ${status}, ${length} characters that are not JSON`)
  if (!(error instanceof TooDeep || error instanceof TooWide)) return error
  return new FetchFailure('invalid', `status ${status}, ${length} characters: ${error.message}`)
}

function answerIn(body: unknown, entities: number | null): SubgraphAnswer {
  if (!isRecord(body)) throw new FetchFailure('invalid', 'the body is not a JSON object')
  const errors = Array.isArray(body.errors) ? body.errors : []
  const data = isRecord(body.data) ? body.data : null
  if (!data && (body.data ?? null) !== null) throw new FetchFailure('invalid', 'data is not an object')
  if (!data && errors.length === 0) throw new FetchFailure('invalid', 'neither data nor errors')
  if (data && entities !== null) checkEntities(data._entities, entities, errors.length > 0)
  return { data: data && entities !== null && !Array.isArray(data._entities) ? null : data, errors }
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
