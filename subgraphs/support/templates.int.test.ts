import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_TEMPLATES } from './template/template.ts'
import { anAgent, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const agent = anAgent()
const manager = staff('support:read', 'support:manage')
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['response_target ('])

const aTemplate = (name: string, body = 'Hello {{customerName}}, {{when}}.') =>
  shop.accepted('createTicketTemplate', { idempotencyKey: newId('key'), name, body }, agent)

test('a template is filled in by the ticket and by the agent', async () => {
  const viewer = customer(newId('usr'))
  const userId = idOf(viewer)
  const profile = { userId, displayName: 'Lotte' }
  await shop.deliver('users.profile.updated', profile, { subject: userId })
  await shop.anOrder(userId, 'A-2')
  const orderId = await shop.anOrder(userId, 'A-1')
  const body = 'Hello {{customerName}}, about {{ticketSubject}} of {{orderNumber}}: {{when}}.'
  const template = await aTemplate('Later', body)
  expect(template).toMatchObject({
    ...{ isActive: true, version: 1 },
    variables: ['customerName', 'ticketSubject', 'orderNumber', 'when'],
  })
  const { id } = await shop.aTicket(viewer, { orderId, subject: 'Socks' })
  const answer = aReply(id, { body: null, templateId: template.id, expectedVersion: 1 })
  expect(await shop.refused('answerTicket', answer, agent)).toMatchObject([
    { message: 'variables lacks when: allowed is each of when', path: ['variables'] },
  ])
  const variables = [{ name: 'when', value: 'tomorrow' }]
  const answered = await shop.accepted('answerTicket', { ...answer, variables }, agent)
  expect(answered.messages.edges[1].node.body).toBe('Hello Lotte, about Socks of A-1: tomorrow.')
})

test('the agent fills in a name that is not known yet', async () => {
  const { id: templateId } = await aTemplate('Greeting', 'Hello {{customerName}}.')
  const { id } = await shop.aTicket()
  const variables = [{ name: 'customerName', value: 'dear customer' }]
  const answer = aReply(id, { body: null, templateId, expectedVersion: 1, variables })
  const answered = await shop.accepted('answerTicket', answer, agent)
  expect(answered.messages.edges[1].node.body).toBe('Hello dear customer.')
})

test('a template out of use answers nothing, and can be used again', async () => {
  const { id: templateId, name, body } = await aTemplate('Old', 'Sorry.')
  const change = { id: templateId, name, body }
  const off = { ...change, expectedVersion: 1, isActive: false }
  expect(await shop.accepted('updateTicketTemplate', off, agent)).toMatchObject({
    isActive: false,
    version: 2,
  })
  const { id } = await shop.aTicket()
  const answer = aReply(id, { body: null, templateId, expectedVersion: 1 })
  expect(await shop.refused('answerTicket', answer, agent)).toMatchObject([
    { message: `there is no template in use "${templateId}"`, path: ['templateId'] },
  ])
  await shop.accepted('updateTicketTemplate', { ...change, expectedVersion: 2, isActive: true }, agent)
  await shop.accepted('answerTicket', answer, agent)
})

test('variables without a template are refused', async () => {
  const { id } = await shop.aTicket()
  const variables = [{ name: 'when', value: 'now' }]
  const answer = aReply(id, { expectedVersion: 1, variables })
  expect(await shop.refused('answerTicket', answer, agent)).toMatchObject([{ path: ['variables'] }])
})

test('a name belongs to one template, however many are created or renamed at once', async () => {
  const other = await aTemplate('Other name')
  const rename = { id: other.id, expectedVersion: 1, name: 'Twice', body: 'x', isActive: true }
  const { id: takenBy } = await aTemplate('Taken')
  expect(await shop.refused('updateTicketTemplate', { ...rename, name: 'Taken' }, agent)).toMatchObject([
    { message: expect.stringContaining(`name is "Taken", which template "${takenBy}" has`), path: ['name'] },
  ])
  const create = () => ({ idempotencyKey: newId('key'), name: 'Twice', body: 'x' })
  const answers = await shop.atOnce([
    () => shop.mutate('createTicketTemplate', create(), agent),
    () => shop.mutate('createTicketTemplate', create(), agent),
    () => shop.mutate('updateTicketTemplate', rename, agent),
  ])
  type Payload = { userErrors: object[] }
  const errors = answers.flatMap(({ data }) =>
    Object.values<Payload>(data).flatMap(({ userErrors }) => userErrors),
  )
  expect(errors).toHaveLength(2)
  expect(errors[0]).toMatchObject({
    path: ['name'],
    message: expect.stringMatching(/^name is "Twice", which template "tpl_/),
  })
})

test('of two changes of one version of a template at once, one is made', async () => {
  const { id } = await aTemplate('Changed at once')
  const change = { id, expectedVersion: 1, name: 'Changed at once', body: 'x', isActive: true }
  const answers = await shop.manyAtOnce(2, () => shop.mutate('updateTicketTemplate', change, agent))
  expect(answers.flatMap(({ data }) => data.updateTicketTemplate.userErrors)).toMatchObject([
    { __typename: 'VersionConflictError', currentVersion: 2 },
  ])
})

test('a change of a template does not wait for that of another', async () => {
  const [{ id: held }, { id }] = [await aTemplate('Held'), await aTemplate('Free')]
  const change = { id, expectedVersion: 1, name: 'Free', body: 'x', isActive: true }
  const work = () => shop.accepted('updateTicketTemplate', change, agent)
  await shop.whileLocked('SELECT 1 FROM ticket_template WHERE id = $1 FOR UPDATE', [held], work)
})

test('the list is by name, page by page, and the changes are in the audit log', async () => {
  const names: string[] = []
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const query = `query ($after: String) { ticketTemplates(first: 2, after: $after) {
      pageInfo { hasNextPage endCursor } edges { node { name } } } }`
    const { data, errors } = await shop.execute(query, { after }, agent)
    expect(errors).toEqual([])
    names.push(...data.ticketTemplates.edges.map(({ node }: { node: { name: string } }) => node.name))
    after = data.ticketTemplates.pageInfo.endCursor
    isLast = !data.ticketTemplates.pageInfo.hasNextPage
  }
  const rows = await shop.sql<{ name: string }>('SELECT name FROM ticket_template ORDER BY name')
  expect(names).toEqual(rows.map(({ name }) => name))
  const { data } = await shop.execute(
    '{ supportAudit { edges { node { action } } } }',
    {},
    staff('audit:read'),
  )
  const actions = data.supportAudit.edges.map(({ node }: { node: { action: string } }) => node.action)
  expect(actions).toContain('createTicketTemplate')
  expect(actions).toContain('updateTicketTemplate')
})

test(`there are at most ${MAX_TEMPLATES} templates`, async () => {
  await shop.sql(
    `INSERT INTO ticket_template SELECT 'tpl_' || uuidv7(), 'Filler ' || n, 'x', true, 1, now(), now()
       FROM generate_series(1, $1 - (SELECT count(*)::int FROM ticket_template)) n`,
    MAX_TEMPLATES,
  )
  const input = { idempotencyKey: newId('key'), name: 'One more', body: 'x' }
  expect(await shop.refused('createTicketTemplate', input, agent)).toMatchObject([
    { __typename: 'ValidationError', message: expect.stringContaining('200') },
  ])
})

test('response targets have defaults, and a change counts for tickets that are opened from then on', async () => {
  const read = async () => {
    const query = '{ responseTargets { priority firstResponseMinutes resolutionMinutes version } }'
    return (await shop.execute(query, {}, agent)).data.responseTargets
  }
  expect(await read()).toMatchObject([
    { priority: 'LOW', firstResponseMinutes: 1_440, resolutionMinutes: 10_080 },
    { priority: 'NORMAL', firstResponseMinutes: 480, resolutionMinutes: 4_320 },
    { priority: 'HIGH', firstResponseMinutes: 240, resolutionMinutes: 1_440 },
    { priority: 'URGENT', firstResponseMinutes: 60, resolutionMinutes: 480 },
  ])
  const before = await shop.aTicket()
  const change = { priority: 'NORMAL', expectedVersion: 1, firstResponseMinutes: 10, resolutionMinutes: 10 }
  const answers = await shop.manyAtOnce(2, () => shop.mutate('updateResponseTarget', change, manager))
  expect(answers.flatMap(({ data }) => data.updateResponseTarget.userErrors)).toMatchObject([
    { __typename: 'VersionConflictError', currentVersion: 2 },
  ])
  const opened = shop.passMinutes(0).getTime()
  const due = async ({ id }: { id: string }) =>
    Date.parse((await shop.seen(id, agent, 'firstResponse { dueAt }')).firstResponse.dueAt)
  expect(await due(await shop.aTicket())).toBe(opened + 10 * 60_000)
  expect(await due(before)).toBe(opened + 480 * 60_000)
})
