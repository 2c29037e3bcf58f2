import { parseAst } from 'vitest/node'

/** A node of the ESTree that Vite's parser makes of TypeScript. `start` and `end` are offsets in the source. */
export type SyntaxNode = {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/**
 * Visits all nodes of a TypeScript source, parents first.
 * @param visit gets each node with its ancestors, nearest first, without nodes of types: these have no effect at run time
 */
export function visitNodes(
  source: string,
  visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
): void {
  const into = (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => {
    if (hasNoEffect(node)) return
    visit(node, ancestors)
    for (const child of Object.values(node).flatMap(nodesOf)) into(child, [node, ...ancestors])
  }
  for (const node of nodesOf(parseAst(source, { lang: 'ts' }))) into(node, [])
}

/** The value of a node's field as nodes: none, one, or those of a list. */
export function nodesOf(value: unknown): SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf)
  return isNode(value) ? [value] : []
}

/** The node of a field, if it has one. */
export const nodeOf = (value: unknown): SyntaxNode | undefined => nodesOf(value)[0]

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

// Expressions in TypeScript's own wrappers, such as `value as Type`, do have an effect.
const WRAPPERS = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression'])

function hasNoEffect({ type }: SyntaxNode): boolean {
  return /^(Import|ExportAll|TS)/.test(type) && type !== 'ImportExpression' && !WRAPPERS.has(type)
}
