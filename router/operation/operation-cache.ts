import type { DocumentNode, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Identity } from '../security/identity.ts'
import type { RouterSettings } from '../settings.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import { allowsAll, restrict, verdictOf } from './authorization/denied-fields.ts'
import { type OperationCost, operationCost } from './cost/operation-cost.ts'
import { DEFAULT_LIST_SIZE, type SchemaCosts, schemaCosts } from './cost/schema-costs.ts'
import type { Executor, Program } from './executor.ts'
import { selectionsIn, variantsKept } from './limits/selection-limits.ts'
import { nullsAmong, riskyVariables } from './null-arguments.ts'
import { type AskedField, askedFields, type Operation, selectOperation } from './operation.ts'

/** The cache entry of one operation of a document. It contains no AST, since it lives long. */
export type PreparedOperation = {
  readonly kind: OperationDefinitionNode['operation']
  readonly name: string | undefined
  readonly variableDefinitions: NonNullable<OperationDefinitionNode['variableDefinitions']>
  /** Reads the operation from its document. */
  readonly read: () => Operation
  readonly asked: readonly AskedField[]
  /** Variables that may be null where null is not allowed. */
  readonly risky: readonly string[]
  readonly cost: OperationCost
  /**
   * Programs by verdict, each for the part of the operation that authorization permits. Callers with the same
   * verdict share a program. Most operations have one; a cache with a structure of 5 KB would be a tenth of
   * their memory.
   */
  readonly programs: Map<string, Promise<Program>>
  /** Maximum number of programs. */
  readonly verdicts: number
  /** Estimated memory, in bytes. */
  readonly size: number
}

/** The operations of one supergraph: a bounded cache that drops the least recently used ones. */
export type Operations = {
  /** @param hash of the document's text. @param document reads the document, which is valid. */
  prepare(hash: string, document: () => DocumentNode, name: string | undefined): PreparedOperation
  /** Compiles at most once for concurrent callers. Failures are not cached. */
  program(
    prepared: PreparedOperation,
    identity: Identity,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<Program>
  /** Whether a program is still being planned or compiled. */
  isPending(program: Promise<Program>): boolean
}

/** Maximum number of verdicts of one operation, which differ mainly by role. The oldest are dropped first. */
const VERDICTS = 16

/**
 * Memory of a cached operation without its selections, in bytes. Measured: 14 KB for 30 fields, 0.8 MB for
 * 3,000.
 */
const OWN_SIZE = 8_192
/** Memory of each field or fragment of a cached operation, fragments expanded, in bytes. */
const SELECTION_SIZE = 300

function preparedOperation(
  read: () => Operation,
  supergraph: LoadedSupergraph,
  costs: SchemaCosts,
): PreparedOperation {
  const operation = read()
  const { operation: kind, name, variableDefinitions = [] } = operation.definition
  const selections = selectionsIn(operation)
  return {
    ...{ kind, name: name?.value, variableDefinitions, read },
    verdicts: variantsKept(VERDICTS, selections),
    size: OWN_SIZE + SELECTION_SIZE * selections,
    asked: askedFields(operation, supergraph),
    risky: riskyVariables(operation, supergraph),
    cost: operationCost(operation, read, costs),
    programs: new Map(),
  }
}

export function cachedOperations(
  supergraph: LoadedSupergraph,
  executor: Executor,
  { operations: limit, programs: maxSize }: Pick<RouterSettings['cache'], 'operations' | 'programs'>,
  listSize = DEFAULT_LIST_SIZE,
): Operations {
  const costs = schemaCosts(supergraph.supergraphSchema, supergraph.clientSchema, listSize)
  const prepared = new LRUCache<string, PreparedOperation>({
    ...{ max: limit, maxSize, sizeCalculation: ({ size }) => size },
  })
  const pending = new Set<Promise<Program>>()
  return {
    isPending: (program) => pending.has(program),
    prepare(hash, document, name) {
      const key = name ? `${hash} ${name}` : hash
      const known = prepared.get(key)
      if (known) return known
      const fresh = preparedOperation(() => selectOperation(document(), name, supergraph), supergraph, costs)
      prepared.set(key, fresh)
      return fresh
    },
    program({ read, asked, risky, programs, verdicts }, identity, variables = {}) {
      const nulls = risky.length === 0 ? risky : nullsAmong(risky, variables)
      const verdict = asked.length + nulls.length === 0 ? '' : verdictOf(asked, identity, nulls)
      const known = programs.get(verdict)
      if (known) return known
      const isAllowed = allowsAll(verdict)
      const allowed = () => (isAllowed ? read() : restrict(read(), supergraph, asked, verdict))
      const program = executor.compile({ ...allowed(), again: allowed })
      const [oldest] = programs.keys()
      if (programs.size >= verdicts && oldest !== undefined) programs.delete(oldest)
      programs.set(verdict, program)
      pending.add(program)
      program.then(
        () => pending.delete(program),
        () => {
          pending.delete(program)
          if (programs.get(verdict) === program) programs.delete(verdict)
        },
      )
      return program
    },
  }
}
