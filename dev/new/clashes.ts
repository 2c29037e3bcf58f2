// Tested in names.test.ts: names and their clashes are one subject.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Kind, parse } from 'graphql'
import { codeOnly } from '../check/source-text.ts'
import { foldersWith } from '../repository.ts'
import { namesInSupergraph } from '../shop/subgraphs/subgraphs.ts'
import { BadName, type Names } from './names.ts'
import { PLACEHOLDERS, renamed, templateSources } from './template.ts'

/** Names of docker-compose.yml services and of folders that are not subgraphs. */
const RESERVED = ['databases', 'generated', 'kit', 'nats', 'postgres', 'router', 'testing']

/** @throws BadName when a name is already used in the repository, the language or the graph */
export function checkClashes(names: Names, root: string): void {
  checkSubgraph(names, root)
  checkLanguage(names)
  checkGraph(names, root)
  checkPrefix(names, root)
}

function checkSubgraph({ subgraph }: Names, root: string): void {
  const known = namesInSupergraph(root)
  const isThere = known.includes(subgraph) || existsSync(path.join(root, 'subgraphs', subgraph))
  if (RESERVED.includes(subgraph))
    throw new BadName(`subgraph "${subgraph}" is reserved: reserved names are ${RESERVED.join(', ')}`)
  if (isThere || existsSync(path.join(root, 'prisma', subgraph)))
    throw new BadName(`subgraph "${subgraph}" already exists: existing subgraphs are ${known.join(', ')}`)
}

function isKeyword(word: string): boolean {
  try {
    new Function(`"use strict"; const ${word} = 1`)
    return false
  } catch {
    return true
  }
}

/** Rejects keywords, globals of the platform, and identifiers that the template's code uses. */
function checkLanguage({ subgraph, entity, plural }: Names): void {
  const used = new Set(templateSources().flatMap((source) => codeOnly(source).match(/[A-Za-z_]\w*/g) ?? []))
  const asked = [
    { option: 'subgraph', word: subgraph },
    ...[entity, entity.toLowerCase(), plural].map((word) => ({ option: 'entity', word })),
  ]
  for (const { option, word } of asked) {
    if (isKeyword(word) || word in globalThis)
      throw new BadName(`${option} "${word}" is a keyword or global of JavaScript: choose another`)
    if (used.has(word))
      throw new BadName(`${option} "${word}" is an identifier in the code of every subgraph: choose another`)
  }
}

/** Type names, and root fields in the form `Query.field`. */
function definedIn(sdl: string): string[] {
  return parse(sdl).definitions.flatMap((node) => {
    if (!('name' in node) || !node.name || node.kind === Kind.DIRECTIVE_DEFINITION) return []
    const { value } = node.name
    if (value !== 'Query' && value !== 'Mutation') return [value]
    return 'fields' in node ? (node.fields ?? []).map((field) => `${value}.${field.name.value}`) : []
  })
}

function checkGraph(names: Names, root: string): void {
  const template = path.join(import.meta.dirname, 'template/subgraph/schema.graphql')
  const mine = definedIn(readFileSync(template, 'utf8'))
    .filter((name) => name.toLowerCase().includes(PLACEHOLDERS.entity.toLowerCase()))
    .map((name) => renamed(name, names))
  for (const other of foldersWith('subgraphs', 'schema.graphql', root)) {
    const theirs = definedIn(readFileSync(path.join(root, 'subgraphs', other, 'schema.graphql'), 'utf8'))
    const clash = mine.find((name) => theirs.includes(name))
    if (clash)
      throw new BadName(
        `entity "${names.entity}" would define ${clash}, which ${other} defines already: choose another with --entity`,
      )
  }
}

const PREFIX = /\b(?:newId|isId|idSchema|readId)\((?:'\w+', )?'([a-z]{3})'/g

/** Rejects an id prefix that another subgraph creates or reads. */
function checkPrefix({ prefix }: Names, root: string): void {
  for (const subgraph of foldersWith('subgraphs', 'schema.graphql', root)) {
    const folder = path.join(root, 'subgraphs', subgraph)
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
      .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    const taken = sources.flatMap((source) => [...source.matchAll(PREFIX)].map(([, found]) => found))
    if (taken.includes(prefix))
      throw new BadName(
        `prefix "${prefix}" is an id prefix of ${subgraph} already: choose another with --prefix`,
      )
  }
}
