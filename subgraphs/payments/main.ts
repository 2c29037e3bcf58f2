import { runSubgraph } from '@argyle/kit/run'
import { payments } from './subgraph.ts'

await runSubgraph(payments)
