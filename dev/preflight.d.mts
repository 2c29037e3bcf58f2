/** Types of preflight.mjs, which is JavaScript so that any Node can run it. */
export function faultOf(found: {
  readonly version: string
  readonly wanted: string
  readonly isInstalled: boolean
  readonly hasNode: boolean
}): string | null
