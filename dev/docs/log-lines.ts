import { nodeOf, nodesOf, type SyntaxNode, visitNodes } from '../mutate/syntax.ts'

/** Levels of lines, the most severe first. */
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug'] as const
type Level = (typeof LEVELS)[number]

/** A line that the source logs. `message` is the text, or the expression in backticks where the text is not constant. */
export type LogLine = { readonly level: Level; readonly message: string; readonly fields: readonly string[] }

const isLevel = (name: unknown): name is Level => LEVELS.some((level) => level === name)
const textOf = ({ start, end }: SyntaxNode, source: string) =>
  source.slice(start, end).replaceAll(/\s+/g, ' ')
const messageOf = (node: SyntaxNode, source: string) =>
  typeof node.value === 'string' ? node.value : `\`${textOf(node, source)}\``

function fieldOf(node: SyntaxNode, source: string): string {
  return node.type === 'Property' ? String(nodeOf(node.key)?.name) : textOf(node, source)
}

/** The lines that a source logs: calls such as `log.warn({ id, err }, 'a text')`. */
export function logLinesOf(source: string): LogLine[] {
  const found: LogLine[] = []
  visitNodes(source, (node) => {
    const callee = nodeOf(node.callee)
    const level = nodeOf(callee?.property)?.name
    const logger = nodeOf(callee?.object)
    if (node.type !== 'CallExpression' || !logger || !isLevel(level)) return
    if (!/(?:^|\.)log$/.test(textOf(logger, source))) return
    const [first, second] = nodesOf(node.arguments)
    const [details, message] = second ? [first, second] : [undefined, first]
    if (!message) return
    const members = details?.type === 'ObjectExpression' ? nodesOf(details.properties) : nodesOf(details)
    found.push({
      level,
      message: messageOf(message, source),
      fields: members.map((one) => fieldOf(one, source)),
    })
  })
  return found
}

const HEAD = `# Log lines

The lines that the router and the subgraphs log, the most severe first, with the fields of each. \`error\` needs an operator, \`warn\` is a
problem from which the shop recovered, \`info\` is start and stop, \`debug\` is everything else. Where a message or a field is in code, the
source computes it. Every line also has the service as \`name\`, and within a request the \`requestId\` and \`traceparent\`.
\`npx vitest run dev/docs/log-lines.test.ts -u\` writes this page from the source.
`

const NOT_SERVED =
  /(?:^|\/)(?:testing|model|mailbox|sandbox-gateway|simulated-carrier|fuzz|reference)\/|\.(?:test|fixture|conformance)\.ts$/

/** The page of log lines of the router, the kit and the subgraphs. */
export function logLinesPage(files: readonly { readonly file: string; readonly source: string }[]): string {
  const rows = files.flatMap(({ file, source }) => {
    const part = /^(?:router|subgraphs\/[^/]+)(?=\/)/.exec(file)?.[0]
    if (!part || NOT_SERVED.test(file)) return []
    return logLinesOf(source).map((line) => ({ ...line, part, place: file.slice(part.length + 1) }))
  })
  const sections = [...Map.groupBy(rows, ({ part }) => part)].map(([part, all]) => {
    const lines = all
      .toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
      .map(
        ({ level, message, fields, place }) =>
          `| ${level} | ${message.replaceAll('|', '\\|')} | ${fields.map((field) => `\`${field}\``).join(', ')} | \`${place}\` |`,
      )
    return [
      `\n## ${part}\n`,
      '| level | message | fields | file |',
      '| --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n')
  })
  return HEAD + sections.join('')
}
