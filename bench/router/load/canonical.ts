/**
 * A text for each value of JSON, the same whatever the order of keys. Of an answer, `data` and `errors` count; `extensions`
 * are each server's own.
 * @throws SyntaxError where it is not JSON.
 */
export function canonicalAnswer(text: string): string {
  const { data, errors } = JSON.parse(text)
  return JSON.stringify({ data, errors }, sortedKeys)
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
