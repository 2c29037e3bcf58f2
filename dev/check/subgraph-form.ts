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
  'events.ts',
  'listens.ts',
  'event-samples',
  'text-inputs.test.ts',
] as const

/** The files that a subgraph lacks of those that every subgraph has. */
export function formFaults(root: string): string[] {
  return foldersWith('subgraphs', 'schema.graphql', root).flatMap((name) =>
    FORM.filter((file) => !existsSync(path.join(root, 'subgraphs', name, file))).map(
      (file) => `subgraphs/${name}/${file}: is missing (docs/subgraphs.md says what it is for)`,
    ),
  )
}
