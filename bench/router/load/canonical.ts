/**
 * A text for each JSON value, independent of the order of keys. In answers, `data` and `errors` count;
 * `extensions` may differ.
 * @throws SyntaxError if it is not JSON.
 */
export function canonicalAnswer(text: string): string {
  const { data, errors } = JSON.parse(text)
  return JSON.stringify({ data, errors }, sortedKeys)
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
