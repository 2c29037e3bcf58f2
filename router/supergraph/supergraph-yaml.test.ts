import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UsageError } from '../usage-error.ts'
import { keptComposition } from './kept-composition.ts'
import { readSdl } from './read-sdl.ts'
import { filesOf, readSupergraphYaml } from './supergraph-yaml.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'supergraph-yaml-'))
  mkdirSync(join(folder, 'schemas'))
  writeFileSync(join(folder, 'schemas', 'shelf.graphql'), 'type Query { sock: String }')
})
afterAll(() => rmSync(folder, { recursive: true }))

function written(text: string, name = 'supergraph.yaml'): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const subgraph = (schema: string, url = 'http://shelf.test/graphql') =>
  `subgraphs:\n  shelf:\n    routing_url: ${url}\n    schema: ${schema}\n`
const FROM_FILE = subgraph('{ file: schemas/shelf.graphql }')

describe('a supergraph.yaml', () => {
  test('names a file, relative to itself, or has the schema in it', () => {
    const shelf = { name: 'shelf', url: 'http://shelf.test/graphql', sdl: 'type Query { sock: String }' }
    const file = written(FROM_FILE)
    const schema = join(folder, 'schemas', 'shelf.graphql')
    expect(readSupergraphYaml(file)).toEqual({
      subgraphs: [{ ...shelf, file: schema }],
      files: [file, schema],
    })
    const url = 'https://shelf.test/graphql'
    written(subgraph('{ sdl: "type Query { sock: String }" }', url))
    expect(readSupergraphYaml(file)).toEqual({ subgraphs: [{ ...shelf, url, file }], files: [file] })
  })

  test.each(['2', '"2"', '=2', '"=2.9"', '=2.9.0', '2.11'])('may state the version %s', (version) => {
    const file = written(`federation_version: ${version}\n${FROM_FILE}`)
    expect(readSupergraphYaml(file).subgraphs).toHaveLength(1)
  })

  test.each([
    ['federation_version: "3"', 'federation_version: "3" is not a Federation 2 version'],
    ['federation_version: "12"', 'federation_version: "12" is not a Federation 2 version'],
    ['federation_version: 2.9.0.1', 'federation_version: "2.9.0.1" is not a Federation 2 version'],
    ['typo: 1', '"typo"'],
    ['subgraphs: {}', 'subgraphs: names no subgraph'],
    ['[]', 'the file: '],
    [
      subgraph('{ file: a.graphql }', 'ftp://a'),
      'subgraphs.shelf.routing_url: "ftp://a" is not an http(s) URL',
    ],
    [
      subgraph('{ file: a.graphql }', '/graphql'),
      'subgraphs.shelf.routing_url: "/graphql" is not an http(s)',
    ],
    [
      subgraph('{ file: a.graphql }', 'httpx://a'),
      'subgraphs.shelf.routing_url: "httpx://a" is not an http(s) URL',
    ],
    [`${FROM_FILE}    typo: 1\n`, '"typo"'],
    [subgraph('{ file: a.graphql, sdl: "type Query { a: Int }" }'), 'subgraphs.shelf.schema: must be'],
    [subgraph('shelf.graphql'), 'subgraphs.shelf.schema: must be { file: PATH } or { sdl: TEXT }'],
    [subgraph('{ file: "" }'), 'subgraphs.shelf.schema'],
    [subgraph('{ subgraph_url: "http://a.test" }'), 'subgraphs.shelf.schema: must be'],
  ])('that reads %j is refused', (text, message) => {
    const file = written(text.includes('subgraphs') || text === '[]' ? text : `${text}\n${FROM_FILE}`)
    expect(() => readSupergraphYaml(file)).toThrow(UsageError)
    expect(() => readSupergraphYaml(file)).toThrow(`${file} is not a supergraph configuration:\n  `)
    expect(() => readSupergraphYaml(file)).toThrow(message)
  })

  test('is refused with every problem at once', () => {
    const file = written(`typo: 1\n${subgraph('shelf.graphql', 'ftp://a')}`)
    const problems = ['"typo"', 'subgraphs.shelf.routing_url: ', 'subgraphs.shelf.schema: ']
    for (const problem of problems) expect(() => readSupergraphYaml(file)).toThrow(problem)
  })

  test('that cannot be read is refused in one line with the reason', () => {
    const file = written('a: [')
    expect(() => readSupergraphYaml(file)).toThrow(`${file} is not YAML: Flow sequence`)
    const missing = join(folder, 'missing.yaml')
    expect(() => readSupergraphYaml(missing)).toThrow(`Cannot read ${missing}: no such file`)
    expect(() => readSupergraphYaml(folder)).toThrow(`Cannot read ${folder}: it is a folder`)
    expect(() => readSupergraphYaml(join(folder, 'x'.repeat(300)))).toThrow('name too long')
    written(subgraph('{ file: none.graphql }'))
    expect(() => readSupergraphYaml(join(folder, 'supergraph.yaml'))).toThrow('none.graphql: no such file')
  })

  test('is watched with the files that it names, also while one is missing, and alone while it is wrong', () => {
    const hats = '  hats: { routing_url: "http://hats.test/", schema: { file: hats.graphql } }'
    const file = written(`${subgraph('{ file: none.graphql }')}${hats}`)
    expect(filesOf(file)).toEqual([file, ...['none', 'hats'].map((name) => join(folder, `${name}.graphql`))])
    written('wrong: 1')
    expect(filesOf(file)).toEqual([file])
  })
})

describe('a supergraph', () => {
  test.each(['supergraph.yaml', 'other.YML'])('is composed of the subgraphs in %s', async (name) => {
    const file = written(FROM_FILE, name)
    const { sdl, ...rest } = await readSdl(file)
    expect(sdl).toContain('@join__graph(name: "shelf", url: "http://shelf.test/graphql")')
    expect(rest).toEqual({ composed: true, files: [file, join(folder, 'schemas', 'shelf.graphql')] })
  })

  test('is kept in a file, and not composed again while its subgraphs are the same', async () => {
    const file = written(FROM_FILE)
    const kept = join(folder, 'kept.graphql')
    const { sdl } = await readSdl(file, kept)
    const { subgraphs } = readSupergraphYaml(file)
    expect(keptComposition(kept).find(subgraphs)).toBe(sdl)
    keptComposition(kept).keep(subgraphs, 'type Query { kept: Int }')
    expect(await readSdl(file, kept)).toEqual({
      sdl: 'type Query { kept: Int }',
      composed: true,
      files: [file, join(folder, 'schemas', 'shelf.graphql')],
    })
    expect((await readSdl(file)).sdl).toBe(sdl)
  })

  test('has the absolute paths of its files', async () => {
    const file = written('type Query { a: Int }', 'supergraph.graphql')
    expect((await readSdl(relative('.', file))).files).toEqual([file])
    const yaml = written(FROM_FILE)
    expect((await readSdl(relative('.', yaml))).files).toEqual([
      yaml,
      join(folder, 'schemas', 'shelf.graphql'),
    ])
  })

  test('is what any other file contains', async () => {
    const file = written('type Query { a: Int }', 'supergraph.graphql')
    expect(await readSdl(file)).toEqual({ sdl: 'type Query { a: Int }', composed: false, files: [file] })
  })

  test('that does not compose is refused with every error', async () => {
    const wrong = written(subgraph('{ sdl: "type Query { a: Missing b: None }" }'))
    await expect(readSdl(wrong)).rejects.toThrow(`${wrong} does not compose: 1 error\n\n  `)
    const two = `${subgraph('{ sdl: "type Query { a: Missing }" }')}  depot:\n    routing_url: http://depot.test\n    schema: { sdl: "type Query { b: None }" }\n`
    await expect(readSdl(written(two))).rejects.toThrow(
      /does not compose: 2 errors\n\n {2}INVALID_GRAPHQL.*\n {4}.*Missing\n\n {2}INVALID_GRAPHQL.*\n {4}.*None$/,
    )
  })
})
