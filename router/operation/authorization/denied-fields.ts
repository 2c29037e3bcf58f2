// Tested in ../../security/authorization.e2e.test.ts: the test checks the response.

import { type FieldNode, isNonNullType, Kind, type OperationDefinitionNode, visit } from 'graphql'
import type { Identity } from '../../security/identity.ts'
import { describeScopes, type RefusalCode, refusalOf } from '../../security/requirement.ts'
import type { LoadedSupergraph } from '../../supergraph/supergraph.ts'
import { nullArgumentOf } from '../null-arguments.ts'
import { NULL_CONDITION, withNullConditionsMarked } from '../null-conditions.ts'
import { type AskedField, mapFields, type Operation } from '../operation.ts'

/**
 * A field that its caller may not select, or with a null argument where null is not allowed, at one response
 * name; or a null condition.
 */
export type DeniedField = {
  readonly responseName: string
  /** Whether the error is that of the object around it. */
  readonly isOfObject?: boolean
  readonly code: RefusalCode | 'BAD_USER_INPUT'
  readonly message: string
  /** Whether its absence makes the object around it null. */
  readonly nonNull: boolean
}

/** An operation in which every refused field was replaced by a marker. */
export type RestrictedOperation = Operation & { readonly refusals: ReadonlyMap<string, DeniedField> }

/** Response names that begin so are markers; the specification reserves two underscores, so no client field has one. */
const MARKER = '__refused_'
const CONDITION_MARKER = `${MARKER}object`

/**
 * One letter for each field with a requirement: the fields of an operation that this caller may not see,
 * followed by the variables that are null where null is not allowed. It is part of the plan's cache key.
 */
export function verdictOf(
  asked: readonly AskedField[],
  identity: Identity,
  nulls: readonly string[] = [],
): string {
  let verdict = ''
  for (const { requirement } of asked) {
    const code = refusalOf(requirement, identity)
    verdict +=
      code === 'UNAUTHENTICATED' && hasExpired(identity) ? EXPIRED_LETTER : (code ?? ALLOWED_LETTER)[0]
  }
  for (const name of nulls) verdict += `$${name}`
  return verdict
}

const ALLOWED_LETTER = '-'
/** As `U`, with a message of its own. */
const EXPIRED_LETTER = 'X'
const CODES: ReadonlyMap<string | undefined, RefusalCode> = new Map([
  ['U', 'UNAUTHENTICATED'],
  [EXPIRED_LETTER, 'UNAUTHENTICATED'],
  ['F', 'FORBIDDEN'],
])

/** Whether a verdict refuses nothing. */
export function allowsAll(verdict: string): boolean {
  return !/[^-]/.test(verdict)
}

function hasExpired(identity: Identity): boolean {
  return identity.kind === 'anonymous' && identity.hasExpired
}

/**
 * Replaces every refused field by `__typename` under a marker. The field is then neither planned nor shaped,
 * even if federation fetches it as a key. Its selection set never becomes empty. The answer has the marker at
 * exactly the places of the field, list indexes included, which `applyRefusals` turns into null.
 */
export function restrict(
  operation: Operation,
  supergraph: LoadedSupergraph,
  asked: readonly AskedField[],
  verdict: string,
): RestrictedOperation {
  const nulls = new Set(verdict.split('$').slice(1))
  const refused = new Map<
    string,
    { readonly field: AskedField; readonly code: RefusalCode; readonly isExpired: boolean }
  >()
  asked.forEach((field, index) => {
    const letter = verdict[index]
    const code = CODES.get(letter)
    if (code) refused.set(field.coordinate, { field, code, isExpired: letter === EXPIRED_LETTER })
  })
  const refusals = new Map<string, DeniedField>()
  const markers = new Map<string, string>()
  const marked = nulls.size === 0 ? null : withNullConditionsMarked(operation, nulls, CONDITION_MARKER)
  if (marked) refusals.set(CONDITION_MARKER, OF_OBJECT)
  const restricted = mapFields(marked ?? operation, supergraph, (node, coordinate, typeInfo) => {
    const refusal = refused.get(coordinate)
    const nullArgument = refusal || nulls.size === 0 ? null : nullArgumentOf(node, typeInfo, nulls)
    const message = refusal ? messageFor(refusal) : nullArgument
    if (message === null) return undefined
    const responseName = node.alias?.value ?? node.name.value
    const place = `${coordinate} ${responseName} ${nullArgument ?? ''}`
    const marker = markers.get(place) ?? `${MARKER}${markers.size}`
    markers.set(place, marker)
    refusals.set(marker, {
      responseName,
      code: refusal?.code ?? 'BAD_USER_INPUT',
      message,
      nonNull: isNonNullType(typeInfo.getType()),
    })
    return markerField(node, marker)
  })
  return { ...withoutUnused(restricted), refusals }
}

const OF_OBJECT: DeniedField = {
  responseName: CONDITION_MARKER,
  isOfObject: true,
  code: 'BAD_USER_INPUT',
  message: NULL_CONDITION,
  nonNull: true,
}

function messageFor({
  field: { coordinate, requirement },
  code,
  isExpired,
}: {
  readonly field: AskedField
  readonly code: RefusalCode
  readonly isExpired: boolean
}): string {
  if (isExpired) return `${coordinate} needs a signed-in caller: the access token has expired.`
  if (code === 'UNAUTHENTICATED') return `${coordinate} needs a signed-in caller.`
  const scopes = describeScopes(requirement)
  return scopes ? `${coordinate} needs the scope ${scopes}.` : `${coordinate} is not allowed to this caller.`
}

function markerField({ directives }: FieldNode, marker: string): FieldNode {
  const conditions = directives?.filter(({ name }) => name.value === 'skip' || name.value === 'include')
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: marker },
    name: { kind: Kind.NAME, value: '__typename' },
    directives: conditions,
  }
}

/** Drops the fragments and variables that only refused fields used. */
function withoutUnused(operation: Operation): Operation {
  const used = new Set<string>()
  const variables = new Set<string>()
  const follow = (node: (typeof operation.fragments)[string] | OperationDefinitionNode) => {
    visit(node, {
      // Definitions name variables too: only uses count.
      VariableDefinition: () => false,
      Variable: ({ name }) => void variables.add(name.value),
      FragmentSpread({ name }) {
        const fragment = operation.fragments[name.value]
        if (!fragment || used.has(name.value)) return
        used.add(name.value)
        follow(fragment)
      },
    })
  }
  follow(operation.definition)
  const { definition, fragments } = operation
  return {
    definition: {
      ...definition,
      variableDefinitions: definition.variableDefinitions?.filter(({ variable }) =>
        variables.has(variable.name.value),
      ),
    },
    fragments: Object.fromEntries(Object.entries(fragments).filter(([name]) => used.has(name))),
  }
}
