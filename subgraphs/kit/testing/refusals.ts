import type { OperationResult } from './subgraph.ts'

type TypedError = {
  readonly __typename: string
  readonly message: string
  readonly path?: readonly string[] | null
}
type Payload = { readonly userErrors?: readonly TypedError[] } | null

/** The refusals in a response: the code of an error or the type of a user error, the field of the input, and the message. */
function refusalsIn({ data, errors }: OperationResult): string[] {
  const payloads = Object.values((data ?? {}) as Record<string, Payload>)
  const typed = payloads.flatMap((payload) => payload?.userErrors ?? [])
  const placeOf = (path: TypedError['path']) => (path ? ` of ${path.join('.')}` : '')
  return [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, path, message }) => `${__typename}${placeOf(path)}: ${message}`),
  ]
}

/** Cuts ids and repeated characters, so that the page is the same in each run and can be read. */
const shortened = (text: string) =>
  text
    .replaceAll(/\b([a-z]{3})_[0-9a-f]{8}-[0-9a-f-]{27}/g, '$1_…')
    .replaceAll(/(.)\1{11,}/g, '$1…')
    .replaceAll(/(\{[^{}]{1,80}\}|"\w{3}_…")(,\1){2,}/g, '$1…')
const MAX_LENGTH = 160

/** An operation or the part of it that is refused, and its response. */
export type Refused = readonly [asked: string, response: OperationResult]

const cut = (text: string) => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text)

/**
 * A page of whole messages, for tests that compare them. Operations that refuse one input alike are one entry. `test` is the file that writes
 * it by `-u`.
 */
export function refusalsPage(test: string, all: readonly Refused[]): string {
  const rows = all.map(([asked, response]) => {
    const [, name = '', input = ''] = /^(\w+)( \{.*)$/s.exec(asked) ?? ['', asked]
    const lines = refusalsIn(response).map((line) => `  ${shortened(line).replaceAll('\n', '\\n')}\n`)
    return { name, rest: `${cut(shortened(input))}\n${lines.join('')}` }
  })
  const entries = [...Map.groupBy(rows, ({ rest }) => rest)].map(
    ([rest, group]) => `${[...new Set(group.map(({ name }) => name))].join(', ')}${rest}`,
  )
  return `# Refusals

Each bad input or argument of the test, and the messages that refuse it. \`npx vitest run ${test} -u\` writes this page; the test compares it.

\`\`\`text
${entries.join('\n')}\`\`\`
`
}
