import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  getVariableValues,
  Kind,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { HttpError } from '../../http/http-error.ts'
import { coercedVariables, operationOf } from '../../http/response/answer-operation.ts'
import { documentReader, knownDocuments } from '../../operation/document.ts'
import type { Executor } from '../../operation/executor.ts'
import { cachedOperations } from '../../operation/operation-cache.ts'
import { execute } from '../../reference/run-for-apollo-server.ts'
import type { Serving } from '../../serving.ts'
import { parseSettings } from '../../settings.ts'
import type { LoadedSupergraph } from '../../supergraph/supergraph.ts'

/** Coerced variables, or the errors of coercion. */
type Coerced =
  | { readonly values: unknown }
  | { readonly errors: readonly { readonly message: string; readonly at: unknown; readonly code: unknown }[] }

type Coerce = (text: string, given: Readonly<Record<string, unknown>>) => Promise<Coerced>

/** Answers with the coerced variables. */
const ECHO: Executor = {
  compile: async () => ({
    run: async (variables) => ({ data: JSON.stringify(variables), errors: [] }),
    explain: () => '',
    plan: async () => ({ object: null, text: '', picture: '' }),
  }),
}

const STATUS = 400

/**
 * The implementations of coercion that are compared: graphql-js with the client schema, which is the
 * reference, and the router's two endpoints.
 */
export function coercions(
  supergraph: LoadedSupergraph,
): Readonly<Record<'graphql' | 'compiled' | 'reference', Coerce>> {
  const compiled = servingOf(supergraph)
  const reference = servingOf(supergraph)
  return {
    async graphql(text, given) {
      const { clientSchema } = supergraph
      const document = parse(text)
      const options = { maxErrors: 20 }
      const invalid = validate(clientSchema, document, specifiedRules, options)
      if (invalid.length > 0) return refused(invalid.map(badInput))
      const { errors, coerced } = getVariableValues(clientSchema, declaredIn(document), given, options)
      return errors ? refused(errors.map(badInput)) : { values: plain(coerced) }
    },
    async compiled(text, given) {
      try {
        const prepared = operationOf(compiled, text, undefined, { status: STATUS, isGet: false })
        return {
          values: plain(
            coercedVariables(compiled, prepared, given, {
              text,
              status: STATUS,
              suggests: true,
              limit: 10_000,
            }),
          ),
        }
      } catch (error) {
        if (error instanceof HttpError) return refused(error.errors)
        throw error
      }
    },
    async reference(text, given) {
      const request = {
        document: parse(text),
        queryHash: text,
        request: { variables: given },
        context: CONTEXT,
      }
      // Apollo Server passes more fields, none of which are read here.
      const sent = request as unknown as Parameters<typeof execute>[1]
      const { data, errors } = await execute(reference, sent, SETTINGS.limits)
      return errors ? refused(errors.map((error) => error.toJSON())) : { values: data }
    },
  }
}

const CONTEXT = { identity: { kind: 'anonymous' }, lifetime: { mutates: false } }

const SETTINGS = parseSettings({ limits: { cost: { mode: 'measure' } } }, 'nothing')

function servingOf(supergraph: LoadedSupergraph): Serving {
  const { limits, cache } = SETTINGS
  return {
    supergraph,
    document: knownDocuments(documentReader(supergraph.clientSchema, limits, false), cache),
    operations: cachedOperations(supergraph, ECHO, cache),
    origins: new Map(),
    warmUp: async () => {},
  }
}

function declaredIn({ definitions }: DocumentNode) {
  const [first] = definitions
  return first?.kind === Kind.OPERATION_DEFINITION ? (first.variableDefinitions ?? []) : []
}

function refused(errors: readonly GraphQLFormattedError[]): Coerced {
  return {
    errors: errors.map(({ message, locations, extensions }) => ({
      message,
      at: locations,
      code: extensions?.code,
    })),
  }
}

function badInput({ message, locations }: GraphQLError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), extensions: { code: 'BAD_USER_INPUT' } }
}

/** The value as JSON represents it. */
function plain(values: unknown): unknown {
  return JSON.parse(JSON.stringify(values))
}
