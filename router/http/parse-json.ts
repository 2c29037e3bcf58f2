import { isNestedDeeper } from './json-nesting.ts'
import { badRequest } from './refusal.ts'

/**
 * Parses JSON that a client sent.
 * @param name of the part of the request, for the message.
 * @param nesting how many lists and objects may stand within each other.
 * @throws Refusal of a text that is no JSON, or nested deeper.
 */
export function parseJson(text: string, name: string, nesting: number): unknown {
  if (isNestedDeeper(text, nesting))
    throw badRequest(
      `${name} has more than the ${nesting} lists and objects within each other that are taken.`,
    )
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`${name} is not valid JSON.`)
  }
}
