import { Dearer, TooLarge, Unplannable } from './unplannable.ts'

/** Takes one of several, the most promising first. */
export type Choose = <Option>(options: readonly Option[]) => Option

/** Lexicographic: the first number that differs decides. */
export type Cost = readonly number[]

export type Drafted<Result> = {
  readonly result: Result
  readonly cost: () => Cost
  /** Fields that were drafted. */
  readonly spent: number
}

/** @param limit what the best plan so far costs: one that will cost more may be given up. null: there is none yet. */
export type Draft<Result> = (choose: Choose, limit: Cost | null) => Drafted<Result>

/** Plans that are drafted at most to find the best one. */
const MOST_PLANS = 100
/** Fields of all drafted plans together, beyond which no further one is drafted. */
const MOST_SPENT = 4_000
/** Assumed of a plan that came to no end. */
const FAILED = 100

/** A choice that was made: which of how many. */
type Taken = { readonly index: number; readonly count: number }

type Best<Result> = { readonly result: Result; readonly cost: Cost; readonly taken: readonly Taken[] }

/**
 * The cheapest of the results that choices lead to: of all, where there are few combinations; else of those that differ in one
 * choice from the best so far, one choice after the other, from the most promising of each on.
 */
export function cheapest<Result>(draft: Draft<Result>): Result {
  const search: Search<Result> = { draft, best: null, failure: null, plans: 0, spent: 0 }
  const first = attempt(search, [])
  let combinations = 1
  for (const { count } of first) combinations *= count
  if (combinations <= MOST_PLANS) tryAll(search, first)
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
  return plans < MOST_PLANS && spent < MOST_SPENT
}

/** Drafts with these choices, and the most promising ones after them. */
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
    // One that cannot be compared with any other costs nothing.
    const own = search.plans === 1 && taken.length === 0 ? [] : cost()
    if (!search.best || isLess(own, search.best.cost)) search.best = { result, cost: own, taken }
  } catch (error) {
    if (!(error instanceof Unplannable)) throw error
    if (error instanceof Dearer) {
      search.spent += FAILED
      return taken
    }
    search.failure ??= error
    search.spent += error instanceof TooLarge ? MOST_SPENT : FAILED
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
