import { existsSync } from 'node:fs'
import path from 'node:path'
import { foldersWith } from '../repository.ts'

/** Files that every subgraph has, under these names: docs/subgraphs.md says what each is for. */
export const FORM = [
  'README.md',
  'package.json',
  'codegen.json',
  'schema.graphql',
  'subgraph.ts',
  'main.ts',
  'resolvers.ts',
  'loaders.ts',
  'listens.ts',
  'text-inputs.test.ts',
] as const

/** Files of a subgraph that publishes: a subgraph has both or neither. */
export const PUBLISHING = ['events.ts', 'event-samples'] as const

/** The files that a subgraph lacks of those that every subgraph has, or every one that publishes. */
export function formFaults(root: string): string[] {
  return foldersWith('subgraphs', 'schema.graphql', root).flatMap((name) => {
    const has = (file: string) => existsSync(path.join(root, 'subgraphs', name, file))
    return [...FORM, ...(PUBLISHING.some(has) ? PUBLISHING : [])]
      .filter((file) => !has(file))
      .map((file) => `subgraphs/${name}/${file}: is missing (docs/subgraphs.md says what it is for)`)
  })
}
