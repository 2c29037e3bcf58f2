import { Kind } from 'graphql'
import { ANONYMOUS } from '../security/identity.ts'
import type { Serving } from '../supergraph/serving.ts'

/**
 * How each operation of a document would be run: plan, passes, program, for a human. Nothing is fetched, and nothing
 * refused: authorization would cut the operation first, by its caller.
 * @throws InvalidDocument
 */
export async function explainDocument({ document, operations }: Serving, text: string): Promise<string> {
  const known = document(text)
  const parts: string[] = []
  for (const node of known.document().definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue
    const prepared = operations.prepare(known.id, known.document, node.name?.value)
    const program = await operations.program({ ...prepared, asked: [] }, ANONYMOUS)
    parts.push(`# ${node.operation} ${node.name?.value ?? '(unnamed)'}\n\n${program.explain()}\n`)
  }
  return parts.join('\n')
}
