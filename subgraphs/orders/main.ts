import { runSubgraph } from '@argyle/kit/run'
import { orders } from './subgraph.ts'

await runSubgraph(orders)
