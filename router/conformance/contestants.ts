import type { RouterOptions } from '../router.ts'

/** A way to run operations that must answer as the suite says. */
export type Contestant = {
  readonly name: string
  /** Whether a case's `reference` remark holds for it. */
  readonly isReference: boolean
  readonly options: Partial<RouterOptions>
}

export const CONTESTANTS: readonly Contestant[] = [{ name: 'reference', isReference: true, options: {} }]
