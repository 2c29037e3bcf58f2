import type { Failure } from './arena.ts'
import { OTHER_VALUES } from './judge.ts'
import type { Entity, Requirement, World } from './world.ts'

/** A fault that is understood, and not the router's. Each is as narrow as can be: what it excuses is not looked at. */
type Known = {
  readonly why: string
  applies(failure: Failure, world: World, text: string): boolean
}

const KNOWN: readonly Known[] = [
  {
    why: 'the reference is a yardstick: what it does wrong is counted, and told apart in the conformance suite',
    applies: ({ contestant }) => contestant === 'reference',
  },
  {
    why: "Apollo's plan has one fetch for two fields that require a third with different arguments: see requires-with-arguments.ts",
    applies: ({ contestant, what }, world, text) =>
      isPlannedByApollo(contestant, world) &&
      what === OTHER_VALUES &&
      world.entities.some((entity) => requiresVariously(entity, text)),
  },
  {
    why: 'the reference has what a field requires in the place of one that the client gave the same name: see requires.ts',
    applies: ({ what }, { entities }, text) => {
      const [, name] = /^differs from the reference in errors: .*\.(\w+)$/.exec(what) ?? []
      const isRequired = entities.some(({ fields }) => fields.some(({ requires }) => isOf(requires, name)))
      return isRequired && new RegExp(`\\b${name}: `).test(text)
    },
  },
]

function isOf(requires: Requirement | null, wanted: string | undefined): boolean {
  return requires?.fields.some(({ name }) => name === wanted) ?? false
}

/** Why a failure is expected; null where it is not. */
export function knownReason(failure: Failure, world: World, text: string): string | null {
  return KNOWN.find(({ applies }) => applies(failure, world, text))?.why ?? null
}

/** Apollo's planner is asked for what is not planned directly, and for graphs with contexts, of which Hive's knows nothing. */
function isPlannedByApollo(contestant: string, { entities }: World): boolean {
  const hasContext = entities.some(({ fields }) => fields.some(({ context }) => context !== null))
  return contestant !== "compiled, Hive's plans" || hasContext
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
