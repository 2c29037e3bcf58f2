import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, decide } from './decide.ts'
import { evolve, type Fact, type Fulfilment, nextCall, type Shipment } from './fulfilment.ts'

const AT = new Date('2026-11-28T09:00:00.000Z')
const LATER = new Date('2026-11-28T10:00:00.000Z')
const LABEL = { labelId: 'lbl_1', trackingNumber: 'PW1', trackingUrl: 'https://tracking.example/PW1' }

/** The state after these commands, with all facts. */
function after(...commands: readonly Command[]) {
  const facts: Fact[] = []
  let state: Fulfilment | null = null
  for (const command of commands) {
    const came = decide(state, command)
    if (came.length > 0) state = evolve(state, came)
    facts.push(...came)
  }
  return { state, facts, types: facts.map(({ type }) => type) }
}

const create = (...shipmentIds: string[]): Command => ({ type: 'create', shipmentIds })
const cancel: Command = { type: 'cancel' }
const ask = (shipmentId: string): Command => ({ type: 'ask', shipmentId })
const made = (shipmentId: string, attempt = 1): Command => {
  return { type: 'labelMade', shipmentId, attempt, label: LABEL }
}
const voided = (shipmentId: string, attempt = 1): Command => ({ type: 'voided', shipmentId, attempt })
const refused = (shipmentId: string): Command => ({ type: 'labelRefused', shipmentId, attempt: 1, at: AT })
const tracked = (
  shipmentId: string,
  status: 'CREATED' | 'VOIDED' | 'IN_TRANSIT' | 'DELIVERED' | 'LOST' | 'RETURNED',
): Command => ({ type: 'tracked', shipmentId, attempt: 1, state: { status, dispatchedAt: AT, at: AT } })
const statuses = (state: Fulfilment | null) => state?.shipments.map(({ status }) => status)

describe('a parcel', () => {
  test('goes from its label to its arrival', () => {
    const { state, types } = after(
      create('a'),
      ask('a'),
      made('a'),
      tracked('a', 'IN_TRANSIT'),
      tracked('a', 'DELIVERED'),
    )
    expect(types).toEqual(['created', 'labelAsked', 'labelMade', 'dispatched', 'delivered'])
    expect(state?.shipments).toMatchObject([{ status: 'DELIVERED', version: 5, deliveredAt: AT }])
  })

  test('is published as dispatched and as delivered, even if it was delivered at the first lookup', () => {
    const { types } = after(create('a'), ask('a'), made('a'), tracked('a', 'DELIVERED'))
    expect(types.slice(3)).toEqual(['dispatched', 'delivered'])
  })

  test('is dispatched when the carrier took it over, or when it has moved if that is not known', () => {
    const moving = (dispatchedAt: Date | null) => {
      const state = { status: 'IN_TRANSIT', dispatchedAt, at: LATER } as const
      const about = { type: 'tracked', shipmentId: 'a', attempt: 1, state } as const
      return after(create('a'), ask('a'), made('a'), about).facts.at(-1)
    }
    expect([moving(AT), moving(null)]).toEqual([
      { type: 'dispatched', shipmentId: 'a', at: AT },
      { type: 'dispatched', shipmentId: 'a', at: LATER },
    ])
  })

  test('that is under way gets no second label, though the carrier calls the first one void', () => {
    const { state } = after(create('a'), ask('a'), made('a'), tracked('a', 'IN_TRANSIT'))
    expect(decide(state, tracked('a', 'VOIDED'))).toEqual([])
  })

  test.each([
    ['LOST', 'FAILED', 'LOST'],
    ['RETURNED', 'RETURNED', 'RETURNED_TO_SENDER'],
  ] as const)('that is %s ends as %s, whatever the carrier says later', (word, status, failure) => {
    const { state } = after(create('a'), ask('a'), made('a'), tracked('a', word), tracked('a', 'DELIVERED'))
    expect(state?.shipments).toMatchObject([{ status, failure, deliveredAt: null }])
  })

  test.each<[string, Command[], Command[]]>([
    ['not asked for', [], [made('a'), refused('a'), voided('a'), tracked('a', 'DELIVERED')]],
    ['asked for', [ask('a')], [ask('a'), voided('a'), tracked('a', 'DELIVERED')]],
    ['made', [ask('a'), made('a')], [ask('a'), made('a'), refused('a')]],
    [
      'refused',
      [ask('a'), refused('a')],
      [ask('a'), made('a'), refused('a'), voided('a'), tracked('a', 'DELIVERED')],
    ],
    [
      'voided',
      [ask('a'), made('a'), ask('b'), made('b'), cancel, voided('a')],
      [ask('a'), made('a'), refused('a'), voided('a'), tracked('a', 'DELIVERED')],
    ],
  ])('whose label is %s is not changed by answers that do not fit', (_, before, answers) => {
    const { state } = after(create('a', 'b'), ...before)
    expect(answers.map((answer) => decide(state, answer))).toEqual(answers.map(() => []))
  })

  test('whose second label is asked for or made is not changed by answers about the first', () => {
    const again = [create('a'), ask('a'), made('a'), tracked('a', 'VOIDED'), ask('a')]
    const { state: asked } = after(...again)
    expect([made('a'), refused('a')].map((answer) => decide(asked, answer))).toEqual([[], []])
    const { state } = after(...again, made('a', 2))
    expect([voided('a'), tracked('a', 'DELIVERED')].map((answer) => decide(state, answer))).toEqual([[], []])
  })

  test('that the carrier will not take fails', () => {
    const { state, types } = after(create('a'), ask('a'), refused('a'))
    expect(types.slice(2)).toEqual(['labelRefused', 'failed'])
    expect(state?.shipments).toMatchObject([{ status: 'FAILED', failure: 'REFUSED_BY_CARRIER' }])
  })
})

describe('a cancellation', () => {
  test('that overtakes its create closes the order', () => {
    expect(after(cancel, create('a'), cancel)).toMatchObject({
      state: { status: 'CANCELLED', shipments: [] },
      types: ['cancelled', 'answered', 'answered'],
    })
  })

  test('is done at once where no label was asked for', () => {
    const { state, types } = after(create('a', 'b'), cancel)
    expect(types).toEqual(['created', 'cancelAsked', 'cancelled'])
    expect(statuses(state)).toEqual(['CANCELLED', 'CANCELLED'])
  })

  test('waits for the label that is being made, and then for the carrier to take it back', () => {
    const asked = after(create('a'), ask('a'), cancel)
    expect(asked.state?.status).toBe('CANCELLING')
    expect(decide(asked.state, create('a'))).toEqual([])
    const { state, types } = after(create('a'), ask('a'), cancel, cancel, made('a'), voided('a'))
    expect(types).toEqual(['created', 'labelAsked', 'cancelAsked', 'labelMade', 'labelVoided', 'cancelled'])
    expect(statuses(state)).toEqual(['CANCELLED'])
  })

  test('is done once the carrier refuses the label that was being made, which is then no failure', () => {
    const { state, types } = after(create('a', 'b'), ask('a'), cancel, refused('a'))
    expect(types.slice(3)).toEqual(['labelRefused', 'cancelled'])
    expect(state?.status).toBe('CANCELLED')
  })

  test('asks for no label any more, and leaves a parcel that failed before as it is', () => {
    const { state: waiting } = after(create('a', 'b'), ask('a'), cancel)
    expect(decide(waiting, ask('b'))).toEqual([])
    const { state } = after(create('a', 'b'), ask('a'), refused('a'), cancel)
    expect(state).toMatchObject({
      status: 'CANCELLED',
      shipments: [{ status: 'FAILED', failure: 'REFUSED_BY_CARRIER' }, { status: 'CANCELLED' }],
    })
  })

  test('that is refused fails no parcel twice', () => {
    const before = [create('a', 'b'), ask('a'), refused('a'), ask('b'), made('b'), cancel]
    const { types } = after(...before, tracked('b', 'IN_TRANSIT'))
    expect(types.filter((type) => type === 'failed')).toEqual(['failed'])
    expect(types.slice(-2)).toEqual(['dispatched', 'cancelRefused'])
  })

  test('is refused for a parcel that is gone; a label that was taken back meanwhile is made anew', () => {
    const { state, facts } = after(
      create('a', 'b'),
      ...['a', 'b'].flatMap((id) => [ask(id), made(id)]),
      cancel,
      voided('a'),
      tracked('b', 'IN_TRANSIT'),
    )
    expect(facts.slice(-3)).toMatchObject([
      { type: 'dispatched', shipmentId: 'b' },
      { type: 'cancelRefused', shipmentId: 'b' },
      { type: 'labelWanted', shipmentId: 'a' },
    ])
    expect(state).toMatchObject({
      status: 'OPEN',
      shipments: [{ label: 'WANTED', attempt: 2, made: null }, { made: LABEL }],
    })
    expect(decide(state, made('a'))).toEqual([])
    expect(decide(state, cancel)).toEqual([{ type: 'answered', as: 'cancelRefused', shipmentId: 'b' }])
  })

  test('that is refused fails a parcel whose label was refused meanwhile', () => {
    const { state, facts } = after(
      create('a', 'b'),
      ...[ask('a'), ask('b'), made('b'), cancel, refused('a'), tracked('b', 'IN_TRANSIT')],
    )
    expect(facts.slice(-2)).toEqual([
      { type: 'cancelRefused', shipmentId: 'b' },
      { type: 'failed', shipmentId: 'a', failure: 'REFUSED_BY_CARRIER', at: AT },
    ])
    expect(statuses(state)).toEqual(['FAILED', 'IN_TRANSIT'])
  })

  test('whose answer comes when it has been refused wants the label again', () => {
    const { state } = after(
      create('a', 'b'),
      ...['a', 'b'].flatMap((id) => [ask(id), made(id)]),
      cancel,
      tracked('b', 'IN_TRANSIT'),
      voided('a'),
    )
    expect(state?.shipments[0]).toMatchObject({ status: 'LABEL_CREATED', label: 'WANTED', attempt: 2 })
  })
})

test.each<[string, 'label' | 'void' | 'track' | null, Command[]]>([
  ['no label', 'label', []],
  ['no label, and its order is being cancelled', null, [ask('b'), cancel]],
  ['a label in doubt', 'label', [ask('a')]],
  ['a label in doubt, and its order is being cancelled', 'label', [ask('a'), cancel]],
  ['a label', 'track', [ask('a'), made('a')]],
  ['a label, and its order is being cancelled', 'void', [ask('a'), made('a'), cancel]],
  ['gone', 'track', [ask('a'), made('a'), tracked('a', 'IN_TRANSIT')]],
  ['arrived', null, [ask('a'), made('a'), tracked('a', 'DELIVERED')]],
  ['lost', null, [ask('a'), made('a'), tracked('a', 'LOST')]],
  ['been refused', null, [ask('a'), refused('a')]],
  ['a voided label', null, [ask('a'), made('a'), ask('b'), cancel, voided('a')]],
])('about a parcel that has %s the next call to the carrier is %s', (_, call, commands) => {
  const { state } = after(create('a', 'b'), ...commands)
  const [shipment] = state?.shipments ?? []
  expect(state && shipment && nextCall(state, shipment)).toBe(call)
})

/** The carrier's state of one label. */
type World = 'none' | 'made' | 'voided' | 'gone' | 'delivered' | 'lost'

type Step =
  | { readonly do: 'create' | 'cancel' }
  | { readonly do: 'call' | 'answer' | 'move' | 'lose'; readonly shipment: number }

const IDS = ['a', 'b', 'c']
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ do: 'create' }, { do: 'cancel' }),
  fc.record({ do: fc.constantFrom('call', 'call', 'answer', 'answer', 'move'), shipment: fc.nat(2) }),
  fc.record({ do: fc.constant('lose'), shipment: fc.nat(2) }),
)

/**
 * Runs steps against a correct carrier: one label per key, which can be voided only before the parcel is
 * dispatched.
 */
function play(steps: readonly Step[]) {
  let state: Fulfilment | null = null
  const facts: Fact[] = []
  const carrier = new Map<string, World>()
  const answers: Command[] = []
  const handleCommand = (command: Command) => {
    const came = decide(state, command)
    if (came.length === 0) return
    const before: Fulfilment | null = state
    state = evolve(state, came)
    facts.push(...came)
    holdPath(before, state)
  }
  const call = (id: string) => {
    handleCommand(ask(id))
    const shipment = state?.shipments.find((one) => one.id === id)
    const wanted = state && shipment ? nextCall(state, shipment) : null
    if (!shipment || !wanted) return
    const answer = answerOf(carrier, shipment, wanted)
    if (answer) answers.push(answer)
  }
  for (const one of steps) {
    if (!('shipment' in one)) handleCommand(one.do === 'create' ? create(...IDS) : cancel)
    else if (one.do === 'call') call(IDS[one.shipment] ?? '')
    else if (one.do === 'answer') {
      // An answer remains, so it can be delivered again and in any order.
      const answer = answers[one.shipment % Math.max(1, answers.length)]
      if (answer) handleCommand(answer)
    } else moveOn(carrier, IDS[one.shipment] ?? '', one.do)
  }
  // Ends all faults: every call is made and every answer arrives.
  for (let round = 0; round < 12; round++) {
    for (const id of IDS) call(id)
    for (const answer of answers.splice(0)) handleCommand(answer)
  }
  return { state: state as Fulfilment | null, facts, carrier }
}

const keyOf = ({ id, attempt }: Shipment) => `${id}.${attempt}`

function answerOf(
  carrier: Map<string, World>,
  shipment: Shipment,
  call: 'label' | 'void' | 'track',
): Command | null {
  const { id: shipmentId, attempt } = shipment
  const key = keyOf(shipment)
  const world = carrier.get(key) ?? 'none'
  if (call === 'label') {
    if (world === 'none') carrier.set(key, 'made')
    return made(shipmentId, attempt)
  }
  if (call === 'void' && (world === 'made' || world === 'voided')) {
    carrier.set(key, 'voided')
    return voided(shipmentId, attempt)
  }
  const status = ({ none: 'CREATED', made: 'CREATED', voided: 'VOIDED', gone: 'IN_TRANSIT' } as const)[
    world as 'none' | 'made' | 'voided' | 'gone'
  ]
  const word = status ?? (world === 'lost' ? 'LOST' : 'DELIVERED')
  return { type: 'tracked', shipmentId, attempt, state: { status: word, dispatchedAt: AT, at: AT } }
}

/** Moves the newest label of a parcel on. */
function moveOn(carrier: Map<string, World>, id: string, how: 'move' | 'lose'): void {
  const key = [...carrier.keys()].filter((one) => one.startsWith(`${id}.`)).at(-1)
  const world = key && carrier.get(key)
  if (!key || !world) return
  if (world === 'made') carrier.set(key, 'gone')
  if (world === 'gone') carrier.set(key, how === 'lose' ? 'lost' : 'delivered')
}

const LEGAL: Record<Shipment['status'], readonly Shipment['status'][]> = {
  PENDING: ['LABEL_CREATED', 'CANCELLED', 'FAILED'],
  LABEL_CREATED: ['IN_TRANSIT', 'DELIVERED', 'FAILED', 'RETURNED', 'CANCELLED'],
  IN_TRANSIT: ['DELIVERED', 'FAILED', 'RETURNED'],
  DELIVERED: [],
  RETURNED: [],
  FAILED: [],
  CANCELLED: [],
}

/** The checks of the table `shipment`, which refuses to save any other. */
function expectStorable({ status, failure, dispatchedAt, deliveredAt }: Shipment): void {
  expect([status, deliveredAt !== null]).toEqual([status, status === 'DELIVERED'])
  expect([status, failure !== null]).toEqual([status, status === 'FAILED' || status === 'RETURNED'])
  if (status === 'IN_TRANSIT' || status === 'DELIVERED' || status === 'RETURNED')
    expect(dispatchedAt).not.toBeNull()
}

/** Expects every change to be a legal transition, and versions to increase. */
function holdPath(before: Fulfilment | null, state: Fulfilment): void {
  expect(state.version).toBe((before?.version ?? 0) + 1)
  for (const shipment of state.shipments) {
    expectStorable(shipment)
    const was = before?.shipments.find(({ id }) => id === shipment.id)
    if (!was || was.status === shipment.status) continue
    expect([was.status, LEGAL[was.status].includes(shipment.status), shipment.status]).toEqual([
      was.status,
      true,
      shipment.status,
    ])
    expect(shipment.version).toBeGreaterThan(was.version)
  }
}

const count = (facts: readonly Fact[], type: Fact['type'], id?: string) =>
  facts.filter((fact) => fact.type === type && (!id || ('shipmentId' in fact && fact.shipmentId === id)))
    .length

test('with inputs in any order, repeated or missing, every step is legal and published once, and the final status is that of the carrier', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { state, facts, carrier } = play(steps)
      if (!state) return
      expect(count(facts, 'created')).toBeLessThanOrEqual(1)
      expect(count(facts, 'cancelled')).toBeLessThanOrEqual(1)
      // No cancellation remains open once every call is answered.
      expect(state.status).not.toBe('CANCELLING')
      for (const shipment of state.shipments) {
        const { id, status } = shipment
        for (const type of ['dispatched', 'delivered', 'failed'] as const)
          expect(count(facts, type, id)).toBeLessThanOrEqual(1)
        const world = carrier.get(keyOf(shipment)) ?? 'none'
        if (status === 'DELIVERED') expect(world).toBe('delivered')
        if (status === 'IN_TRANSIT') expect(world).toBe('gone')
        // The carrier has no label of a cancelled order, under any key.
        if (state.status !== 'CANCELLED') continue
        expect(status).toBe('CANCELLED')
        for (const [key, left] of carrier) if (key.startsWith(`${id}.`)) expect(left).toBe('voided')
      }
      if (state.status === 'CANCELLED') expect(count(facts, 'dispatched')).toBe(0)
    }),
    { numRuns: 2_000 },
  )
})
