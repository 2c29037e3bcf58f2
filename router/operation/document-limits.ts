import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  TokenKind,
  type ValidationContext,
} from 'graphql'
import { LRUCache } from 'lru-cache'

type DocumentLimits = { readonly tokens: number; readonly depth: number }

/** Texts that passed, so that a known operation is not read a second time. */
const REMEMBERED = 1_000

/** Why a document is refused before it is parsed; null when it may be. What does not lex is left to the parser. */
export type CheckText = (text: string) => string | null

/**
 * Counts tokens and nested brackets while lexing, before a parser recurses into them: nothing else about a document
 * costs so little to find out.
 */
export function textLimits({ tokens, depth }: DocumentLimits): CheckText {
  const passed = new LRUCache<string, true>({ max: REMEMBERED })
  // A selection set may hold arguments that hold lists of objects: allowed beside the depth of selections.
  const brackets = depth * 2
  return (text) => {
    if (passed.has(text)) return null
    const lexer = new Lexer(new Source(text))
    let count = 0
    let open = 0
    try {
      for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
        count++
        if (count > tokens) return `The document has more than the ${tokens} tokens that are taken.`
        if (OPENING.has(token.kind)) open++
        else if (CLOSING.has(token.kind)) open--
        if (open > brackets)
          return `The document is nested deeper than the ${brackets} brackets that are taken.`
      }
    } catch {
      return null
    }
    passed.set(text, true)
    return null
  }
}

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/** A validation rule: selections, fragments followed, are nested at most so deep. */
export function depthLimit(limit: number) {
  return (context: ValidationContext): ASTVisitor => {
    const fragments = new Map<FragmentDefinitionNode, number>()
    const ofFragment = (name: string): number => {
      const fragment = context.getFragment(name)
      if (!fragment) return 0
      const known = fragments.get(fragment)
      if (known !== undefined) return known
      // A cycle is another rule's finding: counted as nothing here.
      fragments.set(fragment, 0)
      const depth = depthOf(fragment.selectionSet)
      fragments.set(fragment, depth)
      return depth
    }
    const depthOf = ({ selections }: SelectionSetNode): number => {
      let deepest = 0
      for (const selection of selections) {
        let depth = 0
        if (selection.kind === Kind.FRAGMENT_SPREAD) depth = ofFragment(selection.name.value)
        else if (selection.kind === Kind.INLINE_FRAGMENT) depth = depthOf(selection.selectionSet)
        else depth = 1 + (selection.selectionSet ? depthOf(selection.selectionSet) : 0)
        deepest = Math.max(deepest, depth)
      }
      return deepest
    }
    return {
      OperationDefinition(operation) {
        const depth = depthOf(operation.selectionSet)
        if (depth <= limit) return
        const message = `The operation is ${depth} fields deep; ${limit} are taken.`
        context.reportError(new GraphQLError(message, { nodes: operation }))
      },
    }
  }
}
