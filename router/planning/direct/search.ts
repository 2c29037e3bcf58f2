import { MoreExpensive, TooLarge, Unplannable } from './unplannable.ts'

/** Chooses one of several options, which are sorted by promise. */
export type Choose = <Option>(options: readonly Option[]) => Option

/** Lexicographic: the first number that differs decides. */
export type Cost = readonly number[]

export type Drafted<Result> = {
  readonly result: Result
  readonly cost: () => Cost
  /** Number of drafted fields. */
  readonly spent: number
}

/**
 * @param limit the cost of the best plan so far: one that will cost more may be abandoned. null: there is
 * none yet.
 */
export type Draft<Result> = (choose: Choose, limit: Cost | null) => Drafted<Result>

/** Maximum number of plans that are drafted to find the best one. */
const MAX_PLANS = 100
/** Number of fields of all drafted plans together after which no further plan is drafted. */
const MAX_SPENT = 4_000
/** Assumed number of fields of a plan that failed. */
const FAILED = 100

/** A choice: its index and the number of options. */
type Taken = { readonly index: number; readonly count: number }

type Best<Result> = { readonly result: Result; readonly cost: Cost; readonly taken: readonly Taken[] }

/**
 * The cheapest result of the choices: of all combinations if they are few; otherwise of those that differ in
 * one choice from the best so far, one choice after the other, from its most promising option on.
 */
export function cheapest<Result>(draft: Draft<Result>): Result {
  const search: Search<Result> = { draft, best: null, failure: null, plans: 0, spent: 0 }
  const first = attempt(search, [])
  let combinations = 1
  for (const { count } of first) combinations *= count
  if (combinations <= MAX_PLANS) tryAll(search, first)
  else improve(search, first)
  if (!search.best) throw search.failure
  return search.best.result
}

type Search<Result> = {
  readonly draft: Draft<Result>
  best: Best<Result> | null
  failure: unknown
  plans: number
  spent: number
}

function isLeft({ plans, spent }: Search<unknown>): boolean {
  return plans < MAX_PLANS && spent < MAX_SPENT
}

/** Drafts with these choices, and with the most promising ones for the rest. */
function attempt<Result>(search: Search<Result>, wanted: readonly number[]): readonly Taken[] {
  const taken: Taken[] = []
  const choose: Choose = (options) => {
    const index = Math.min(wanted[taken.length] ?? 0, options.length - 1)
    const option = options[index]
    if (option === undefined) throw new Error('there is nothing to choose from')
    if (options.length > 1) taken.push({ index, count: options.length })
    return option
  }
  search.plans++
  try {
    const { result, cost, spent } = search.draft(choose, search.best?.cost ?? null)
    search.spent += spent
    // A plan without alternatives needs no cost.
    const own = search.plans === 1 && taken.length === 0 ? [] : cost()
    if (!search.best || isLess(own, search.best.cost)) search.best = { result, cost: own, taken }
  } catch (error) {
    if (!(error instanceof Unplannable)) throw error
    if (error instanceof MoreExpensive) {
      search.spent += FAILED
      return taken
    }
    search.failure ??= error
    search.spent += error instanceof TooLarge ? MAX_SPENT : FAILED
  }
  return taken
}

function tryAll(search: Search<unknown>, first: readonly Taken[]): void {
  let taken = first
  while (isLeft(search)) {
    const at = taken.findLastIndex(({ index, count }) => index + 1 < count)
    if (at < 0) return
    const next = taken.slice(0, at + 1).map(({ index }) => index)
    next[at] = (next[at] ?? 0) + 1
    taken = attempt(search, next)
  }
}

function improve(search: Search<unknown>, first: readonly Taken[]): void {
  let base = first
  for (let at = 0; at < base.length; at++) {
    const count = base[at]?.count ?? 0
    for (let index = 0; index < count && isLeft(search); index++) {
      if (index === base[at]?.index) continue
      attempt(search, [...base.slice(0, at).map((one) => one.index), index])
    }
    base = search.best?.taken ?? base
  }
}

function isLess(one: Cost, other: Cost): boolean {
  for (const [at, value] of one.entries()) {
    const difference = value - (other[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
