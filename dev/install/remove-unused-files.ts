import { type Dirent, existsSync, globSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { LICENCE, UNUSED_ENDINGS, UNUSED_FILES, UNUSED_IN_ALL, type UnusedFiles } from './unused-files.ts'

/**
 * Removes unused files from an installation. It does not follow links, so workspaces are not changed. A file
 * that cannot be removed is skipped, since the installation also works with it.
 * @param modules a node_modules folder
 * @returns number of removed files and folders
 */
export function removeUnusedFiles(modules: string, list: readonly UnusedFiles[] = UNUSED_FILES): number {
  const removed = listedIn(modules, list).filter(isRemoved)
  return removed.length + filesIn(modules).filter(hasUnusedEnding).filter(isRemoved).length
}

/** The files and folders of an installation that the list names. */
export function listedIn(modules: string, list: readonly UnusedFiles[] = UNUSED_FILES): string[] {
  return packagesIn(modules).flatMap(({ name, folder }) => {
    const files = list.filter(({ packages }) => packages.includes(name)).flatMap((entry) => entry.files)
    return globSync([...UNUSED_IN_ALL, ...files], { cwd: folder }).map((file) => path.join(folder, file))
  })
}

/** Every package below a node_modules folder, including nested ones, without links to workspaces. */
function packagesIn(modules: string): { name: string; folder: string }[] {
  return foldersIn(modules).flatMap((entry) => {
    const folder = path.join(modules, entry)
    const names = entry.startsWith('@') ? foldersIn(folder).map((name) => `${entry}/${name}`) : [entry]
    return names.flatMap((name) => {
      const place = path.join(modules, name)
      return [{ name, folder: place }, ...packagesIn(path.join(place, 'node_modules'))]
    })
  })
}

const hasUnusedEnding = (file: string) =>
  UNUSED_ENDINGS.has(path.extname(file)) && !LICENCE.test(path.basename(file))

/** Every file below a folder. Links are not followed. */
function filesIn(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const place = path.join(folder, entry.name)
    return entry.isDirectory() ? filesIn(place) : [place]
  })
}

const foldersIn = (folder: string) =>
  entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

const entriesOf = (folder: string): Dirent[] =>
  existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []

function isRemoved(place: string): boolean {
  try {
    rmSync(place, { recursive: true })
    return true
  } catch {
    return false
  }
}
