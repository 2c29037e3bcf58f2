// Tested in ../planner.test.ts: the test checks the plan.

import type { FieldNode, SelectionNode } from 'graphql'
import type { Conditions } from '../../operation/conditions.ts'
import { type Draft, newSelection } from './draft.ts'
import type { OwnedField, OwnedType, Ownership } from './owned-type.ts'
import type { Reachability } from './reachability.ts'
import type { Representing } from './representing.ts'
import type { Choose, Cost } from './search.ts'
import type { Place, Site } from './site.ts'
import { MoreExpensive, TooLarge, Unplannable } from './unplannable.ts'

/** The part of a request with a requirement, by its objects and its name among their places. */
export type Requiring = { readonly site: Site; readonly name: string }

/** Fields that a subgraph lacks below a field, for a type. */
export type UnresolvedFields = {
  readonly subgraph: string
  readonly type: OwnedType
  /** null: none. */
  readonly fields: ReadonlySet<OwnedField> | null
}

/** Everything that does not depend on the operation. */
export type PlanningContext = {
  readonly ownership: Ownership
  readonly reachability: Reachability
  readonly representing: Representing
  /** The names of the root types. */
  readonly roots: { readonly query: string | null; readonly mutation: string | null }
}

/** The state of drafting one operation's requests. */
export type Drafting = PlanningContext & {
  readonly operation: 'query' | 'mutation'
  /** null: every selection under a condition is included. */
  readonly conditions: Conditions | null
  readonly drafts: Draft[]
  readonly choose: Choose
  /** Cost of the best plan so far; null if there is none. */
  readonly limit: Cost | null
  /** Requests by level and subgraph, if there is another plan to compare with. */
  readonly requests: Set<string>
  depth: number
  /** The names of the client's variables. */
  readonly variables: ReadonlySet<string>
  /** The drafts that fetch parts of the current requirement; null: there is none. */
  bringing: Set<Draft> | null
  /** Whether a key is being drafted, which is taken from the first place found. */
  isForKey: boolean
  /** Fields that are unresolved below fields of interfaces, by these. */
  readonly unresolved: Map<FieldNode, readonly UnresolvedFields[]>
  /** The requirements being drafted, each for the previous one. */
  readonly requirements: Requiring[]
  /** Number of fields added and types examined so far. */
  spent: number
  /**
   * Drafts the selections of the objects of a site, from a request that fetches them; null: there is none
   * yet.
   */
  readonly select: (
    drafting: Drafting,
    selections: readonly SelectionNode[],
    site: Site,
    place: Place | null,
  ) => void
}

/**
 * Maximum number of fields in the requests of one plan, which take 3 µs each. A field of an interface can
 * become one for each kind of its types.
 */
const MAX_FIELDS = 20_000

/** Counts work that takes time on the event loop. @throws TooLarge */
export function spend(drafting: Drafting): void {
  if (++drafting.spent > MAX_FIELDS)
    throw new TooLarge(
      `its requests would have more than ${MAX_FIELDS} fields, counted for each group of types`,
    )
}

export function newDraft(drafting: Drafting, part: Pick<Draft, 'subgraph' | 'after' | 'of'>): Draft {
  const { drafts } = drafting
  let level = 0
  for (const before of part.after) level = Math.max(level, before.level + 1)
  const draft: Draft = { ...part, level, selection: newSelection(), variables: [], isTyped: false }
  drafts.push(draft)
  if (drafting.limit) compare(drafting, draft, drafting.limit)
  return draft
}

/** @throws MoreExpensive if a plan with this draft already costs more than another. */
function compare(drafting: Drafting, { subgraph, level }: Draft, [depth = 0, requests = 0]: Cost): void {
  drafting.requests.add(`${level} ${subgraph}`)
  drafting.depth = Math.max(drafting.depth, level)
  if (drafting.depth > depth || (drafting.depth === depth && drafting.requests.size > requests))
    throw new MoreExpensive('another plan costs less')
}

/** Requests the type of the objects. */
export function tellType({ bringing }: Drafting, place: Place): void {
  place.selection.typename = true
  bringing?.add(place.draft)
}

/**
 * Drafts the inputs that something else needs of the objects of a site. @returns the drafts that fetch them.
 */
export function bring(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  isForKey: boolean,
): Set<Draft> {
  const { bringing: outer, isForKey: before } = drafting
  const found = new Set<Draft>()
  drafting.bringing = found
  drafting.isForKey = isForKey
  drafting.select(drafting, selections, site, site.first)
  drafting.bringing = outer
  drafting.isForKey = before
  return found
}

/** Maximum nesting of requirements. */
const MAX_REQUIREMENTS = 50

/** Runs the drafting of a requirement. @throws Unplannable if it requires itself. */
export function requiring<Result>({ requirements }: Drafting, what: Requiring, draft: () => Result): Result {
  const isCircular = requirements.some(({ site, name }) => site === what.site && name === what.name)
  if (isCircular || requirements.length >= MAX_REQUIREMENTS)
    throw new Unplannable('requirements require each other')
  requirements.push(what)
  const result = draft()
  requirements.pop()
  return result
}
