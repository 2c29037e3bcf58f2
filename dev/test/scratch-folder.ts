import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isAlive } from '../postgres/leftover.ts'

const PREFIX = 'argyle-test-'

/** Free memory from which a run keeps its files in memory, in bytes. A run uses at most a quarter of it. */
export const MIN_FREE_MEMORY = 6 * 2 ** 30

/**
 * Creates the folder of a test run's files: in memory where there is enough, else in the temporary folder.
 * Tests create and delete a hundred thousand files of databases, and ext4 searches long for a free inode
 * after many were deleted: a fifth of the CPU time of a run. Folders in memory that this user's killed runs
 * left are removed.
 * @param inMemory the folder of a file system in memory
 * @param free the free memory in bytes
 */
export function makeScratchFolder(
  inMemory = '/dev/shm',
  free = Math.min(process.availableMemory(), spaceOf(inMemory)),
): string {
  removeLeft(inMemory)
  const make = (parent: string) => mkdtempSync(path.join(parent, `${PREFIX}${process.pid}-`))
  if (free < MIN_FREE_MEMORY) return make(tmpdir())
  try {
    const folder = make(inMemory)
    if (runsPrograms(folder)) return folder
    rmSync(folder, { recursive: true })
  } catch {
    // The folder is missing, or this user may not write there.
  }
  return make(tmpdir())
}

/** Free space of the file system of a folder, in bytes; 0 if there is no such folder. */
function spaceOf(folder: string): number {
  if (!existsSync(folder)) return 0
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Whether a program in this folder may be run: some tests write one. */
function runsPrograms(folder: string): boolean {
  const program = path.join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
  const { status } = spawnSync(program)
  rmSync(program)
  return status === 0
}

function removeLeft(inMemory: string): void {
  if (!existsSync(inMemory)) return
  for (const name of readdirSync(inMemory)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    const folder = path.join(inMemory, name)
    if (pid && !isAlive(Number(pid)) && isOwn(folder)) rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether this user owns a folder; false if another run has removed it meanwhile. */
const isOwn = (folder: string) => lstatSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()
