import { type DocumentNode, type GraphQLSchema, Kind, validate, visit } from 'graphql'

/** The requests of one case, and the rules that they violate whatever their responses are. */
export type RequestLog = {
  readonly wrong: string[]
  /** Requests in flight. */
  open: number
  /** Whether one of them is a mutation. */
  isMutating: boolean
}

export function newRequestLog(): RequestLog {
  return { wrong: [], open: 0, isMutating: false }
}

/** The error of a single request; null if it has none. */
export type RequestRules = (subgraph: string, schema: GraphQLSchema, document: DocumentNode) => string | null

/**
 * A request must be valid for its subgraph's schema and select a field.
 * @param knowsObjects whether the graph has interface objects: then a request may select only `__typename`.
 */
export function requestRules(knowsObjects: boolean): RequestRules {
  const known = new Map<DocumentNode, string | null>()
  return (subgraph, schema, document) => {
    const found = known.get(document)
    if (found !== undefined) return found
    const [error] = validate(schema, document)
    const isEmpty = !knowsObjects && fieldsIn(document) === 0
    const wrong = error
      ? `${subgraph} is sent an invalid request: ${error.message}`
      : isEmpty
        ? `${subgraph} is asked for no field`
        : null
    known.set(document, wrong)
    return wrong
  }
}

function fieldsIn(document: DocumentNode): number {
  let count = 0
  visit(document, {
    Field({ name }) {
      if (name.value !== '_entities' && name.value !== '__typename') count++
    },
  })
  return count
}

/** Records the start of a request. A mutation must run alone: it must end before the next request starts. */
export function begin(log: RequestLog, subgraph: string, document: DocumentNode): boolean {
  const isMutation = document.definitions.some(
    (node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === 'mutation',
  )
  if (log.isMutating) log.wrong.push(`${subgraph} is asked before a mutation is over`)
  if (isMutation && log.open > 0)
    log.wrong.push(`a mutation of ${subgraph} begins before all before it is over`)
  log.open++
  log.isMutating ||= isMutation
  return isMutation
}

export function end(log: RequestLog, isMutation: boolean): void {
  log.open--
  if (isMutation) log.isMutating = false
}
