import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { SubgraphSource } from './supergraph-yaml.ts'

/** The result of the last composition in a file, so that unchanged schemas are not composed again. */
export type KeptComposition = {
  /** The supergraph of these subgraphs; null if the file holds another one, was edited, or does not exist. */
  find(subgraphs: readonly SubgraphSource[]): string | null
  /** Replaces the file. If it cannot be written, the next start composes again. */
  keep(subgraphs: readonly SubgraphSource[], sdl: string): void
}

const { version } = createRequire(import.meta.url)('@apollo/composition/package.json') as { version: string }

/** The file is a supergraph SDL below one comment line with the SHA-256 of the SDL and all its sources. */
export function keptComposition(file: string): KeptComposition {
  return {
    find(subgraphs) {
      const text = read(file)
      const end = text.indexOf('\n')
      const sdl = text.slice(end + 1)
      return text.slice(0, end) === markOf(subgraphs, sdl) ? sdl : null
    },
    keep(subgraphs, sdl) {
      try {
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, `${markOf(subgraphs, sdl)}\n${sdl}`)
      } catch {
        // The folder may be read-only. A partly written file does not match its hash.
      }
    },
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function markOf(subgraphs: readonly SubgraphSource[], sdl: string): string {
  const inputs = subgraphs.map((subgraph) => [subgraph.name, subgraph.url, subgraph.sdl])
  const hash = createHash('sha256').update(JSON.stringify([version, inputs, sdl]))
  return `# composed by @apollo/composition ${version}: sha256 ${hash.digest('hex')}`
}
