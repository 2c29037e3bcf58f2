import { parseAst } from 'vitest/node'
import { nodeOf, nodesOf, type SyntaxNode, visitNodes } from '../mutate/syntax.ts'

/** A number that the source names, e.g. `MAX_LINES`, with the first sentence of its comment. */
export type Limit = { readonly name: string; readonly value: string; readonly meaning: string }

/** Names of units, codes and similar constants, which are not limits. */
const NO_LIMIT = /^(?:DAY|HOUR|MINUTE|SECOND|QUARTER)_|_LOCK$|^(?:MEGABYTE|ORIGIN_MS|MAX)$/
const LIMIT =
  /^(?:MAX|MIN|FEW|KEPT|BATCH)(?:_|$)|_(?:MS|SECONDS|MINUTES|HOURS|DAYS|BATCH|ATTEMPTS|AT_ONCE|DEPTH|SIZE|CAP|WAITING|HELD|TRIES|SESSIONS|TOKENS)$|^(?:ATTEMPTS|PAGE|SWEEP|CONNECTIONS|GRACE|DEPTH|REMEMBERED)/

type Known = ReadonlyMap<string, number | bigint>

const CALCULATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '**': (a, b) => a ** b,
}

/** The value of an expression of numbers and of names that are known; undefined for any other. */
function numberOf(node: SyntaxNode | undefined, known: Known): number | bigint | undefined {
  if (node?.type === 'Identifier') return known.get(String(node.name))
  if (node?.type === 'Literal')
    return typeof node.value === 'number' || typeof node.value === 'bigint' ? node.value : undefined
  if (node?.type !== 'BinaryExpression') return undefined
  const [left, right] = [numberOf(nodeOf(node.left), known), numberOf(nodeOf(node.right), known)]
  const calculate = CALCULATIONS[String(node.operator)]
  if (left === undefined || right === undefined || !calculate) return undefined
  if (!Number.isInteger(Number(left)) || !Number.isInteger(Number(right))) return undefined
  return calculate(BigInt(left), BigInt(right))
}

/** The declarations of constants in a source, exported or not. */
function constantsOf(source: string): { start: number; name: string; init: SyntaxNode | undefined }[] {
  return nodesOf(parseAst(source, { lang: 'ts' }))
    .flatMap((program) => nodesOf(program.body))
    .flatMap((statement) => {
      const declaration = nodeOf(statement.declaration) ?? statement
      if (declaration.type !== 'VariableDeclaration') return []
      return nodesOf(declaration.declarations).map((one) => ({
        start: statement.start,
        name: String(nodeOf(one.id)?.name),
        init: nodeOf(one.init),
      }))
    })
}

/** The first sentence of the comment that ends before an offset; empty if there is none. */
function commentBefore(source: string, start: number): string {
  const before = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/|(?:^|\n)\/\/ ?(.*))\n$/.exec(source.slice(0, start))
  const text = (before?.[1] ?? before?.[2] ?? '').replaceAll(/\s*\n?\s*\*?\s+/g, ' ').trim()
  if (/^Tested in /.test(text)) return ''
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0].replace(/[.:]$/, '') ?? text
}

function allowanceOf(init: SyntaxNode | undefined, known: Known): string | undefined {
  const fields = new Map(
    nodesOf(init?.properties).map((one) => [
      String(nodeOf(one.key)?.name),
      numberOf(nodeOf(one.value), known),
    ]),
  )
  const [burst, everyMs] = [fields.get('burst'), fields.get('everyMs')]
  return burst === undefined || everyMs === undefined ? undefined : `${burst}, then one every ${everyMs} ms`
}

/** The limits that a source names: numbers, and allowances of attempts. */
export function limitsOf(source: string): Limit[] {
  const known = new Map<string, number | bigint>()
  return constantsOf(source).flatMap(({ start, name, init }) => {
    const value = numberOf(init, known)
    if (value !== undefined) known.set(name, value)
    const isLimit = value !== undefined && LIMIT.test(name) && !NO_LIMIT.test(name)
    const shown = isLimit ? String(value) : allowanceOf(init, known)
    return shown === undefined ? [] : [{ name, value: shown, meaning: commentBefore(source, start) }]
  })
}

/** The defaults of the settings that a source declares as a schema, in their order. */
export function defaultsOf(source: string): Limit[] {
  const found: Limit[] = []
  visitNodes(source, (node) => {
    const callee = nodeOf(nodeOf(node.value)?.callee)
    if (node.type !== 'Property' || !/^(?:default|prefault)$/.test(String(nodeOf(callee?.property)?.name)))
      return
    const [given] = nodesOf(nodeOf(node.value)?.arguments)
    if (given?.type !== 'Literal') return
    found.push({
      name: String(nodeOf(node.key)?.name),
      value: given.value === '' ? '(empty)' : String(given.value),
      meaning: 'Default of the setting',
    })
  })
  return found
}

const SIMULATED =
  /(?:^|\/)(?:testing|model|mailbox|sandbox-gateway|simulated-carrier|fuzz)\/|\.(?:test|fixture|conformance)\.ts$/
const SETTINGS = /(?:^|\/)(?:settings|config)\.ts$/

const HEAD = `# Limits

Limits, periods and defaults by part: constants that the source writes as a number, as a sum, difference, product or
power of numbers of the same file, or as an allowance of attempts, and defaults of settings that are one literal. Others,
such as quotients, objects and values of imported names, are not listed. \`npm run limits\` writes this page, and
\`npm run check\` compares it with the source.
`

type Sources = readonly { readonly file: string; readonly source: string }[]

/** The limits of the router, the kit and the subgraphs, with their places. */
function rowsOf(files: Sources) {
  return files.flatMap(({ file, source }) => {
    const part = /^(?:router|subgraphs\/[^/]+)(?=\/)/.exec(file)?.[0]
    if (!part || SIMULATED.test(file)) return []
    const limits = [...limitsOf(source), ...(SETTINGS.test(file) ? defaultsOf(source) : [])]
    return limits.map((limit) => ({ ...limit, part, place: file.slice(part.length + 1) }))
  })
}

/** A line for each limit whose source does not say what it means. */
export function limitFaults(files: Sources): string[] {
  return rowsOf(files)
    .filter(({ meaning }) => meaning === '')
    .map(({ name, part, place }) => `${part}/${place}: ${name} has no comment, which docs/limits.md shows`)
}

/** The page of limits of the router, the kit and the subgraphs. */
export function limitsPage(files: Sources): string {
  const rows = rowsOf(files)
  const sections = [...Map.groupBy(rows, ({ part }) => part)].map(([part, all]) => {
    const lines = all.map(
      ({ name, value, meaning, place }) =>
        `| \`${name}\` | ${value} | ${meaning.replaceAll('|', '\\|')} | \`${place}\` |`,
    )
    return [
      `\n## ${part}\n`,
      '| name | value | meaning | file |',
      '| --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n')
  })
  return HEAD + sections.join('')
}
