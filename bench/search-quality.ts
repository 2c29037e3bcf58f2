import { z } from 'zod'
import { bench, type Report } from './bench.ts'
import { catalogueFacts } from './search/catalogue-facts.ts'
import { JUDGED_QUERIES, type JudgedQuery, type Kind } from './search/judged-queries.ts'
import { ndcg, recall } from './search/quality.ts'
import { startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { planOf } from './shop/databases.ts'
import { type Ask, client } from './shop/graphql.ts'
import { connections } from './shop/http.ts'

const GOAL = 0.9
const GOAL_WITH_ERRORS = 0.85

type Judged = JudgedQuery & {
  readonly relevant: number
  readonly found: number
  readonly ndcg: number
  readonly recall: number
}

export const searchQuality = bench({
  name: 'search-quality',
  measures:
    'nDCG@10 and recall of judged queries over the seed catalogue, asked through the router; fails below 0.9, with typing errors below 0.85',
  options: {},
  async run(_, life): Promise<Report> {
    const shop = await startBenchShop({ dataDir: temporaryFolder(life) }, life)
    const facts = catalogueFacts(await planOf(shop, life))
    const { post, close } = connections(1)
    life.own(close)
    const ask = client(post, shop.url)
    const judged: Judged[] = []
    life.say(`asking ${JUDGED_QUERIES.length} queries`)
    for (const one of JUDGED_QUERIES) {
      const relevant = new Set(facts.filter(one.means).map(({ id }) => id))
      const found = await idsFoundBy(ask, one.query)
      const quality = { ndcg: ndcg(found, relevant), recall: recall(found, relevant) }
      judged.push({ ...one, relevant: relevant.size, found: found.length, ...quality })
    }
    return reportOf(judged)
  },
})

const answer = z.object({
  search: z.object({ edges: z.array(z.object({ node: z.object({ id: z.string() }) })) }),
})

async function idsFoundBy(ask: Ask, query: string): Promise<string[]> {
  const operation =
    'query Find($query: String!) { search(query: $query, first: 100) { edges { node { id } } } }'
  const { search } = await ask(operation, { query }, answer)
  return search.edges.map(({ node }) => node.id)
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

export function reportOf(judged: readonly Judged[]): Report {
  const kinds = [...Map.groupBy(judged, ({ kind }) => kind)]
  const rowOf = (name: string, some: readonly Judged[]) => [
    name,
    some.length,
    mean(some.map((one) => one.ndcg)).toFixed(3),
    mean(some.map((one) => one.recall)).toFixed(3),
  ]
  const worst = judged.filter((one) => !(one.ndcg >= 0.95 && one.recall >= 0.95))
  const low = kinds.filter(([kind, some]) => !isGood(kind, some)).map(([kind]) => kind)
  return {
    tables: [
      {
        title: 'Quality of search',
        head: ['kind', 'queries', 'nDCG@10', 'recall'],
        rows: [...kinds.map(([kind, some]) => rowOf(kind, some)), rowOf('all', judged)],
      },
      {
        title: 'Queries below 0.95',
        head: ['query', 'relevant', 'found', 'nDCG@10', 'recall'],
        rows: worst.map((one) => [
          one.query,
          one.relevant,
          one.found,
          one.ndcg.toFixed(2),
          one.recall.toFixed(2),
        ]),
      },
    ],
    notes: [
      'Relevant is what was made with the attributes that the query means; the texts are not looked at. Recall counts the first 100 results.',
    ],
    data: { queries: judged.map(({ means: _, ...one }) => one) },
    ...(low.length > 0 && { failure: `below the goal: ${low.join(', ')}` }),
  }
}

/** False for NaN too, since a query without relevant products measures nothing. */
function isGood(kind: Kind, some: readonly Judged[]): boolean {
  const goal = kind === 'typing error' ? GOAL_WITH_ERRORS : GOAL
  return mean(some.map((one) => one.ndcg)) >= goal && mean(some.map((one) => one.recall)) >= goal
}
