import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type ParseOptions,
  parse,
  specifiedRules,
  type ValidationContext,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RouterSettings } from '../settings.ts'
import { textCheck } from './document-limits.ts'
import { lean } from './lean-document.ts'
import { excessesOf } from './selection-limits.ts'
import { isSurelyValid } from './surely-valid.ts'

/** A document that cannot be served, with everything that is wrong with it. */
export class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument'
  readonly errors: readonly GraphQLError[]

  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('\n'))
    this.errors = errors
  }
}

/** More errors than these help nobody, and each costs. */
const MAX_ERRORS = 20

/** A text that passed. */
export type KnownDocument = {
  /** A short name for it among those of its schema. */
  readonly id: string
  /**
   * Its tree, without the places of its parts in the text (12 KB instead of 33, and as much less for the garbage collector
   * to move). Not kept: it is read again where it is asked for later, in 0.1 ms.
   */
  readonly document: () => DocumentNode
}

/**
 * Keeps what came of texts, valid or not; bounded: the least recently used are forgotten.
 * @returns a function that throws InvalidDocument.
 */
export function knownDocuments(
  read: (text: string) => DocumentNode,
  { operations, text: characters }: RouterSettings['cache'],
): (text: string) => KnownDocument {
  const known = new LRUCache<string, KnownDocument | InvalidDocument>({
    max: operations,
    maxSize: characters,
    sizeCalculation: (_, text) => text.length + 1,
  })
  let count = 0
  // Who meets a text for the first time asks for its tree at once, for all that is made of it.
  let latest: { readonly id: string; readonly document: DocumentNode } | null = null
  const treeOf = (id: string, text: string) =>
    latest?.id === id ? latest.document : lean(parse(text, { noLocation: true }))
  const readAnew = (text: string): KnownDocument => {
    try {
      const id = String(count++)
      latest = { id, document: read(text) }
      const fresh = { id, document: () => treeOf(id, text) }
      known.set(text, fresh)
      return fresh
    } catch (error) {
      if (error instanceof InvalidDocument) known.set(text, error)
      throw error
    }
  }
  return (text) => {
    const found = known.get(text)
    if (found instanceof InvalidDocument) throw found
    return found ?? readAnew(text)
  }
}

/**
 * Reads documents against one schema: size, syntax, extent, validity, in the order of what they cost.
 * @param production neither introspection nor names of the schema in messages.
 * @returns a function that throws InvalidDocument.
 */
export function documentReader(
  schema: GraphQLSchema,
  limits: RouterSettings['limits'],
  production: boolean,
): (text: string) => DocumentNode {
  const check = textCheck(limits)
  const rules = production ? [...specifiedRules, noIntrospection] : specifiedRules
  const options = { maxErrors: MAX_ERRORS, hideSuggestions: production }
  const throwErrors = (document: DocumentNode) => {
    // First alone, since the rules look into whatever there is.
    const excesses = excessesOf(document, limits)
    if (excesses.length > 0) throw new InvalidDocument(excesses.slice(0, MAX_ERRORS))
    const errors = validate(schema, document, rules, options)
    if (errors.length > 0) throw new InvalidDocument(errors)
  }
  return (text) => {
    const problem = check(text)
    if (problem) throw new InvalidDocument([new GraphQLError(problem)])
    const document = lean(parsed(text, { noLocation: true }))
    if (excessesOf(document, limits).length === 0 && isSurelyValid(schema, document)) return document
    throwErrors(parsed(text))
    return document
  }
}

/** One error for each selection of the schema, and none for what is selected of it. */
function noIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(field) {
      if (field.name.value !== '__schema' && field.name.value !== '__type') return
      context.reportError(new GraphQLError('Introspection is off.', { nodes: field }))
    },
  }
}

function parsed(text: string, options?: ParseOptions): DocumentNode {
  try {
    return parse(text, options)
  } catch (error) {
    if (error instanceof GraphQLError) throw new InvalidDocument([error])
    throw error
  }
}
