import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { checkClashes } from './clashes.ts'
import type { Names } from './names.ts'
import { picture, placesOf } from './places.ts'
import { filesOf, type MadeFile } from './template.ts'

/**
 * Writes a new subgraph below `root` and adds it to every file that lists subgraphs.
 * @returns the paths of the written files, relative to `root`
 * @throws BadName before anything is written
 */
export function makeSubgraph(names: Names, root: string, now: Date): string[] {
  checkClashes(names, root)
  const made = filesOf(names, root, now)
  const places = placesOf(names, root, made)
  write(root, [...made, ...places])
  link(names.subgraph, root)
  const readme = picture(root)
  write(root, [readme])
  return [...made, ...places, readme].map(({ file }) => file)
}

function write(root: string, files: readonly MadeFile[]): void {
  for (const { file, text } of files) {
    const whole = path.join(root, file)
    mkdirSync(path.dirname(whole), { recursive: true })
    writeFileSync(whole, text)
  }
}

/** Links the workspace as `npm install` does. */
function link(subgraph: string, root: string): void {
  const place = path.join(root, 'node_modules', '@argyle', subgraph)
  if (!existsSync(place)) symlinkSync(path.join('..', '..', 'subgraphs', subgraph), place)
}
