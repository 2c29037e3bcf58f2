import type { Failure } from './arena.ts'
import { isSameButMade } from './judge.ts'
import type { Entity, World } from './world.ts'

/** A fault that is understood, and not the compiled executor's. */
type Known = {
  readonly why: string
  applies(failure: Failure, all: readonly Failure[], world: World): boolean
}

const KNOWN: readonly Known[] = [
  {
    why: 'the reference is a yardstick: what it does wrong is counted, and told apart in the conformance suite',
    applies: ({ contestant }) => contestant === 'reference',
  },
  {
    why: "Apollo's plan is wrong: the reference, executing the same, is wrong in the same way",
    applies: ({ contestant, kind, got }, all) =>
      contestant === "compiled, Apollo's plans" &&
      all.some(
        (other) =>
          other.contestant === 'reference' &&
          other.kind === kind &&
          isSameButMade(other.got?.data, got?.data),
      ),
  },
  {
    why: "Hive's planner aborts its process",
    applies: ({ what }) => what.includes("Hive's planner aborts"),
  },
  {
    why: "Hive's planner finds no plan",
    applies: ({ contestant, what }) =>
      contestant === "compiled, Hive's plans" && what.includes('Failed to plan query'),
  },
  {
    why: "Hive's plans for fragments on an interface object lack types that they need, or rewrites of type names",
    applies: ({ contestant, kind }, _, { abstracts }) =>
      contestant === "compiled, Hive's plans" &&
      kind !== 'throws' &&
      abstracts.some(({ asObject }) => asObject),
  },
  {
    why: "Hive's plan fetches a field with two sets of arguments into one place, where a condition stands between",
    applies: ({ contestant, kind }, _, { entities }) =>
      contestant === "compiled, Hive's plans" && kind === 'data' && entities.some(requiresVariously),
  },
  {
    why: "Hive's plan asks for an external field at a place where only another field provides it",
    applies: ({ contestant, kind }, _, world) =>
      contestant === "compiled, Hive's plans" && kind === 'data' && providesVariously(world),
  },
]

/** Why a failure is expected; null where it is not. */
export function knownReason(failure: Failure, all: readonly Failure[], world: World): string | null {
  return KNOWN.find(({ applies }) => applies(failure, all, world))?.why ?? null
}

/** Whether fields of one entity require one field with different arguments. */
function requiresVariously({ fields }: Entity): boolean {
  const required = fields.flatMap(({ requires }) => requires?.fields ?? [])
  return required.some(({ name, argument }) =>
    required.some((other) => other.name === name && other.argument?.value !== argument?.value),
  )
}

/** Whether one subgraph provides different fields of one entity at different places. */
function providesVariously({ roots, mutations, entities }: World): boolean {
  const providing = [...roots, ...mutations, ...entities.flatMap(({ fields }) => fields)]
  return providing.some(({ type, provides }) =>
    providing.some(
      (other) =>
        provides !== null &&
        other.provides?.subgraph === provides.subgraph &&
        other.type.named === type.named &&
        other.provides.field !== provides.field,
    ),
  )
}
