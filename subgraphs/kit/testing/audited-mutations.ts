import { readFileSync } from 'node:fs'
import { type ConstDirectiveNode, parse, print, visit } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Viewer } from '../identity/identity.ts'
import { mutationsWith } from './keyed-mutations.ts'
import { withOthers } from './others-kept.ts'
import { type OperationResult, staff, type TestSubgraph } from './subgraph.ts'

/** Whether a directive requires a scope of staff. Customers have the scope `self`. */
const isOfStaff = (directive: ConstDirectiveNode) =>
  directive.name.value === 'requiresScopes' && !print(directive).includes('"self"')

/** The mutations of a schema file that require a scope of staff, sorted. */
function staffMutations(schema: URL): string[] {
  const found: string[] = []
  visit(parse(readFileSync(schema, 'utf8')), {
    ObjectTypeDefinition({ name, fields = [] }) {
      if (name.value !== 'Mutation') return
      for (const field of fields) if (field.directives?.some(isOfStaff)) found.push(field.name.value)
    },
  })
  return found.sort()
}

/** The query of the audit log of a schema file. */
function auditQuery(schema: URL): string {
  const [, name = ''] = /^ {2}(\w+Audit)\($/m.exec(readFileSync(schema, 'utf8')) ?? []
  return `query ($first: Int, $after: String, $of: ID) { log: ${name}(first: $first, after: $after, subjectId: $of) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }`
}

type States = { readonly before: object | null; readonly after: object | null }

export type AuditedMutation = {
  readonly viewer: Viewer
  readonly input: object
  /** Beginnings of older rows that change too, such as `tax_country (DE`. */
  readonly changed?: readonly string[]
  /** The entries that it adds, each with the columns that it changes. `subjectId` null: the id that the mutation makes. */
  readonly entries: readonly (States & { readonly subjectId: string | null })[]
}

type Row = States & { readonly id: string; at: Date; actor_id: string; action: string; subject_id: string }

type Shop = Pick<TestSubgraph, 'resources' | 'execute' | 'clock' | 'everyRow' | 'manyAtOnce'>

type Page = {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

type Entry = Omit<Row, 'id' | 'at'>

/** The time at which a row was created; undefined for rows that have none. */
const createdAtOf = (state: object | null) => (state && 'createdAt' in state ? state.createdAt : undefined)

const ROWS = 'SELECT id, at, actor_id, action, subject_id, before, after FROM audit_entry ORDER BY at, id'

/** Runs work while the audit log takes no entry. */
async function withoutLog<T>(database: Shop['resources']['prisma'], work: () => Promise<T>): Promise<T> {
  await database.$executeRawUnsafe('ALTER TABLE audit_entry ADD CONSTRAINT closed CHECK (false) NOT VALID')
  try {
    return await work()
  } finally {
    await database.$executeRawUnsafe('ALTER TABLE audit_entry DROP CONSTRAINT closed')
  }
}

/**
 * Tests that each mutation of staff adds its entries to the audit log: by whom, when, about which row, and both states, in which a row
 * keeps the time of its creation; that it changes nothing where the log does not take them; that all other rows stay as they are; that
 * of several with one `expectedVersion` one is accepted; and that staff read the whole log.
 * @param shop opens before these tests, e.g. in `beforeAll`
 * @param run runs a mutation by its name
 * @param mutations a row for each mutation of the schema that requires a scope; also others that staff may run. A row of one
 * with `expectedVersion` is made twice: `time` is 1, then 2
 */
export function testAuditedMutations<Name extends string>(
  schema: URL,
  shop: () => Shop,
  run: (name: Name, input: object, viewer: Viewer) => Promise<OperationResult>,
  mutations: Readonly<Record<Name, (time: number) => Promise<AuditedMutation>>>,
): void {
  // The keys of the table, which its type names.
  const names = Object.keys(mutations) as Name[]

  test('the table has every mutation that requires a scope', () => {
    expect(staffMutations(schema).filter((name) => !Object.hasOwn(mutations, name))).toEqual([])
  })

  describe('nothing changes without an entry in the audit log: the caller, the time, the row and both states', () => {
    test.each(names)('%s', async (name) => {
      const { own, expectKept } = await withOthers(shop(), () => mutations[name](1))
      const { viewer, input, entries, changed } = own
      const { prisma } = shop().resources
      const actorId = viewer.kind === 'user' ? viewer.id : ''
      const entriesNow = () => prisma.$queryRawUnsafe<Row[]>(ROWS)
      const before = new Set((await entriesNow()).map(({ id }) => id))
      const unlogged = await withoutLog(prisma, () => run(name, input, viewer))
      expect(unlogged.errors).toHaveLength(1)
      const { clock } = shop()
      const began = clock()
      const { data, errors } = await run(name, input, viewer)
      expect([...errors, ...(data?.[name].userErrors ?? [])]).toEqual([])
      const rows = (await entriesNow()).filter(({ id }) => !before.has(id))
      for (const { at } of rows) expect(at >= began && at <= clock()).toBe(true)
      for (const { at, before: old, after } of rows) {
        const createdAt = createdAtOf(after)
        if (createdAt) expect(createdAt).toBe(createdAtOf(old) ?? at.toISOString())
      }
      const bySubject = (a: Entry, b: Entry) => (a.subject_id < b.subject_id ? -1 : 1)
      const expected = entries.map(({ subjectId, ...states }): Entry => {
        const made = subjectId ?? Object.values<{ id?: string }>(data[name]).find((row) => row?.id)?.id ?? ''
        return { actor_id: actorId, action: name, subject_id: made, ...states }
      })
      expect(rows.toSorted(bySubject)).toMatchObject(expected.toSorted(bySubject))
      await expectKept(changed)
    })
  })

  const versioned = mutationsWith('expectedVersion', schema)
  const ofOneVersion = names.filter((name) => versioned.includes(name))
  test.each(ofOneVersion)('of three %s at once with one expectedVersion, one is accepted', async (name) => {
    const { viewer, input } = await mutations[name](2)
    const results = await shop().manyAtOnce(3, (index) => {
      const key = 'idempotencyKey' in input ? { idempotencyKey: `${input.idempotencyKey}-${index}` } : {}
      return run(name, { ...input, ...key }, viewer)
    })
    const isAccepted = results.map(({ data, errors }) => {
      expect(errors).toEqual([])
      return data[name].userErrors.length === 0
    })
    expect(isAccepted.filter(Boolean)).toEqual([true])
  })

  test('the audit log is read page by page, the newest first, of all rows and of one', async () => {
    const query = auditQuery(schema)
    const read = async (of: string | null) => {
      const ids: string[] = []
      for (let after: string | null = null, isMore = true; isMore; ) {
        const { data, errors } = await shop().execute(query, { first: 2, after, of }, staff('audit:read'))
        expect(errors).toEqual([])
        const { edges, pageInfo }: Page = data.log
        ids.push(...edges.map(({ node }) => node.id))
        after = pageInfo.endCursor
        isMore = pageInfo.hasNextPage
      }
      return ids
    }
    const rows = (await shop().resources.prisma.$queryRawUnsafe<Row[]>(ROWS)).toReversed()
    expect(rows.length).toBeGreaterThan(0)
    expect(await read(null)).toEqual(rows.map(({ id }) => id))
    const about = rows[0]?.subject_id ?? ''
    const ofOne = rows.filter((row) => row.subject_id === about)
    expect(await read(about)).toEqual(ofOne.map(({ id }) => id))
  })
}
