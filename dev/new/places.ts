// Tested in walk.int.test.ts: the test writes the files of a copy of the repository.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { withPicture } from '../readme/readme.ts'
import type { Names } from './names.ts'
import type { MadeFile } from './template.ts'

type Edit = (text: string, names: Names) => string

/** Inserts `added` after the last match of `anchor`. @throws Error when nothing matches */
function behindLast(text: string, anchor: RegExp, added: string): string {
  const last = [...text.matchAll(anchor)].at(-1)
  if (!last) throw new Error(`no line matches ${anchor}`)
  const at = last.index + last[0].length
  return `${text.slice(0, at)}${added}${text.slice(at)}`
}

/** The port after the highest one in supergraph.yaml. */
function nextPort(supergraph: string): number {
  return Math.max(...[...supergraph.matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port))) + 1
}

const supergraph: Edit = (text, { subgraph }) => `${text.trimEnd()}
  ${subgraph}:
    routing_url: http://localhost:${nextPort(text)}/graphql
    schema: { file: ./subgraphs/${subgraph}/schema.graphql }
`

/** Adds a service, its password to the job that creates databases, and the router's dependency on it. */
function compose(port: number): Edit {
  return (text, { subgraph }) => {
    const name = subgraph.toUpperCase()
    const required = (variable: string) => `\${${variable}:?run npm run docker:env}`
    const service = `  ${subgraph}:
    <<: *subgraph
    build: { context: ., args: { SERVICE: ${subgraph} } }
    command: [node, subgraphs/${subgraph}/main.ts]
    expose: ['${port}']
    environment:
      <<: *subgraph-settings
      PORT: '${port}'
      DATABASE_URL: postgresql://argyle_${subgraph}:${required(`${name}_DATABASE_PASSWORD`)}@postgres:5432/argyle_${subgraph}
      INTERNAL_TOKEN_KEY: ${required(`${name}_INTERNAL_TOKEN_KEY`)}

`
    const withService = text.replace(/^ {2}router:$/m, () => `${service}  router:`)
    const password = `\n      ${name}_DATABASE_PASSWORD: ${required(`${name}_DATABASE_PASSWORD`)}`
    const withPassword = behindLast(withService, /^ {6}[A-Z]+_DATABASE_PASSWORD: .+$/gm, password)
    const waits = /^ {2}router:\n[\s\S]*?depends_on:\n(?: {6}[a-z]+: \{ condition: service_healthy \}\n)+/gm
    return behindLast(withPassword, waits, `      ${subgraph}: { condition: service_healthy }\n`)
  }
}

const entityOwner: Edit = (text, { subgraph, entity }) =>
  behindLast(text, /entityOwners[^{]*\{\n(?: {2}\w+: '\w+',\n)+/g, `  ${entity}: '${subgraph}',\n`)

const map: Edit = (text, { subgraph }) =>
  behindLast(
    text,
    /^\| \[users\]\(\.\.\/subgraphs\/users\/README\.md\)(?:, \[\w+\]\(\.\.\/subgraphs\/\w+\/README\.md\))*/gm,
    `, [${subgraph}](../subgraphs/${subgraph}/README.md)`,
  )

/** Adds a section for its events, and its name to the listeners of the event that it consumes. */
const catalogue: Edit = (text, { subgraph, entity }) => {
  const thing = entity.toLowerCase()
  const section = `## What ${subgraph} publishes

| type | subject | data | listeners |
| --- | --- | --- | --- |
| \`${subgraph}.${thing}.changed\` | ${thing} | full state with every version: \`${thing}Id\`, \`customerId\`, \`productId\`, \`title\` | nobody yet |

`
  const withSection = text.replace(/^## Carriers$/m, () => `${section}## Carriers`)
  return behindLast(withSection, /^\| `products\.product\.changed` .*(?= \|$)/gm, `, ${subgraph}`)
}

type Lockfile = { packages: Record<string, object> }

/** Adds the entries that `npm install` would write for the workspace. */
function lockfile(manifest: string): Edit {
  return (text, { subgraph }) => {
    // Both files are written by npm, so their shape is known.
    const lock = JSON.parse(text) as Lockfile
    const { name, version, dependencies } = JSON.parse(manifest) as Record<string, unknown>
    const packages = Object.entries({
      ...lock.packages,
      [`node_modules/@argyle/${subgraph}`]: { resolved: `subgraphs/${subgraph}`, link: true },
      [`subgraphs/${subgraph}`]: { name, version, dependencies },
    }).sort(([a], [b]) => a.localeCompare(b, 'en'))
    return `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`
  }
}

/** The edited text of every file that lists the subgraphs, except README.md, which `picture` derives from the others. */
export function placesOf(names: Names, root: string, made: readonly MadeFile[]): MadeFile[] {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
  const manifest = made.find(({ file }) => file.endsWith('/package.json'))?.text ?? '{}'
  const edits: readonly (readonly [string, Edit])[] = [
    ['supergraph.yaml', supergraph],
    ['docker-compose.yml', compose(nextPort(read('supergraph.yaml')))],
    ['package-lock.json', lockfile(manifest)],
    ['dev/check/graph/nullability.ts', entityOwner],
    ['docs/README.md', map],
    ['docs/contracts/events.md', catalogue],
  ]
  return edits.map(([file, edit]) => {
    try {
      return { file, text: edit(read(file), names) }
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}

/** README.md with the subgraph in its diagram. */
export function picture(root: string): MadeFile {
  return { file: 'README.md', text: withPicture(readFileSync(path.join(root, 'README.md'), 'utf8'), root) }
}
