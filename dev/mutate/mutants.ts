import { sqlChanges } from './sql-mutants.ts'
import { nodeOf, nodesOf, type SyntaxNode, visitNodes } from './syntax.ts'

/** One change of a source: the text from `start` to `end` becomes `to`. */
export type Mutant = {
  readonly kind: string
  /** From 1. */
  readonly line: number
  readonly start: number
  readonly end: number
  readonly from: string
  readonly to: string
}

type Change = { readonly kind: string; readonly start: number; readonly end: number; readonly to: string }
type Maker = (node: SyntaxNode, source: string, ancestors: readonly SyntaxNode[]) => readonly Change[]

/** The source with the change made. */
export function mutated(source: string, { start, end, to }: Change): string {
  return source.slice(0, start) + to + source.slice(end)
}

/** All changes of a TypeScript source that its tests should notice, by their place. */
export function mutantsOf(source: string): Mutant[] {
  const changes: Change[] = []
  visitNodes(source, (node, ancestors) => {
    if (isOfEndlessLoop(node, ancestors)) return
    changes.push(...(MAKERS[node.type]?.(node, source, ancestors) ?? []))
  })
  return changes
    .map((change) => ({
      ...change,
      line: source.slice(0, change.start).split('\n').length,
      from: source.slice(change.start, change.end),
    }))
    .sort((a, b) => a.start - b.start)
}

const LOOP = /^(?:While|DoWhile|For)Statement$/

// A changed condition or step may never end, which no time limit of a test can interrupt.
function isOfEndlessLoop(node: SyntaxNode, ancestors: readonly SyntaxNode[]): boolean {
  const at = ancestors.findIndex(({ type }) => LOOP.test(type))
  const loop = ancestors[at]
  return loop !== undefined && nodeOf(loop.body) !== (at === 0 ? node : ancestors[at - 1])
}

const replace = (kind: string, { start, end }: SyntaxNode, to: string): Change => ({ kind, start, end, to })
const textOf = (node: SyntaxNode | undefined, source: string) =>
  node ? source.slice(node.start, node.end) : ''

const BOUNDARIES: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' }
const OPPOSITES: Readonly<Record<string, string>> = { '===': '!==', '!==': '===' }
const SUMS: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' }
const METHODS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
])
const LIST_METHODS = ['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice', 'trim', 'toLowerCase']
const PRISMA = ['where', 'orderBy', 'take', 'skip', 'distinct', 'cursor']

/** The changes by the type of node. */
const MAKERS: Readonly<Record<string, Maker>> = {
  IfStatement(node, source) {
    const test = nodeOf(node.test)
    return [...negated(test, source), ...(node.alternate ? [] : [replace('guard', node, ';')])]
  },
  ConditionalExpression: (node, source) => negated(nodeOf(node.test), source),

  LogicalExpression(node, source) {
    const [left, right] = [nodeOf(node.left), nodeOf(node.right)]
    const sides = [left, right].map((side) => replace('condition', node, `(${textOf(side, source)})`))
    return node.operator === '??' ? sides.slice(0, 1) : sides
  },

  BinaryExpression(node, source) {
    const [left, right] = [nodeOf(node.left), nodeOf(node.right)]
    const operator = String(node.operator)
    const by = (kind: string, table: Readonly<Record<string, string>>) => {
      const other = table[operator]
      return other ? [replace(kind, node, `${textOf(left, source)} ${other} ${textOf(right, source)}`)] : []
    }
    const isText = [left, right].some(
      (side) => side?.type === 'TemplateLiteral' || typeof side?.value === 'string',
    )
    return [
      ...by('boundary', BOUNDARIES),
      ...by('condition', OPPOSITES),
      ...(isText ? [] : by('arithmetic', SUMS)),
    ]
  },

  UnaryExpression: (node, source) =>
    node.operator === '!' ? [replace('condition', node, textOf(nodeOf(node.argument), source))] : [],

  ExpressionStatement: (node, _, ancestors) => (node.directive ? [] : removed(node, ancestors)),
  ThrowStatement: (node, _, ancestors) => removed(node, ancestors),

  CallExpression(node, source) {
    const callee = nodeOf(node.callee)
    const property = nodeOf(callee?.property)
    const name = String(property?.name)
    const other = METHODS.get(name)
    if (callee?.type !== 'MemberExpression' || !property) return []
    if (other) return [replace('method', property, other)]
    return LIST_METHODS.includes(name) ? [replace('method', node, textOf(nodeOf(callee.object), source))] : []
  },

  Property(node, source, ancestors) {
    const name = String(nodeOf(node.key)?.name)
    const [, around] = ancestors
    const inWhere = around?.type === 'Property' && nodeOf(around.key)?.name === 'where'
    return PRISMA.includes(name) || inWhere ? [withoutMember(node, source)] : []
  },

  Literal(node, source, ancestors) {
    if (typeof node.value === 'boolean') return [replace('constant', node, String(!node.value))]
    if (typeof node.value === 'number') return [replace('constant', node, `${node.value + 1}`)]
    if (typeof node.value !== 'string') return []
    const changes = sqlChanges(textOf(node, source))
    if (changes) return inside(node, changes)
    const isKey = ancestors[0]?.type === 'Property' && nodeOf(ancestors[0].key) === node
    return isProse(node.value) && !isKey ? [replace('text', node, "'something else'")] : []
  },

  TemplateLiteral(node, source) {
    const whole = textOf(node, source)
    const changes = sqlChanges(whole)
    if (changes) return inside(node, changes)
    if (!isProse(whole)) return []
    return nodesOf(node.expressions).map((shown) => replace('text', shown, "''"))
  },
}

/** A statement taken out, unless the guard around it is taken out, which is the same change. */
function removed(node: SyntaxNode, [around]: readonly SyntaxNode[]): Change[] {
  return around?.type === 'IfStatement' ? [] : [replace('statement', node, ';')]
}

/** A condition turned round. */
function negated(test: SyntaxNode | undefined, source: string): Change[] {
  return test ? [replace('condition', test, `!(${textOf(test, source)})`)] : []
}

function withoutMember(node: SyntaxNode, source: string): Change {
  const comma = /^\s*,/.exec(source.slice(node.end))?.[0].length ?? 0
  return { kind: 'member', start: node.start, end: node.end + comma, to: '' }
}

const inside = ({ start }: SyntaxNode, changes: readonly Change[]): Change[] =>
  changes.map((change) => ({ ...change, start: start + change.start, end: start + change.end }))

/** A text that people read: words with a space between them. */
const isProse = (text: string) => /[a-z] [a-z]/i.test(text.replaceAll(/\$\{[^}]*\}/g, 'x'))
