import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type DocumentNode, Kind, parse } from 'graphql'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'

const supergraphYaml = z.object({
  subgraphs: z.record(z.string(), z.object({ schema: z.object({ file: z.string() }) })),
})

/** An entity in a subgraph. A subgraph owns it if it can resolve it by key and has most of its fields. */
type Entity = { readonly name: string; readonly fields: number }
type Part = { readonly subgraph: string; readonly entities: readonly Entity[] }

const isExternal = (name: string) => name === 'external'

/** The entities to which a schema contributes fields, with the number of fields. */
function entitiesOf(schema: DocumentNode): Entity[] {
  return schema.definitions.flatMap((definition) => {
    const isObject =
      definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION
    if (!isObject || !definition.directives?.some(({ name }) => name.value === 'key')) return []
    const own = (definition.fields ?? []).filter(
      ({ name, directives }) => name.value !== 'id' && !directives?.some((one) => isExternal(one.name.value)),
    )
    return own.length > 0 ? [{ name: definition.name.value, fields: own.length }] : []
  })
}

function box({ subgraph, entities }: Part, all: readonly Part[]): string {
  const most = (name: string) =>
    Math.max(
      ...all.flatMap((part) => part.entities.filter((one) => one.name === name).map(({ fields }) => fields)),
    )
  const lines = entities.map(({ name, fields }) => (fields === most(name) ? `<b>${name}</b>` : name))
  return `  ${subgraph}["${[subgraph, ...lines].join('<br/>')}"]`
}

/**
 * Draws the graph as a Mermaid flowchart: clients, router, subgraphs with their entities, databases.
 * @param root the folder of supergraph.yaml; its schema files are read from there
 */
export function drawGraph(root: string): string {
  const { subgraphs } = supergraphYaml.parse(
    parseYaml(readFileSync(path.join(root, 'supergraph.yaml'), 'utf8')),
  )
  const parts = Object.entries(subgraphs).map(([subgraph, { schema }]) => ({
    subgraph,
    entities: entitiesOf(parse(readFileSync(path.join(root, schema.file), 'utf8'))),
  }))
  const names = parts.map(({ subgraph }) => subgraph)
  return [
    'flowchart TB',
    '  clients(["frontend apps, Apollo Sandbox"]) --> router{{"router"}}',
    ...parts.map((part) => box(part, parts)),
    ...names.map((name) => `  router --> ${name}`),
    ...names.map((name) => `  ${name} --- ${name}_db[("${name}")]`),
    `  ${names.join(' & ')} -.- events[/"events: outbox, bus, inbox"/]`,
  ].join('\n')
}
