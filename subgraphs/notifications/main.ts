import { runSubgraph } from '@argyle/kit/run'
import { notifications } from './subgraph.ts'

await runSubgraph(notifications)
