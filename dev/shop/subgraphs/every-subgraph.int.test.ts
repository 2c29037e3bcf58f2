import { randomBytes } from 'node:crypto'
import { recordChange } from '@argyle/kit/audit'
import { anonymous } from '@argyle/kit/identity'
import { customer, staff, type TestSubgraph, testSubgraph } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { subgraphSettings } from './subgraph-settings.ts'
import { importSubgraph, SUBGRAPH_NAMES } from './subgraphs.ts'

const secret = () => randomBytes(32).toString('base64url')
const PLACE = { host: '127.0.0.1', port: 4999, databaseUrl: '' }

/** Subgraphs in which staff change nothing. */
const WITHOUT_AUDIT = ['search', 'recommendations']
/** Timers without a query while they have nothing in memory, or while no e-mail is accepted. */
const AT_REST = ['write-query-counts', 'forget-mail']

const auditor = staff('audit:read')
const AT = new Date('2026-11-21T09:00:00.000Z')
const RENAMED = { actorId: 'usr_1', action: 'rename', before: { name: 'Moss' }, after: null }
const CHANGES = [
  { ...RENAMED, subjectId: 'one', at: AT },
  { ...RENAMED, subjectId: 'two', at: AT },
  { ...RENAMED, subjectId: 'one', at: new Date(AT.getTime() + 1) },
  { ...RENAMED, subjectId: 'one', at: AT },
]

describe.each(SUBGRAPH_NAMES)('%s', (name) => {
  let subgraph: TestSubgraph
  beforeAll(async () => {
    const secrets = { internalTokenMasterKey: secret(), signingKeySecret: secret() }
    const settings = subgraphSettings(name, secrets, PLACE)
    subgraph = await testSubgraph(await importSubgraph(name), { settings })
  })
  afterAll(() => subgraph.close())

  test('has timers that each query for due work', async () => {
    const { timers = [] } = await importSubgraph(name)
    for (const { name: timer, run } of timers) {
      const statements = await subgraph.sqlCount(() => run(subgraph.resources, new AbortController().signal))
      expect([timer, statements > 0]).toEqual([timer, !AT_REST.includes(timer)])
    }
  })

  if (WITHOUT_AUDIT.includes(name)) return
  const field = `${name}Audit`
  const read = async (args: string, viewer = auditor) => {
    const node = 'node { at actorId action subjectId before after }'
    const query = `{ ${field}${args} { edges { ${node} } pageInfo { hasNextPage endCursor } } }`
    const { data, errors } = await subgraph.execute(query, {}, viewer)
    return { list: data?.[field], code: errors[0]?.extensions?.code }
  }
  const subjectsOf = (list: { edges: { node: { subjectId: string } }[] }) =>
    list.edges.map((edge) => edge.node.subjectId)

  test('has an audit log, newest first, of everything or of one subject, page by page', async () => {
    for (const change of CHANGES) await recordChange(subgraph.resources.prisma, change)
    const { list: all } = await read('')
    expect(subjectsOf(all)).toEqual(['one', 'one', 'two', 'one'])
    const oldest = { ...CHANGES[0], at: AT.toISOString(), before: '{"name": "Moss"}' }
    expect(all.edges[3].node).toEqual(oldest)
    expect(subjectsOf((await read('(subjectId: "two")')).list)).toEqual(['two'])
    const { list: page } = await read('(first: 2)')
    expect([subjectsOf(page), page.pageInfo.hasNextPage]).toEqual([['one', 'one'], true])
    const { list: rest } = await read(`(first: 2, after: "${page.pageInfo.endCursor}")`)
    expect([subjectsOf(rest), rest.pageInfo.hasNextPage]).toEqual([['two', 'one'], false])
    expect((await read('(first: 101)')).code).toBe('BAD_USER_INPUT')
  })

  test('shows the audit log only with audit:read', async () => {
    const others = [anonymous, customer('usr_1'), staff('catalog:write', 'orders:read', 'support:read')]
    const codes = await Promise.all(others.map(async (viewer) => (await read('', viewer)).code))
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN'])
  })
})
