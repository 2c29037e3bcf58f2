import { BadSettings } from '@argyle/kit/config'
import { PostgresFailure } from '../../postgres/failure.ts'

/** The reason why the shop cannot start here: one line that says what to do, printed without a stack. */
export class ShopFailure extends Error {
  override readonly name = 'ShopFailure'
}

/** Errors whose message is for the person who started the shop. */
const FOR_PEOPLE = new Set(['ShopFailure', 'SeedRefused', 'StartFailure', 'UsageError'])

/** The one line for a failed start; null for a bug, which needs a stack. */
export function lineFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (error instanceof PostgresFailure || error instanceof BadSettings || FOR_PEOPLE.has(error.name))
    return error.message
  if (!('code' in error)) return null
  const place = 'path' in error ? String(error.path) : ''
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `no permission to use ${place || 'a file of the data folder'}: give this user the folder (chown), or choose another with --data`
    case 'ENOSPC':
      return 'no space is left on the disk: free some, or choose another data folder with --data'
    case 'ENOTDIR':
    case 'EEXIST':
      return `${place} is not a folder: choose another data folder with --data`
    default:
      return null
  }
}
