import type { Identity } from './identity.ts'

/** Scopes in the form of `@requiresScopes`: an OR of ANDs. */
export type ScopeChoice = readonly (readonly string[])[]

/** The requirement for selecting a field. Every part must be met. */
export type Requirement = {
  /** Each choice must be met: one per directive that applies (field, owner, returned type, implementations). */
  readonly choices: readonly ScopeChoice[]
  /** Set if `@policy` applies: this router evaluates no policies, so access is denied to everybody. */
  readonly closed: boolean
}

export type RefusalCode = 'UNAUTHENTICATED' | 'FORBIDDEN'

/** A requirement with both parts; null stands for none. */
export function both(a: Requirement | null, b: Requirement | null): Requirement | null {
  if (!a || !b) return a ?? b
  const choices = [...a.choices]
  for (const choice of b.choices) {
    if (!choices.some((known) => JSON.stringify(known) === JSON.stringify(choice))) choices.push(choice)
  }
  return { choices, closed: a.closed || b.closed }
}

/**
 * The reason why the caller is refused; null if the requirement is met. Every requirement needs a signed-in
 * caller.
 */
export function refusalOf(requirement: Requirement, identity: Identity): RefusalCode | null {
  if (identity.kind === 'anonymous') return 'UNAUTHENTICATED'
  if (requirement.closed) return 'FORBIDDEN'
  const { scopes } = identity
  const met = requirement.choices.every((choice) =>
    choice.some((all) => all.every((scope) => scopes.has(scope))),
  )
  return met ? null : 'FORBIDDEN'
}

/** The required scopes in words: `users:read, or self and orders:read`. */
export function describeScopes({ choices }: Requirement): string {
  return choices.map((choice) => choice.map((all) => all.join(' and ')).join(', or ')).join('; and ')
}
