import { runSubgraph } from '@argyle/kit/run'
import { reviews } from './subgraph.ts'

await runSubgraph(reviews)
