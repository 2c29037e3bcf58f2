import {
  type ASTNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { isInexact } from '../json/exact-number.ts'
import type { Operation } from '../operation/operation.ts'

/** An operation whose custom scalars contain no number that a planner would change. */
export type Hidden = {
  readonly operation: Operation
  /** Puts the numbers back into texts of a plan. @param escaped whether these stand in JSON strings. */
  reveal(text: string, escaped: boolean): string
}

const PLACEHOLDER = /(\\?)"__exact_number_(\d+)__\\?"/g

/**
 * Planners read a number as a double or as 64 bits, and print that. Numbers of custom scalars that this would
 * change are replaced by strings.
 * @returns null if there are none.
 */
export function hiddenNumbers(operation: Operation, schema: GraphQLSchema): Hidden | null {
  if (!hasInexactNumber(operation)) return null
  const numbers: string[] = []
  const typeInfo = new TypeInfo(schema)
  const hide = <Node extends ASTNode>(root: Node): Node =>
    visit(
      root,
      visitWithTypeInfo(typeInfo, {
        enter(node) {
          if (node.kind !== Kind.INT && node.kind !== Kind.FLOAT) return undefined
          const type = getNamedType(typeInfo.getInputType())
          const isCustom = !type || (isScalarType(type) && !isSpecifiedScalarType(type))
          if (!isCustom || !isInexact(node.value)) return undefined
          const value = `__exact_number_${numbers.push(node.value) - 1}__`
          return { kind: Kind.STRING as const, value }
        },
      }),
    )
  const { definition, fragments } = operation
  const hidden = Object.entries(fragments).map(([name, fragment]) => [name, hide(fragment)] as const)
  return {
    operation: { definition: hide(definition), fragments: fragmentsOf(hidden) },
    reveal: (text, escaped) =>
      text.replaceAll(PLACEHOLDER, (found, slash: string, index: string) =>
        escaped === (slash === '\\') ? (numbers[Number(index)] ?? found) : found,
      ),
  }
}

function fragmentsOf(
  entries: readonly (readonly [string, FragmentDefinitionNode])[],
): Operation['fragments'] {
  return Object.fromEntries(entries)
}

function hasInexactNumber({ definition, fragments }: Operation): boolean {
  let found = false
  const look = (node: { readonly value: string }) => {
    found ||= isInexact(node.value)
  }
  for (const root of [definition, ...Object.values(fragments)])
    visit(root, { IntValue: look, FloatValue: look })
  return found
}
