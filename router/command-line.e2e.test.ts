import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, composed } from './testing/router.ts'
import { startSubgraph, type TestSubgraph } from './testing/subgraph.ts'

let folder: string
let subgraph: TestSubgraph

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-cli-'))
  subgraph = await startSubgraph('shelf', 'type Query { sock: String }', { Query: { sock: () => 'left' } })
  await writeFile(join(folder, 'shelf.graphql'), subgraph.source.sdl)
  await writeFile(join(folder, 'bad.graphql'), 'type Query { sock: Missing }')
  await writeFile(join(folder, 'supergraph.graphql'), composed([subgraph.source]))
  await writeFile(join(folder, 'supergraph.yaml'), yamlFor('shelf.graphql'))
  await writeFile(join(folder, 'bad.yaml'), yamlFor('bad.graphql'))
  await writeFile(
    join(folder, 'odd.yaml'),
    'federation_version: 1\nsubgraphs: { shelf: { routing_url: nowhere } }',
  )
})

afterAll(async () => {
  await subgraph?.stop()
  await rm(folder, { recursive: true })
})

function yamlFor(file: string): string {
  return `federation_version: 2\nsubgraphs: { shelf: { routing_url: "${subgraph.source.url}", schema: { file: ${file} } } }`
}

type Run = {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; out: string; err: string }>
}

function run(program: 'main.mjs' | 'compose.ts', args: readonly string[]): Run {
  const path = fileURLToPath(new URL(`./${program}`, import.meta.url))
  // No environment at all, so that the machine's own decides nothing.
  const child = spawn(process.execPath, [path, ...args], {
    cwd: folder,
    env: {},
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) }
}

/** Waits for the line that names the endpoint. */
function endpointOf({ child }: Run): Promise<string> {
  return new Promise((resolve) => {
    let out = ''
    child.stdout?.on('data', (chunk) => {
      out += chunk
      const url = /served at (http:\S+)/.exec(out)?.[1]
      if (url) resolve(url)
    })
  })
}

describe('the router', () => {
  for (const file of ['supergraph.graphql', 'supergraph.yaml']) {
    test(`serves ${file}, and ends well on SIGTERM`, async () => {
      const router = run('main.mjs', ['--supergraph', file, '--port', '0'])
      const url = await endpointOf(router)
      expect(await ask(url, '{ sock }')).toMatchObject({ status: 200, data: { sock: 'left' }, errors: [] })
      router.child.kill('SIGTERM')
      expect(await router.ended).toMatchObject({ code: 0, err: '' })
    })
  }

  for (const executor of ['compiled', 'reference']) {
    test(`explains by the ${executor} executor how an operation would run, and ends`, async () => {
      await writeFile(join(folder, 'operations.graphql'), 'query A { sock } query B { again: sock }')
      const args = ['--supergraph', 'supergraph.graphql', '--executor', executor]
      const { code, out } = await run('main.mjs', [...args, '--explain', 'operations.graphql']).ended
      expect(code).toBe(0)
      expect(out).toMatch(
        /^# query A\n\nQueryPlan \{\n {2}Fetch\(service: "shelf"\) \{[\s\S]*\n# query B\n[\s\S]*sock/,
      )
      expect(out).toContain('```mermaid\nflowchart LR\n  r1["1 shelf"]\n```')
    })
  }

  test('says what is wrong with an operation that it is to explain', async () => {
    await writeFile(join(folder, 'wrong.graphql'), '{ socks }')
    const args = ['--supergraph', 'supergraph.graphql', '--explain', 'wrong.graphql']
    const { code, err } = await run('main.mjs', args).ended
    const told = /^query \(unnamed\) at line 1 cannot be explained: .*"socks".*\(line 1, column 3\)\n$/
    expect([code, err]).toEqual([1, expect.stringMatching(told)])
  })

  test('explains the operations beside a wrong one, and generated code where it is asked for', async () => {
    const text =
      'query A {\n  ...F\n}\n\nquery B {\n  socks\n}\nfragment F on Query { sock }\n{ again: sock }'
    await writeFile(join(folder, 'mixed.graphql'), text)
    const args = ['--supergraph', 'supergraph.graphql', '--explain', 'mixed.graphql']
    const { code, out, err } = await run('main.mjs', args).ended
    expect(code).toBe(1)
    expect(out).toMatch(/^# query A\n[\s\S]*program: on JSON text\ncost: 0\n[\s\S]*\n# query \(unnamed\)\n/)
    expect(err).toMatch(/^query B at line 5 cannot be explained: .*"socks".*\(line 6, column 3\)\n$/)
    expect((await run('main.mjs', [...args, '--code']).ended).out).toMatch(/program: on JSON text, by\n/)
  })

  test('says in one line why it cannot start', async () => {
    const { code, err } = await run('main.mjs', ['--supergraph', 'no.graphql']).ended
    expect([code, err]).toEqual([1, expect.stringMatching(/^Cannot read .*no\.graphql: no such file\n$/)])
  })
})

describe('compose', () => {
  test('writes the supergraph', async () => {
    const { code } = await run('compose.ts', ['--supergraph', 'supergraph.yaml', '--output', 'out.graphql'])
      .ended
    expect(code).toBe(0)
    expect(await readFile(join(folder, 'out.graphql'), 'utf8')).toBe(`${composed([subgraph.source])}\n`)
  })

  test('prints it on request, and nothing else', async () => {
    const { out } = await run('compose.ts', ['--output', '-']).ended
    expect(out).toBe(`${composed([subgraph.source])}\n`)
  })

  test('writes the schema that clients see, without a word of federation', async () => {
    const { out } = await run('compose.ts', ['--client-schema', '-']).ended
    expect(out).toBe('type Query {\n  sock: String\n}\n')
  })

  test('fails with each error, naming subgraph, field and file', async () => {
    const { code, err, out } = await run('compose.ts', ['--supergraph', 'bad.yaml']).ended
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      'bad.yaml does not compose: 1 error\n\n  INVALID_GRAPHQL  Query.sock  in shelf  (bad.graphql:1)\n    Unknown type Missing\n',
    )
  })

  test('reports all errors of the YAML together', async () => {
    const { code, err } = await run('compose.ts', ['--supergraph', 'odd.yaml']).ended
    expect(code).toBe(1)
    expect(err).toMatch(/federation_version: "?1"? is not a Federation 2 version/)
    expect(err).toMatch(/subgraphs\.shelf\.routing_url: "nowhere" is not an http\(s\) URL/)
    expect(err).toMatch(/subgraphs\.shelf\.schema: must be \{ file: PATH \}/)
  })
})
