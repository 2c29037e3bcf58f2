import {
  type DefinitionNode,
  type DocumentNode,
  type ExecutableDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  visit,
} from 'graphql'
import { InvalidDocument } from './operation/document.ts'
import { ANONYMOUS } from './security/identity.ts'
import type { Serving } from './serving.ts'
import { messageOf, UsageError } from './usage-error.ts'

/** The parts of a supergraph that serves which explanations need. */
type Explaining = Pick<Serving, 'document' | 'operations'>

export type Explained = {
  /** How each operation that can run would run. */
  readonly text: string
  /** Name, line and error of each operation that cannot be explained. */
  readonly failures: readonly string[]
}

/** Viewers of Markdown draw the picture in it. */
const FENCE = '```'

/**
 * Describes how each operation of a document would be run: plan, flowchart, program, cost. Nothing is
 * fetched, and authorization, which depends on the caller, is not applied. An operation that cannot run does
 * not affect the others.
 * @param hasCode whether to include the generated code
 * @throws UsageError if the text is not a document, or has no operation
 */
export async function explainDocument(
  serving: Explaining,
  text: string,
  hasCode: boolean,
): Promise<Explained> {
  const { definitions } = documentIn(text)
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  if (operations.length === 0) throw new UsageError('Nothing to explain: the file has no operation.')
  const parts: string[] = []
  const failures: string[] = []
  for (const node of operations) {
    try {
      parts.push(await explained(serving, node, alone(node, definitions, text), hasCode))
    } catch (error) {
      failures.push(`${titleOf(node)} at line ${lineOf(node)} cannot be explained: ${reasonOf(error)}`)
    }
  }
  return { text: parts.join('\n'), failures }
}

function documentIn(text: string): DocumentNode {
  try {
    return parse(text)
  } catch (error) {
    throw new UsageError(`Nothing can be explained: ${reasonOf(error)}`)
  }
}

async function explained(
  { document, operations }: Explaining,
  node: OperationDefinitionNode,
  text: string,
  hasCode: boolean,
): Promise<string> {
  const known = document(text)
  const prepared = operations.prepare(known.id, known.document, node.name?.value)
  const program = await operations.program({ ...prepared, asked: [] }, ANONYMOUS)
  const where = node.variableDefinitions?.length ? ' where no variable is given' : ''
  const cost = `cost: ${prepared.cost.estimate({})}${where}`
  const { text: plan, picture } = await program.plan({})
  const parts = [`# ${titleOf(node)}`, plan, `${FENCE}mermaid\n${picture}\n${FENCE}`]
  return `${parts.join('\n\n')}\n\n${program.explain(hasCode)}\n${cost}\n`
}

/** The document of one operation and the fragments that it reaches: all else is blank, so that lines and columns stay. */
function alone(
  operation: OperationDefinitionNode,
  definitions: readonly DefinitionNode[],
  text: string,
): string {
  const kept = new Set<DefinitionNode>([operation])
  const keep = (node: ExecutableDefinitionNode) => {
    visit(node, {
      FragmentSpread({ name }) {
        for (const other of definitions) {
          if (other.kind !== Kind.FRAGMENT_DEFINITION || other.name.value !== name.value || kept.has(other))
            continue
          kept.add(other)
          keep(other)
        }
      },
    })
  }
  keep(operation)
  let result = text
  for (const node of definitions) {
    if (kept.has(node) || !node.loc) continue
    const { start, end } = node.loc
    result = result.slice(0, start) + result.slice(start, end).replaceAll(/[^\r\n]/g, ' ') + result.slice(end)
  }
  return result
}

function titleOf({ operation, name }: OperationDefinitionNode): string {
  return `${operation} ${name?.value ?? '(unnamed)'}`
}

function lineOf({ loc }: OperationDefinitionNode): number {
  return loc?.startToken.line ?? 1
}

function reasonOf(error: unknown): string {
  const errors =
    error instanceof InvalidDocument ? error.errors : error instanceof GraphQLError ? [error] : []
  if (errors.length === 0) return messageOf(error)
  const lines = errors.map(({ message, locations }) => {
    const [place] = locations ?? []
    return place ? `${message} (line ${place.line}, column ${place.column})` : message
  })
  return lines.join('\n  ')
}
