import type { Failure } from './arena.ts'
import { OTHER_VALUES } from './judge.ts'
import type { Entity, World } from './world.ts'

/** A fault that is understood, and not the router's. Each is as narrow as can be: what it excuses is not looked at. */
type Known = {
  readonly why: string
  applies(failure: Failure, world: World, text: string): boolean
}

/** What is not planned directly is planned by Apollo's planner. */
const PLANNED_BY_APOLLO = ["compiled, Apollo's plans", 'compiled, planned directly']

const KNOWN: readonly Known[] = [
  {
    why: 'the reference is a yardstick: what it does wrong is counted, and told apart in the conformance suite',
    applies: ({ contestant }) => contestant === 'reference',
  },
  {
    why: "Apollo's plan has one fetch for two fields that require a third with different arguments: see requires-with-arguments.ts",
    applies: ({ contestant, what }, { entities }, text) =>
      PLANNED_BY_APOLLO.includes(contestant) &&
      what === OTHER_VALUES &&
      entities.some((entity) => requiresVariously(entity, text)),
  },
]

/** Why a failure is expected; null where it is not. */
export function knownReason(failure: Failure, world: World, text: string): string | null {
  return KNOWN.find(({ applies }) => applies(failure, world, text))?.why ?? null
}

/** Whether an operation selects fields of one entity that require one field with different arguments. */
function requiresVariously({ fields }: Entity, text: string): boolean {
  const required = fields
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text))
    .flatMap(({ requires }) => requires?.fields ?? [])
  return required.some(({ name, argument }) =>
    required.some((other) => other.name === name && other.argument?.value !== argument?.value),
  )
}
