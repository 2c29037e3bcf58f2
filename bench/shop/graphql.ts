import { z } from 'zod'
import type { Answer, Post } from './http.ts'

/** A failed request: no connection, a status other than 200, or errors in the answer. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
}

/** An answer without errors, but not the right one, which makes all figures worthless. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

const body = z.object({ data: z.unknown(), errors: z.array(z.unknown()).optional() })

/** The text of an answer without errors. @throws RequestFailed otherwise */
export async function answered(answer: Promise<Answer>): Promise<string> {
  const { status, text } = await answer.catch((error: unknown) => {
    throw new RequestFailed(error instanceof Error ? error.message : String(error))
  })
  if (status !== 200 || text.startsWith('{"errors"') || text.includes('"errors":[{'))
    throw new RequestFailed(`HTTP ${status}: ${text.slice(0, 500)}`)
  return text
}

/**
 * The data of an answer, in this shape.
 * @throws RequestFailed if it has errors; WrongAnswer if it has another shape
 */
export function dataOf<S extends z.ZodType>(text: string, shape: S): z.output<S> {
  const { data, errors } = body.parse(JSON.parse(text))
  if (errors && errors.length > 0) throw new RequestFailed(JSON.stringify(errors).slice(0, 500))
  const result = shape.safeParse(data)
  if (!result.success) throw new WrongAnswer(`${z.prettifyError(result.error)}\nin ${text.slice(0, 500)}`)
  return result.data
}

export type Ask = <S extends z.ZodType>(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  shape: S,
) => Promise<z.output<S>>

/** A client of one GraphQL endpoint. @param token an access token; null for a guest */
export function client(post: Post, url: URL, token: string | null = null): Ask {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  return async (query, variables, shape) =>
    dataOf(await answered(post(url, JSON.stringify({ query, variables }), headers)), shape)
}

/**
 * Sends the same request repeatedly and accepts only the first answer again. Later answers are compared as
 * text, which costs the client almost nothing.
 * @param request the body, as JSON
 * @returns the data the first time, then null. It rejects with RequestFailed or WrongAnswer.
 */
export function unchanging<S extends z.ZodType>(
  post: Post,
  url: URL,
  request: string,
  shape: S,
): () => Promise<z.output<S> | null> {
  let right: string | null = null
  return async () => {
    const text = await answered(post(url, request))
    if (text === right) return null
    if (right !== null) throw new WrongAnswer(`another answer than before: ${text.slice(0, 500)}`)
    const data = dataOf(text, shape)
    right = text
    return data
  }
}
