// Tested in graph-conventions.test.ts: the test has whole schemas.

import { type FieldDefinitionNode, Kind, print } from 'graphql'
import { fieldsOf, inputFieldsOf, namedType, printType, type SchemaOutline } from './schema-outline.ts'

/** Mutations that need neither a key nor a version because they are idempotent, each with the reason. */
export const repeatable: Readonly<Record<string, string>> = {
  signIn: 'a second sign-in is a second session, which is what was asked for',
  refreshSession: 'the refresh token is itself used once',
  signOut: 'ending a session that has ended changes nothing',
  requestPasswordReset: 'a second link replaces the first, which is what was asked for',
  resetPassword: 'the token is itself used once',
  changePassword: 'the old password is right once',
  requestEmailVerification: 'a second link replaces the first, which is what was asked for',
  verifyEmail: 'the token is itself used once',
  requestEmailChange: 'a second link replaces the first, which is what was asked for',
  confirmEmailChange: 'the token is itself used once',
  undoEmailChange: 'the token is itself used once',
  deleteAccount: 'an account is deleted once',
  acknowledgeLowStockAlert: 'an acknowledged alert stays acknowledged',
  markHelpful: 'a customer has one vote per review',
  markNotificationsRead: 'what was read keeps the time of its first mark',
  registerPushSubscription: 'an endpoint is registered once, and then renewed',
  removePushSubscription: 'a subscription that is removed stays removed',
  retryNotification: 'a message that waits to be sent stays as it is',
  requestPhoneVerification: 'a second code replaces the first, which is what was asked for',
  verifyPhone: 'the code is itself used once',
  removePhone: 'a number that is removed stays removed',
  recordView: 'a session has the latest view of a product, however often it is recorded',
  recordSearchClick: 'it counts, and a count that is off by a repetition is no harm',
}

/** Mutations with a different form, with the reason. */
export const freeForm: Readonly<Record<string, string>> = {
  removePhone: 'it cannot fail: a number that is removed stays removed',
  signOut: 'it has one switch, and cannot fail: a session that has ended stays ended',
}

/**
 * A mutation has one `input` type named after it, or no argument; a payload type; and `userErrors`, a union
 * of UserErrors.
 */
export function mutationForm(schema: SchemaOutline): string[] {
  const fields = fieldsOf(schema.types.get('Mutation')).filter(
    ({ name }) => freeForm[name.value] === undefined,
  )
  return fields.flatMap((field) => {
    const faults = [...inputFaults(field), ...payloadFaults(schema, field)]
    return faults.map((fault) => `Mutation.${field.name.value}: ${fault}`)
  })
}

/**
 * A mutation that creates or moves takes an idempotency key; one that updates takes the version that was
 * read.
 */
export function mutationSafety({ types }: SchemaOutline): string[] {
  return fieldsOf(types.get('Mutation'))
    .filter((field) => repeatable[field.name.value] === undefined)
    .filter((field) => {
      const names = (field.arguments ?? [])
        .flatMap(({ type }) => inputFieldsOf(types.get(namedType(type))))
        .map(({ name }) => name.value)
      return !names.some((name) => name === 'idempotencyKey' || /^expected\w*Version$/.test(name))
    })
    .map(
      (field) =>
        `Mutation.${field.name.value}: its input has neither idempotencyKey nor expectedVersion, and it is not listed as repeatable (dev/check/graph/mutations.ts)`,
    )
}

/** Scopes of mutations that are for staff: all but that of a person's own rows. */
function isForStaff(field: FieldDefinitionNode): boolean {
  return (field.directives ?? []).some((directive) => {
    const scopes = directive.arguments?.map(({ value }) => print(value)).join() ?? ''
    return directive.name.value === 'requiresScopes' && !scopes.includes('"self"')
  })
}

/** Changes by staff have an audit log: the query of the subgraph's name and `Audit`. */
export function staffChanges({ subgraph, types }: SchemaOutline): string[] {
  const log = `${subgraph}Audit`
  const staffs = fieldsOf(types.get('Mutation')).filter(isForStaff)
  const isLogged = fieldsOf(types.get('Query')).some(({ name }) => name.value === log)
  return isLogged
    ? []
    : staffs.map(({ name }) => `Mutation.${name.value}: is for staff, and there is no Query.${log}`)
}

function inputFaults({ name, arguments: given = [] }: FieldDefinitionNode): string[] {
  const expected = `${name.value.charAt(0).toUpperCase()}${name.value.slice(1)}Input!`
  const [input, ...more] = given
  if (!input) return []
  if (more.length > 0 || input.name.value !== 'input') return ['takes other arguments than one, called input']
  return printType(input.type) === expected ? [] : [`its input is ${printType(input.type)}, not ${expected}`]
}

function payloadFaults({ types }: SchemaOutline, { type }: FieldDefinitionNode): string[] {
  const payload = namedType(type)
  if (!payload.endsWith('Payload')) return [`answers ${printType(type)}, not a payload`]
  const errors = fieldsOf(types.get(payload)).find(({ name }) => name.value === 'userErrors')
  if (!errors) return [`${payload} has no userErrors`]
  if (!/^\[\w+!\]!$/.test(printType(errors.type))) {
    return [`${payload}.userErrors is ${printType(errors.type)}, not [${namedType(errors.type)}!]!`]
  }
  const union = types.get(namedType(errors.type))
  if (union?.kind !== Kind.UNION_TYPE_DEFINITION) return [`${payload}.userErrors is not a list of a union`]
  return (union.types ?? [])
    .map(({ name }) => name.value)
    .filter((member) => !implementsUserError(types.get(member)))
    .map((member) => `${member}, of ${union.name.value}, does not implement UserError`)
}

function implementsUserError(node: Parameters<typeof fieldsOf>[0]): boolean {
  return (
    node?.kind === Kind.OBJECT_TYPE_DEFINITION &&
    (node.interfaces ?? []).some(({ name }) => name.value === 'UserError')
  )
}
