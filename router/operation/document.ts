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
import { isSurelyValid } from './fast-validation.ts'
import { textCheck } from './limits/document-limits.ts'
import { excessesOf } from './limits/selection-limits.ts'
import { shrinkDocument } from './shrink-document.ts'

/** A document that cannot be served, with all of its errors. */
export class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument'
  readonly errors: readonly DocumentError[]
  /** Whether finding the errors again costs more than caching the text. */
  readonly isWorthRemembering: boolean

  constructor(errors: readonly DocumentError[], isWorthRemembering = true) {
    super(errors.map(({ message }) => message).join('\n'))
    this.errors = errors
    this.isWorthRemembering = isWorthRemembering
  }
}

/** A valid document. */
export type KnownDocument = {
  /** A short name of the text, unique for its schema. */
  readonly id: string
  /**
   * Its tree, without positions in the text (12 KB instead of 33, and less work for the garbage collector).
   * It is not kept, but parsed again in 0.1 ms.
   */
  readonly document: () => DocumentNode
}

/**
 * Caches the results of texts, valid or not; the least recently used are dropped.
 * @returns a function that throws InvalidDocument.
 */
export function knownDocuments(
  read: (text: string) => DocumentNode,
  { operations, text: characters }: Pick<RouterSettings['cache'], 'operations' | 'text'>,
): (text: string) => KnownDocument {
  const known = new LRUCache<string, KnownDocument>({
    max: operations,
    maxSize: characters,
    sizeCalculation: (_, text) => text.length + 1,
  })
  // A separate cache, so that strangers' invalid documents do not displace valid ones. It has no exceptions,
  // whose stacks would retain memory.
  const refused = new LRUCache<string, readonly DocumentError[]>({
    max: operations,
    maxSize: Math.ceil(characters * REFUSED_SHARE),
    sizeCalculation: (errors, text) => text.length + 1 + sizeOf(errors),
  })
  let count = 0
  // The first request of a text needs its AST at once.
  let latest: { readonly id: string; readonly document: DocumentNode } | null = null
  const treeOf = (id: string, text: string) =>
    latest?.id === id ? latest.document : shrinkDocument(parse(text, { noLocation: true }))
  const readAnew = (text: string): KnownDocument => {
    try {
      const id = String(count++)
      latest = { id, document: read(text) }
      const fresh = { id, document: () => treeOf(id, text) }
      known.set(text, fresh)
      return fresh
    } catch (error) {
      if (error instanceof InvalidDocument && error.isWorthRemembering) refused.set(text, error.errors)
      throw error
    }
  }
  return (text) => {
    const found = known.get(text)
    if (found) return found
    const errors = refused.get(text)
    if (errors) throw new InvalidDocument(errors)
    return readAnew(text)
  }
}

/** Share of the texts' cache size for refused texts and their errors. */
const REFUSED_SHARE = 1 / 8

/** Size in characters, like that of texts. A location counts by the memory that it takes. */
function sizeOf(errors: readonly DocumentError[]): number {
  let size = 0
  for (const { message, locations = [] } of errors) size += message.length + LOCATION_SIZE * locations.length
  return size
}

/** Estimated memory of a location of an error, in bytes. */
const LOCATION_SIZE = 32

/**
 * Checks documents against one schema: size, syntax, extent, validity, in the order of their costs.
 * @param production turns off introspection and names of the schema in messages.
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
    // Checked first and alone, since the rules look into everything.
    const excesses = excessesOf(document, limits)
    const errors = excesses.length > 0 ? bounded(excesses) : validate(schema, document, rules, options)
    if (errors.length > 0) throw new InvalidDocument(documentErrors(errors, text))
  }
  return (text) => {
    const problem = check(text)
    if (problem) throw new InvalidDocument([{ message: problem }], false)
    const document = shrinkDocument(parsed(text))
    if (excessesOf(document, limits).length === 0 && isSurelyValid(schema, document)) return document
    throwErrors(parseWithPositions(text), text)
    return document
  }
}

/** As graphql-js limits the errors of its rules: one more states that there are others. */
function bounded(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  if (errors.length <= MAX_ERRORS) return errors
  const message = 'Too many validation errors, error limit reached. Validation aborted.'
  return [...errors.slice(0, MAX_ERRORS), new GraphQLError(message)]
}

/** One error for each introspection field, and none for its selections. */
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
