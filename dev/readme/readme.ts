import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../repository.ts'
import { drawGraph } from './graph-picture.ts'

const README = path.join(root, 'README.md')

/** The text between `<!-- name -->` and `<!-- /name -->` in README.md. */
export function section(name: string, text = readFileSync(README, 'utf8')): string {
  const [, found] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)<!-- /${name} -->`).exec(text) ?? []
  if (found === undefined)
    throw new Error(`README.md has no section between <!-- ${name} --> and <!-- /${name} -->`)
  return found
}

/** README.md with a newly drawn graph of the repository `base`. */
export function withPicture(text = readFileSync(README, 'utf8'), base = root): string {
  const picture = `\n\`\`\`mermaid\n${drawGraph(base)}\n\`\`\`\n\n`
  return text.replace(`<!-- picture -->\n${section('picture', text)}<!-- /picture -->`, () => {
    return `<!-- picture -->\n${picture}<!-- /picture -->`
  })
}

/** One step of the walk: the caller, and the operation with its placeholders. */
export type Step = { readonly asker: string; readonly name: string; readonly operation: string }

/** The operations of the walk, in order. */
export function walk(): Step[] {
  return [...section('walk').matchAll(/```graphql\n# (\w+)\n([\s\S]*?)```/g)].map(
    ([, asker = '', operation = '']) => ({
      asker,
      name: /(?:query|mutation) (\w+)/.exec(operation)?.[1] ?? '',
      operation,
    }),
  )
}
