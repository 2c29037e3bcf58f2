import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FREE_PLACES } from './admission-control.ts'
import { admissionQueue, type QueuedRequest } from './admission-queue.ts'

const LIMITS = { working: 2, waiting: 3, wait: 60_000 }
/** A clock that stands still, whatever interrupts the process. */
const still = () => 0

/** Guests that record their outcome. */
function guests() {
  const started: number[] = []
  const refused: number[] = []
  const guest = (id: number): QueuedRequest => ({
    start: () => void started.push(id),
    refuse: () => void refused.push(id),
  })
  return { started, refused, guest }
}

afterEach(() => vi.useRealTimers())

describe('the door', () => {
  test('lets in at once as many as there are free places, whatever the event loop does', () => {
    const { started, guest } = guests()
    const door = admissionQueue({ ...LIMITS, working: 1_000 }, still)
    for (let id = 0; id < FREE_PLACES + 1; id++) door.enter(guest(id))
    expect(started).toHaveLength(FREE_PLACES)
  })

  test('lets in the others in order, each when another leaves', async () => {
    const { started, guest } = guests()
    const door = admissionQueue(LIMITS, still)
    for (const id of [1, 2, 3, 4]) door.enter(guest(id))
    expect(started).toEqual([1, 2])
    door.leave()
    await turn()
    expect(started).toEqual([1, 2, 3])
    door.leave()
    await turn()
    expect(started).toEqual([1, 2, 3, 4])
  })

  test('lets nobody overtake those who wait, even where a place has become free', async () => {
    const { started, guest } = guests()
    const door = admissionQueue(LIMITS, still)
    for (const id of [1, 2, 3]) door.enter(guest(id))
    door.leave()
    door.enter(guest(4))
    expect(started).toEqual([1, 2])
    await turn()
    expect(started).toEqual([1, 2, 3])
  })

  test('forgets those who have gone', async () => {
    const { started, guest } = guests()
    const door = admissionQueue(LIMITS, still)
    const gone = guest(3)
    for (const one of [guest(1), guest(2), gone, guest(4)]) door.enter(one)
    door.forget(gone)
    door.leave()
    await turn()
    expect(started).toEqual([1, 2, 4])
  })

  test('refuses at once those for whom there is no room to wait', () => {
    const { started, refused, guest } = guests()
    const door = admissionQueue(LIMITS, still)
    for (let id = 1; id <= 6; id++) door.enter(guest(id))
    expect([started, refused]).toEqual([[1, 2], [6]])
  })

  test('refuses those who have waited too long, and starts them no more', async () => {
    const { started, refused, guest } = guests()
    let time = 0
    const door = admissionQueue({ ...LIMITS, wait: 1 }, () => time)
    const late = new Promise<void>((resolve) => {
      for (const id of [1, 2]) door.enter(guest(id))
      door.enter({ start: guest(3).start, refuse: resolve })
    })
    time = 1
    await late
    expect([started, refused]).toEqual([[1, 2], []])
    door.leave()
    await turn()
    await turn()
    expect(started).toEqual([1, 2])
  })

  test('refuses each when its own time is over, whenever it came', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { refused, guest } = guests()
    let time = 0
    const door = admissionQueue({ ...LIMITS, wait: 1_000 }, () => time)
    const pass = (ms: number) => {
      time += ms
      vi.advanceTimersByTime(ms)
    }
    for (const id of [1, 2, 3]) door.enter(guest(id))
    pass(600)
    door.enter(guest(4))
    pass(400)
    expect(refused).toEqual([3])
    pass(599)
    expect(refused).toEqual([3])
    pass(1)
    expect(refused).toEqual([3, 4])
    // Nobody waits any more.
    door.enter(guest(5))
    pass(1_000)
    expect(refused).toEqual([3, 4, 5])
  })

  test('lets a turn of the event loop end that has begun requests for five milliseconds', async () => {
    const { started, guest } = guests()
    let time = 0
    const door = admissionQueue({ ...LIMITS, working: 1_000 }, () => time)
    door.enter(guest(1))
    time = 4.9
    door.enter(guest(2))
    time = 5
    door.enter(guest(3))
    expect(started).toEqual([1, 2])
    await turn()
    await turn()
    expect(started).toEqual([1, 2, 3])
  })

  describe('lets in more after a window', () => {
    // Since the start of the process, or since the beginning of the window.
    const use = { idle: 0, active: 0, utilization: 0.001 }
    let utilization = 0
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      vi.spyOn(performance, 'eventLoopUtilization').mockImplementation((since) =>
        since === use ? { ...use, utilization } : use,
      )
    })
    afterEach(() => vi.restoreAllMocks())

    /** Guests of which all places are taken, and others wait. */
    async function waiting(count: number) {
      const { started, guest } = guests()
      let time = 0
      const door = admissionQueue({ working: 1_000, waiting: count, wait: 60_000 }, () => time)
      door.enter(guest(0))
      // These wait for the next turn, as the window opens.
      time = 6
      for (let id = 1; id < count; id++) door.enter(guest(id))
      const turns = async (number: number) => {
        for (let index = 0; index < number; index++) await turn()
      }
      await turns(10)
      expect(started).toHaveLength(FREE_PLACES)
      const pass = (ms: number) => {
        time += ms
        vi.advanceTimersByTime(ms)
      }
      return { started, turns, pass }
    }

    test.each([
      // 32 of its free places × √(0.95 / 0.5), rounded up.
      ['idles half of the time', 0.5, 45],
      ['never idles', 1, FREE_PLACES],
    ])('in which the event loop %s, by those who were in work', async (_, share, count) => {
      utilization = share
      const { started, turns, pass } = await waiting(100)
      for (let window = 0; window < (share < 1 ? 1 : 4); window++) pass(50)
      await turns(40)
      expect(started).toHaveLength(count)
    })

    test('in which it idles, and again more after the next one', async () => {
      utilization = 0.001
      const { started, turns, pass } = await waiting(4 * FREE_PLACES + 20)
      pass(50)
      await turns(200)
      expect(started).toHaveLength(4 * FREE_PLACES)
      pass(50)
      await turns(200)
      expect(started).toHaveLength(4 * FREE_PLACES + 20)
    })
  })
})
