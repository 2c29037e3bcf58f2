import { bench } from './bench.ts'
import { BenchFailure } from './failure.ts'
import { closedLoop } from './measure/closed-loop.ts'
import { inspectorOf } from './measure/inspector.ts'
import { type SelfTimes, selfTimes } from './measure/self-times.ts'
import { type Scenario, scenariosOf } from './pages/scenarios.ts'
import { startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { connections } from './shop/http.ts'
import { restOf } from './shop/rest.ts'

export const profile = bench({
  name: 'profile',
  measures:
    'where the shop’s Node process spends its CPU time on a catalogue page, a product page and a checkout: by package and by function',
  options: {
    pages: { meaning: 'pages of each kind', default: 300, min: 10, max: 10_000 },
    checkouts: { meaning: 'checkouts', default: 60, min: 4, max: 1_000 },
    connections: { meaning: 'number of concurrent requests', default: 4, min: 1, max: 64 },
    top: { meaning: 'rows of each table', default: 20, min: 1, max: 200 },
  },
  async run({ pages, checkouts, connections: most, top }, life) {
    const shop = await startBenchShop(
      { dataDir: temporaryFolder(life), nodeOptions: ['--inspect=127.0.0.1:0'] },
      life,
    )
    const { post, close } = connections(most)
    life.own(close)
    const scenarios = await scenariosOf(shop, post, most, life)
    const atRest = await restOf(shop, life)
    const inspector = await inspectorOf(shop.complaints(), life)
    const run = async ({ name, once }: Scenario) => {
      const count = name === 'checkout' ? checkouts : pages
      const { failures } = await closedLoop({
        connections: most,
        until: { count },
        work: once,
        signal: life.signal,
      })
      if (failures.length > 0) throw new BenchFailure(`${failures.length} of ${count} failed: ${failures[0]}`)
      await atRest()
      return count
    }
    const found: { name: string; times: SelfTimes }[] = []
    for (const scenario of scenarios) {
      life.say(`${scenario.name}: warming up`)
      await run(scenario)
      life.say(scenario.name)
      await inspector.start()
      const count = await run(scenario)
      found.push({ name: scenario.name, times: selfTimes(await inspector.stop(), count) })
    }
    return {
      tables: found.flatMap(({ name, times }) => [
        tableOf(`${name}: ms of each, by package`, times.byPackage, top),
        tableOf(`${name}: ms of each, by function`, times.byFunction, top),
      ]),
      notes: [
        'Self time: without what is called from there. PostgreSQL’s own processes are not in it. The clock runs on while another program has the core, so on a busy machine the shares count, not the ms.',
      ],
      data: Object.fromEntries(found.map(({ name, times }) => [name, plain(times)])),
    }
  },
})

/** JSON cannot hold Maps. */
function plain({ byPackage, byFunction }: SelfTimes) {
  return { byPackage: Object.fromEntries(byPackage), byFunction: Object.fromEntries(byFunction) }
}

export function tableOf(title: string, times: ReadonlyMap<string, number>, top: number) {
  const all = [...times.values()].reduce((sum, ms) => sum + ms, 0)
  const rows = [...times].sort(([, a], [, b]) => b - a).slice(0, top)
  return {
    title,
    head: ['where', 'ms', '%'],
    rows: [
      ['all', all, '100'] as const,
      ...rows.map(([place, ms]) => [place, ms, ((ms * 100) / all).toFixed(1)] as const),
    ],
  }
}
