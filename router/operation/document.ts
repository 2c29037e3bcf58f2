import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationContext,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RouterSettings } from '../settings.ts'
import { type DocumentError, documentErrors, MAX_ERRORS, parseWithPositions } from './document-errors.ts'
import { textCheck } from './document-limits.ts'
import { lean } from './lean-document.ts'
import { excessesOf } from './selection-limits.ts'
import { isSurelyValid } from './surely-valid.ts'

/** A document that cannot be served, with everything that is wrong with it. */
export class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument'
  readonly errors: readonly DocumentError[]

  constructor(errors: readonly DocumentError[]) {
    super(errors.map(({ message }) => message).join('\n'))
    this.errors = errors
  }
}

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
  // Of a refused text its errors: an exception would keep its stack, and what that refers to.
  const known = new LRUCache<string, KnownDocument | readonly DocumentError[]>({
    max: operations,
    maxSize: characters,
    sizeCalculation: (outcome, text) => text.length + 1 + ('id' in outcome ? 0 : sizeOf(outcome)),
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
      if (error instanceof InvalidDocument) known.set(text, error.errors)
      throw error
    }
  }
  return (text) => {
    const found = known.get(text)
    if (!found) return readAnew(text)
    if ('id' in found) return found
    throw new InvalidDocument(found)
  }
}

/** In characters, as texts are weighed; a location counts for as many as it takes in memory. */
function sizeOf(errors: readonly DocumentError[]): number {
  let size = 0
  for (const { message, locations = [] } of errors) size += message.length + LOCATION_SIZE * locations.length
  return size
}

const LOCATION_SIZE = 32

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
  const throwErrors = (document: DocumentNode, text: string) => {
    // First alone, since the rules look into whatever there is.
    const excesses = excessesOf(document, limits).slice(0, MAX_ERRORS)
    const errors = excesses.length > 0 ? excesses : validate(schema, document, rules, options)
    if (errors.length > 0) throw new InvalidDocument(documentErrors(errors, text))
  }
  return (text) => {
    const problem = check(text)
    if (problem) throw new InvalidDocument([{ message: problem }])
    const document = lean(parsed(text))
    if (excessesOf(document, limits).length === 0 && isSurelyValid(schema, document)) return document
    throwErrors(parseWithPositions(text), text)
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

function parsed(text: string): DocumentNode {
  try {
    return parse(text, { noLocation: true })
  } catch (error) {
    if (error instanceof GraphQLError) throw new InvalidDocument(documentErrors([error], text))
    throw error
  }
}
