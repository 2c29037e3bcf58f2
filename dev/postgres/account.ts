import { statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A Unix user to run as. */
export type Account = { uid: number; gid: number }

// `nobody` almost everywhere; PostgreSQL needs no entry in the user database.
const nobody: Account = { uid: 65534, gid: 65534 }

/**
 * The account that PostgreSQL runs as if this process is root, since PostgreSQL refuses to run as root.
 * @param owned a folder that may exist; an existing cluster keeps its owner
 * @returns undefined if this process is not root and can run PostgreSQL itself
 */
export function postgresAccount(owned: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(owned, { throwIfNoEntry: false })
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : nobody
}

/** Whether `account` may traverse every folder down to and including `folder`, by their mode bits. */
export function canEnter(account: Account, folder: string): boolean {
  const { uid, gid, mode } = statSync(folder)
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  const parent = path.dirname(folder)
  return (mode & bit) !== 0 && (parent === folder || canEnter(account, parent))
}

/** A folder for short-lived files that `account` (undefined: this process) can reach. */
export function temporaryRoot(account: Account | undefined): string {
  return account && !canEnter(account, tmpdir()) ? '/tmp' : tmpdir()
}
